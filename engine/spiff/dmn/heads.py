"""The heads of a decision table's columns, and its cells read under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from engine.spiff.dmn.cells import compile_cell, compile_output
from engine.spiff.dmn.decisions import Column
from engine.spiff.dmn.kinds import TYPES, read_as
from engine.spiff.dmn.saying import KINDS, spelled
from engine.spiff.files.xml import DMN
from engine.spiff.language.expressions import EvaluationError, ExpressionError
from engine.spiff.model import Names, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from engine.spiff.dmn.unary import Cell
    from engine.spiff.language.expressions import Expression

    Head = tuple[etree._Element | None, etree._Element | None]  # what is typed, and its values
    Place = tuple[str, str, str]  # an id, and where it stands in Chinese and English

NS: Final = {"dmn": DMN}
_KINDS: Final = "string, number, boolean, date, date and time, days and time duration"
Compiled = TypeVar("Compiled")


class Reader:
    """Collects the problems of one decision while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def refuse(self, element: str | None, code: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.file, element, code, zh, en))

    def compiled(
        self, compile_: Callable[[str], Compiled | None], text: str, where: Place
    ) -> Compiled | None:
        """Compile a text of the table, or write down what is wrong with it and where."""
        try:
            return compile_(text)
        except ExpressionError as error:
            self._bad(where, text, error.zh, error.en)
            return None

    def test(self, text: str, column: Column, where: Place) -> Cell | None:
        """Read an input cell, whose values must be such as its column asks for."""
        cell = self.compiled(compile_cell, text, where)
        for value in cell.constants if cell else ():
            self._check(value, column, (where, text))
        return cell

    def output(self, text: str, column: Column, where: Place) -> Expression | None:
        """Read an output cell, whose value must be such as its column gives."""
        cell = self.compiled(compile_output, text, where)
        try:
            value = cell.evaluate({}) if cell and not cell.names else None
        except EvaluationError as error:
            self._bad(where, text, error.zh, error.en)
        else:
            self._check(value, column, (where, text))
        return cell

    def _check(self, value: object, column: Column, cell: tuple[Place, str]) -> None:
        if value is None:
            return
        read = value if column.kind is None else read_as(column.kind, value)
        if read is None:
            (zh, en), (kind_zh, kind_en) = spelled(value), KINDS[column.kind or ""]
            self._bad(
                *cell,
                f"{zh} 不是“{kind_zh}”，表头的 typeRef 却这样说。请改单元格或 typeRef。",
                f"{en} is not {kind_en}, as the head's typeRef says. Mend one of them.",
            )
        elif column.allowed is not None and not column.allowed.fits(read, {}):
            zh, en = spelled(value)
            self._bad(
                *cell,
                f"{zh} 不在表头允许的值 {column.allowed.text} 之内。请改单元格或表头。",
                f"{en} is none of the values {column.allowed.text} of the head. Mend one.",
            )

    def _bad(self, where: Place, text: str, zh: str, en: str) -> None:
        element, place_zh, place_en = where
        self.refuse(element, "bad_cell", f"{place_zh}“{text}”：{zh}", f'{place_en} "{text}": {en}')


def read_heads(
    reader: Reader, table: etree._Element, id_: str
) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Read what the columns of inputs and those of outputs ask for and give."""
    asked: list[Head] = [
        (xml.find("dmn:inputExpression", NS), xml.find("dmn:inputValues", NS))
        for xml in table.findall("dmn:input", NS)
    ]
    made: list[Head] = [
        (xml, xml.find("dmn:outputValues", NS)) for xml in table.findall("dmn:output", NS)
    ]
    return (
        tuple(_heads(reader, asked, (id_, "个输入", "Input"))),
        tuple(_heads(reader, made, (id_, "个输出", "Output"))),
    )


def _heads(reader: Reader, heads: list[Head], what: Place) -> Iterator[Column]:
    id_, zh, en = what
    for n, (typed, values) in enumerate(heads, 1):
        kind = kind_said(reader, typed, (id_, f"第{n}{zh}", f"{en} {n}"))
        where = id_, f"第{n}{zh}允许的值", f"Allowed values of {en.lower()} {n}"
        allowed = reader.compiled(compile_cell, text_of(values), where)
        if allowed is not None and allowed.names:
            reader.refuse(
                id_, "bad_cell",
                f"{where[1]}“{allowed.text}”不能用变量。请列出值。",
                f'{where[2]} "{allowed.text}" read variables. List the values.',
            )  # fmt: skip
            allowed = None
        yield Column(n, kind, allowed)


def kind_said(reader: Reader, typed: etree._Element | None, where: Place) -> str | None:
    """Read the kind that an element's typeRef says, None if it says none."""
    stated = (typed.get("typeRef") or "") if typed is not None else ""
    if stated.removeprefix("feel:") not in TYPES:
        reader.refuse(
            where[0], "unknown_type",
            f"{where[1]}的 typeRef“{stated}”不能识别。请用：{_KINDS}。",
            f'{where[2]}: the typeRef "{stated}" is none of ours. Use: {_KINDS}.',
        )  # fmt: skip
    return TYPES.get(stated.removeprefix("feel:"))


def constant_of(cell: Expression | None) -> tuple[bool, object]:
    """Say whether an output cell always says the same, and what."""
    if cell is None or cell.names:
        return cell is None, None
    try:
        return True, cell.evaluate({})
    except EvaluationError:
        return False, None


def text_of(xml: etree._Element | None) -> str:
    """Give the text of an expression in a DMN file, empty if there is none."""
    found = xml.find("dmn:text", NS) if xml is not None else None
    return (found.text or "").strip() if found is not None else ""


def note_of(xml: etree._Element) -> Names:
    """Split a description into Chinese and English at the slash."""
    zh, _, en = (xml.findtext("dmn:description", "", NS) or "").partition(" / ")
    return Names(zh.strip(), en.strip() or zh.strip())
