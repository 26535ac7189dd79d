"""Decisions that are one of our expressions: a literal expression, read as a table of one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.decisions import Column, Decider, Rule
from engine.spiff.dmn.heads import NS, kind_said, note_of, text_of
from engine.spiff.dmn.policies import Policy
from engine.spiff.files.sheet import names_of, own
from engine.spiff.language.expressions import is_name
from engine.spiff.model import Names, Row, Table

if TYPE_CHECKING:
    from lxml import etree

    from engine.spiff.dmn.heads import Reader

RECKONED: Final = Names("按算式得出", "Reckoned by an expression")


def read_formula(reader: Reader, decision: etree._Element, literal: etree._Element) -> Decider:
    """Read a literal expression; its answer has the name of the decision's variable."""
    id_, text = decision.get("id") or "", text_of(literal)
    variable = decision.find("dmn:variable", NS)
    name = (variable.get("name") or "") if variable is not None else ""
    if not is_name(name):
        reader.refuse(
            id_, "output_name",
            f"决策“{id_}”的变量名“{name}”不能用。请在 variable 的 name 写小写字母和下划线的名称。",
            f'Decision "{id_}": "{name}" cannot be a variable. Give its variable a name such as '
            "penalty_amount.",
        )  # fmt: skip
    typed = variable if variable is not None and variable.get("typeRef") else literal
    column = Column(1, kind_said(reader, typed, (id_, "算式", "The expression")))
    cell = reader.output(text, column, (id_, "算式", "The expression"))
    if not text:
        reader.refuse(id_, "bad_cell", "算式为空。请写表达式。", "The expression is empty.")
    ours = own(decision, "ourDefault") == "true"
    note = note_of(decision)
    row = Row(literal.get("id") or f"{id_}_expression", (), (text,), note, ours)
    public = Table(
        id=id_, file=reader.file, names=names_of(decision), our_default=ours, inputs=(),
        outputs=(name,), input_names=(), output_names=(names_of(decision),), rules=(row,),
        policy=RECKONED,
    )  # fmt: skip
    return Decider(public, (), (), (name,), (column,), (Rule(row.id, (), (cell,)),), Policy())
