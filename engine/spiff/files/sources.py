"""The files of one procedure, read: what the lint judges and the compiler builds from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from engine.spiff.dmn.tables import TableReading, decision_ids, read_tables
from engine.spiff.elements.lanes import filled
from engine.spiff.errors import BrokenFilesError
from engine.spiff.files.bpmn_file import read_sheet
from engine.spiff.files.xml import UnreadableError
from engine.spiff.model import Names, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from engine.spiff.elements.lanes import Whose
    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.model import Guarantee


@dataclass(frozen=True)
class Sources:
    """`sheets` by process id and `tables` by decision id are those that the root needs.

    `roles`, `clauses` and `forms` (field names by "process/element", None of one that cannot be
    read) are what else there is. `unread` are the processes whose diagrams cannot be read.
    `operators` are the operations that connectors do, each with the names of its parameters.
    `calendars` are the codes that timers may name, None if that is not known. `paths` are those of
    all files beside these too. `shows` are the variables that forms
    only show, None beside those of which they do not say how they are written.
    """

    root: str
    sheets: Mapping[str, Sheet]
    tables: Mapping[str, TableReading]
    roles: Mapping[str, Names] = field(default_factory=dict)
    clauses: frozenset[str] = frozenset()
    forms: Mapping[str, Collection[str] | None] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    operators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendars: Collection[str] | None = None
    paths: Collection[str] = ()
    shows: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def named(self, suffix: str) -> frozenset[str]:
        """Give the ids that the names of all files of this kind say, such as ".bpmn"."""
        return frozenset(stem(path) for path in self.paths if path.endswith(suffix))

    @cached_property
    def is_partly_unknown(self) -> bool:
        """Whether a file is missing or unreadable, so that nobody knows which names it fills."""
        forms = [each for key, each in self.forms.items() if key.split("/")[0] in self.sheets]
        tables = (reading.outputs for reading in self.tables.values())
        lacking = not self.asked <= self.tables.keys()
        return self.is_torn or lacking or None in forms or None in tables

    @cached_property
    def is_torn(self) -> bool:
        """Whether an element that a flow leads to or a diagram that is called is not there."""
        loose = any(
            not {edge.source, edge.target} <= sheet.nodes.keys()
            for sheet in self.sheets.values()
            for edge in sheet.edges
        )
        return loose or any(n.called and n.called not in self.sheets for _, n in self.nodes())

    @property
    def asked(self) -> frozenset[str]:
        """The decisions that business rule tasks ask, whose answers the case takes."""
        return frozenset(node.decision for _, node in self.nodes() if node.decision)

    def chain(self, reading: TableReading) -> list[TableReading]:
        """Give a decision with all those that it requires."""
        found = {reading.id: reading}
        pending = [reading]
        while pending:
            for id_ in pending.pop().needs.decisions:
                if id_ in self.tables and id_ not in found:
                    found[id_] = self.tables[id_]
                    pending.append(found[id_])
        return list(found.values())

    def nodes(self) -> Iterator[tuple[Sheet, Node]]:
        """Every flow node of every diagram."""
        for sheet in self.sheets.values():
            for node in sheet.nodes.values():
                yield sheet, node

    @cached_property
    def filled(self) -> dict[tuple[str, str], set[Whose]]:
        """Who may work in each lane that callers fill, by process and lane."""
        return filled(self)

    @cached_property
    def lanes(self) -> dict[str, str]:
        """What a lane may say, and the role code that it means."""
        said = {names.zh: code for code, names in self.roles.items()}
        return {**said, **{code: code for code in self.roles}}


def stem(path: str) -> str:
    """Give the process or decision id that a file's name says."""
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def read_needed(
    files: Mapping[str, bytes], root: str
) -> tuple[dict[str, Sheet], dict[str, TableReading], list[Problem]]:
    """Read the root's diagram and all that it calls and asks, with what cannot be read."""
    diagrams = _by_stem(files, ".bpmn")
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    pending = [root]
    seen: set[str] = set()
    while pending:
        process = pending.pop()
        if process in seen or process not in diagrams:
            continue
        seen.add(process)
        try:
            sheet = read_sheet(diagrams[process], files[diagrams[process]])
        except UnreadableError as error:
            problems.append(error.problem)
            continue
        sheets[process] = sheet
        pending += [node.called for node in sheet.nodes.values() if node.called]
    asked = sorted({n.decision for s in sheets.values() for n in s.nodes.values() if n.decision})
    tables, twice = _tables(files, asked)
    return sheets, tables, problems + twice


