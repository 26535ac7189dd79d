"""Reading a DMN file into the tables that people see and those that decide."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.spiff.dmn.formulas import read_formula
from engine.spiff.dmn.grids import read_grid
from engine.spiff.dmn.heads import NS, Reader
from engine.spiff.dmn.requirements import (
    MOST_REQUIRED,
    NONE_REQUIRED,
    Requirements,
    refuse_strangers,
    requirements_of,
)
from engine.spiff.files.sheet import names_of
from engine.spiff.files.xml import DMN, UnreadableError, read_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.model import Problem


@dataclass(frozen=True)
class TableReading:
    """A decision as far as it could be read; `decider` is None when there are problems.

    `outputs` are the names that it fills, None if that cannot be read either; `needs` are the
    decisions of its file that are made before it, and the data that it may read.
    """

    file: str
    id: str
    decider: Decider | None
    problems: tuple[Problem, ...]
    root: etree._Element | None = field(default=None, repr=False, compare=False)
    outputs: tuple[str, ...] | None = None
    needs: Requirements = NONE_REQUIRED


def read_tables(file: str, data: bytes) -> tuple[TableReading, ...]:
    """Read the decisions of a DMN file; what is wrong comes back as problems of each.

    Of a file in which there are none, one comes back that has only problems.
    """
    try:
        root = read_root(file, data, namespace=DMN)
    except UnreadableError as error:
        return (TableReading(file, "", None, (error.problem,)),)
    decisions = root.findall("dmn:decision", NS)
    if not decisions:
        reader = Reader(file)
        reader.refuse(
            None, "no_decision",
            "文件中没有决策（decision）。", "The file holds no decision.",
        )  # fmt: skip
        return (TableReading(file, "", None, tuple(reader.problems)),)
    id_ = _stem(file) if len(decisions) == 1 else None
    read: dict[str, TableReading] = {}
    for xml in decisions:
        read.setdefault(xml.get("id") or "", _read(Reader(file), root, xml, id_))
    return tuple(_linked(reading, read) for reading in read.values())


def decision_ids(file: str, data: bytes) -> frozenset[str]:
    """Give the ids of a file's decisions; of a single one, or an unreadable file, its name too."""
    stem = _stem(file)
    try:
        decisions = read_root(file, data, namespace=DMN).findall("dmn:decision", NS)
    except UnreadableError:
        return frozenset({stem})
    found = {xml.get("id") or "" for xml in decisions}
    return frozenset(found if len(decisions) > 1 else found | {stem})


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".dmn")


def _read(
    reader: Reader, root: etree._Element, decision: etree._Element, must_be: str | None
) -> TableReading:
    """Read one decision by itself; `must_be` is the id that the file's name says, if it does."""
    _check_names(reader, decision, must_be)
    refuse_strangers(reader, root, decision)
    decider = _decider(reader, decision)
    needs = requirements_of(reader, root, decision)
    id_, problems = decision.get("id") or "", tuple(reader.problems)
    outputs = decider.outputs if decider else None
    kept = None if problems else decider
    return TableReading(reader.file, id_, kept, problems, root, outputs, needs)


def _decider(reader: Reader, decision: etree._Element) -> Decider | None:
    table = decision.find("dmn:decisionTable", NS)
    literal = decision.find("dmn:literalExpression", NS)
    if table is not None:
        return read_grid(reader, decision, table)
    if literal is not None:
        return read_formula(reader, decision, literal)
    id_ = decision.get("id") or ""
    reader.refuse(
        id_, "no_table",
        f"决策“{id_}”既没有决策表，也没有文字表达式。请补上一个。",
        f'Decision "{id_}" has neither a table nor a literal expression. Give it one.',
    )  # fmt: skip
    return None


def _check_names(reader: Reader, decision: etree._Element, must_be: str | None) -> None:
    id_ = decision.get("id") or ""
    if must_be is not None and id_ != must_be:
        reader.refuse(
            id_, "decision_id",
            f"决策的 id 是“{id_}”，应与文件名“{must_be}”相同。",
            f'The decision\'s id is "{id_}"; it must be the file\'s name "{must_be}".',
        )  # fmt: skip
    same = [xml for xml in decision.itersiblings("{*}decision") if xml.get("id") == id_]
    if same:
        reader.refuse(
            id_, "same_decision",
            f"文件里有几个决策的 id 都是“{id_}”。请改名。",
            f'Several decisions of the file have the id "{id_}". Rename them.',
        )  # fmt: skip
    names = names_of(decision)
    if not names.zh or not names.en:
        reader.refuse(
            id_, "name_missing",
            f"决策“{id_}”缺少中文名 name 或英文名 banjie:nameEn。",
            f'Decision "{id_}" lacks its name or banjie:nameEn.',
        )  # fmt: skip


def _linked(reading: TableReading, read: Mapping[str, TableReading]) -> TableReading:
    """Tell a decision which names the decisions that it requires give it."""
    reader = Reader(reading.file)
    before = _before(reading, read)
    if reading.id in before or len(before) > MOST_REQUIRED:
        reader.refuse(
            reading.id, "decision_cycle",
            f"决策“{reading.id}”要先做的决策里又有它自己，或超过 {MOST_REQUIRED} 个。"
            "请去掉多余的要求。",
            f'Decision "{reading.id}" requires itself in the end, or more than {MOST_REQUIRED} '
            "others. Take away a requirement.",
        )  # fmt: skip
    given: dict[str, str] = {}
    for id_ in reading.needs.decisions:
        for name in read[id_].outputs or ():
            if given.setdefault(name, id_) != id_:
                reader.refuse(
                    reading.id, "given_twice",
                    f"“{name}”由“{given[name]}”和“{id_}”两个决策给出。请改其中一个的名称。",
                    f'"{name}" comes from both "{given[name]}" and "{id_}". Rename one of them.',
                )  # fmt: skip
    decider = reading.decider
    if decider is not None:
        public = replace(decider.table, requires=reading.needs.decisions)
        decider = replace(decider, given=given, table=public)
    _check_inputs(reader, reading, decider)
    problems = (*reading.problems, *reader.problems)
    return replace(reading, decider=None if problems else decider, problems=problems)


def _before(reading: TableReading, read: Mapping[str, TableReading]) -> set[str]:
    found: set[str] = set()
    pending = [*reading.needs.decisions]
    while pending:
        id_ = pending.pop()
        if id_ not in found:
            found.add(id_)
            pending += read[id_].needs.decisions
    return found


def _check_inputs(reader: Reader, reading: TableReading, decider: Decider | None) -> None:
    """Let a decision for which input data are drawn read those only."""
    drawn = reading.needs.inputs
    for name in sorted(decider.names - drawn) if decider and drawn is not None else ():
        reader.refuse(
            reading.id, "not_required",
            f"决策“{reading.id}”用到“{name}”，但没有画到它的信息要求。请画上，或改用画了的。",
            f'Decision "{reading.id}" reads "{name}", which it does not require. Draw that, or '
            "read what is drawn.",
        )  # fmt: skip