def _tables(
    files: Mapping[str, bytes], asked: Sequence[str]
) -> tuple[dict[str, TableReading], list[Problem]]:
    """Read the decisions that are asked and those that they require, wherever they are."""
    paths: dict[str, list[str]] = defaultdict(list)
    for path in sorted(path for path in files if path.endswith(".dmn")) if asked else ():
        for name in decision_ids(path, files[path]):
            paths[name].append(path)
    read: dict[str, tuple[TableReading, ...]] = {}
    found: dict[str, TableReading] = {}
    problems: list[Problem] = []
    pending = [name for name in asked if name in paths]
    while pending:
        name = pending.pop(0)
        if name in found:
            continue
        path = paths[name][0]
        if path not in read:
            read[path] = read_tables(path, files[path])
        found[name] = next((each for each in read[path] if each.id == name), read[path][0])
        pending += found[name].needs.decisions
        if len(paths[name]) > 1:
            problems.append(_same_decision(name, paths[name]))
    return found, problems


def _same_decision(name: str, paths: Sequence[str]) -> Problem:
    return Problem(
        paths[1], name, "same_decision",
        f"几个文件里都有决策“{name}”：{'、'.join(paths)}。请只留一个。",
        f'Several files hold a decision "{name}": {", ".join(paths)}. Keep one.',
    )  # fmt: skip


def closure(files: Mapping[str, bytes], root: str) -> frozenset[str]:
    """Give the paths of the files that a procedure needs: its diagrams and its tables.

    Files that cannot be read are part of it, so that compiling can say why; BrokenFilesError if
    there is no diagram for the root.
    """
    diagrams = _by_stem(files, ".bpmn")
    if root not in diagrams:
        raise BrokenFilesError((missing_diagram(root),))
    sheets, tables, problems = read_needed(files, root)
    found = {sheet.file for sheet in sheets.values()} | {table.file for table in tables.values()}
    return frozenset(found | {problem.file for problem in problems})


@dataclass(frozen=True)
class Promises:
    """What a procedure keeps by being drawn so: guarantees by id, and the clauses of elements."""

    file: str
    guarantees: Mapping[str, Guarantee]
    clauses: frozenset[str]


def promises(files: Mapping[str, bytes], root: str) -> Promises:
    """Give what a procedure's diagrams promise, without judging whether they keep it."""
    sheets, _, _ = read_needed(files, root)
    nodes = (node for sheet in sheets.values() for node in sheet.nodes.values())
    kept = (each for sheet in sheets.values() for each in sheet.guarantees)
    return Promises(
        file=sheets[root].file if root in sheets else f"{root}.bpmn",
        guarantees={each.id: each for each in kept},
        clauses=frozenset(clause for node in nodes for clause in node.clauses),
    )


def missing_diagram(root: str) -> Problem:
    return Problem(
        f"{root}.bpmn", None, "no_diagram",
        f"没有找到规程“{root}”的流程图 {root}.bpmn。",
        f'There is no diagram {root}.bpmn for the procedure "{root}".',
    )  # fmt: skip


def _by_stem(files: Mapping[str, bytes], suffix: str) -> dict[str, str]:
    return {stem(path): path for path in sorted(files, reverse=True) if path.endswith(suffix)}


def process_ids(files: Mapping[str, bytes]) -> dict[str, str]:
    """Give the id of the process in each diagram that can be read, by path."""
    found = {}
    for path in sorted(path for path in files if path.endswith(".bpmn")):
        try:
            found[path] = read_sheet(path, files[path]).process_id
        except UnreadableError:
            continue
    return found


def roots(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Give the ids of the procedures: diagrams that no other calls and that can begin.

    A message, timer or signal begins one. A plain start event is begun by hand, so it has a form:
    diagrams that others call have none there. A diagram that cannot be read counts as a procedure,
    so that compiling it says why.
    """
    found, called = [], set()
    for process, path in _by_stem(files, ".bpmn").items():
        try:
            sheet = read_sheet(path, files[path])
        except UnreadableError:
            found.append(process)
            continue
        called |= {node.called for node in sheet.nodes.values()}
        starts = [n for n in sheet.inside(sheet.process_id) if n.kind == "startEvent"]
        if any(n.events or f"forms/{process}/{n.id}.json" in files for n in starts):
            found.append(process)
    return tuple(sorted(set(found) - called))
