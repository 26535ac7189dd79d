"""What a leap leaves unfilled that something reads later, so that it can be said beforehand.

An element that is left out fills nothing. What it would have filled, and has no value yet, lacks
wherever it is read before anything else fills it; conditions are ignored, so it may be said of a
way that the case does not go.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.spiff.files.sheet import STEPS
from engine.spiff.files.sources import Sources
from engine.spiff.going_back.leaps import Ground
from engine.spiff.graph import Graph
from engine.spiff.lint.rooms import Rooms
from engine.spiff.lint.values import texts_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.files.sheet import Sheet
    from engine.spiff.going_back.leaps import Leap
    from engine.spiff.graph import Place
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Position

CONDITION: Final = "condition"
TABLE: Final = "table"
FORM: Final = "form"
OTHERWISE: Final = "otherwise"


@dataclass(frozen=True)
class Asking:
    """A form's fields, the variables that they start from (x-from), and those it only shows."""

    fields: Collection[str]
    starts_from: Collection[str] = ()
    shows: Collection[str] = ()


@dataclass(frozen=True)
class Reader:
    """An element that reads a variable, and `how`: one of CONDITION, TABLE, FORM, OTHERWISE."""

    process: str
    element: str
    how: str


@dataclass(frozen=True)
class Lack:
    """Variables that an element ("process:element") leaves unfilled, for the same readers."""

    left: str
    variables: tuple[str, ...]
    readers: tuple[Reader, ...]


def lacking(
    compiled: Compiled, at: Position, leap: Leap, *, passed: Mapping[str, int],
    filled: Collection[str], forms: Mapping[str, Asking],
) -> tuple[Lack, ...]:  # fmt: skip
    """Give what a leap leaves unfilled for later, for a case that stands `at`.

    `passed` are the elements done and flows taken that still hold ("process:id"), `filled` the
    variables that have a value afterwards, `forms` are by "process/element".
    """
    ground = Ground(compiled)
    fills = _fills(compiled, ground.sheets, forms)
    reads = _reads(compiled, ground.sheets, forms)
    found: dict[tuple[str, tuple[Reader, ...]], list[str]] = defaultdict(list)
    landing = list(ground.landing(at, leap))
    for name, left in _unfilled(_left_out(ground, at, leap), fills, forms).items():
        if name not in filled:
            writers = {place for place, names in fills.items() if name in names}
            came = Graph(ground.sheets, writers).reach(landing, passed)
            if readers := _readers(came, reads, name, left):
                found[left, readers].append(name)
    return tuple(Lack(left, tuple(names), readers) for (left, readers), names in found.items())


def filling(
    compiled: Compiled, variable: str, forms: Mapping[str, Asking]
) -> tuple[tuple[str, str], ...]:
    """Give the steps (process, element) that fill a variable, or lead up to what computes it."""
    ground = Ground(compiled)
    fills = _fills(compiled, ground.sheets, forms)
    before: dict[Place, list[Place]] = defaultdict(list)
    graph = Graph(ground.sheets)
    for place in ground.known:
        for following, _ in graph.onward(place):
            before[following].append(place)
    here = [p for p in ground.known if variable in fills.get(f"{p.process}:{p.element}", ())]
    seen, found = set(here), set[tuple[str, str]]()
    while here:
        place = here.pop()
        if ground.sheets[place.process].nodes[place.element].kind in STEPS:
            found.add((place.process, place.element))
        else:
            here += (fresh := {*before[place]} - seen)
            seen |= fresh
    return tuple(sorted(found))


def _left_out(ground: Ground, at: Position, leap: Leap) -> list[str]:
    """Give the elements that a leap goes past undone: the step, and all on the way to its goal."""
    task = next((each for each in at.tasks if each.id == leap.task), None)
    if task is None:
        return []
    mine = f"{task.process}:{task.element}"
    if leap.to is None:
        return [mine]
    goals = set(ground.at(leap.to.process, leap.to.element, leap.to.path))
    goal = f"{leap.to.process}:{leap.to.element}"
    graph = Graph(ground.sheets, {goal})
    came = graph.reach(ground.at(task.process, task.element, task.path))
    before: dict[Place, set[Place]] = defaultdict(set)
    for place in came:
        for following, _ in graph.onward(place):
            before[following].add(place)
    between: set[Place] = set()
    pending = [each for each in goals if each in came]
    while pending:
        for place in before[pending.pop()] - between:
            between.add(place)
            pending.append(place)
    passed = dict.fromkeys(f"{p.process}:{p.element}" for p in came if p in between)
    return [mine, *(each for each in passed if each not in {mine, goal})]


def _unfilled(
    left_out: Collection[str], fills: Mapping[str, set[str]], forms: Mapping[str, Asking]
) -> dict[str, str]:
    """Give each variable that is left unfilled, and by what: a form before what only computes."""
    ordered = sorted(left_out, key=lambda left: left.replace(":", "/") not in forms)
    found: dict[str, str] = {}
    for left in ordered:
        for name in sorted(fills.get(left, ())):
            found.setdefault(name, left)
    return found


def _readers(
    came: Mapping[Place, object], reads: Mapping[Reader, set[str]], name: str, left: str
) -> tuple[Reader, ...]:
    """Give who reads a variable, but for what was left out: come to again, it fills it itself."""
    reached = {(place.process, place.element) for place in came}
    return tuple(
        each
        for each, names in reads.items()
        if name in names
        and (each.process, each.element) in reached
        and f"{each.process}:{each.element}" != left
    )


def _fills(
    compiled: Compiled, sheets: Mapping[str, Sheet], forms: Mapping[str, Asking]
) -> dict[str, set[str]]:
    """Give what each element fills: by its form, its table, its scripts, or a message."""
    fills: dict[str, set[str]] = defaultdict(set)
    deciders = compiled.plan.deciders
    for process, sheet in sheets.items():
        for id_, node in sheet.nodes.items():
            form, decider = forms.get(f"{process}/{id_}"), deciders.get(node.decision or "")
            fills[f"{process}:{id_}"] |= {
                *(form.fields if form else ()),
                *(decider.outputs if decider else ()),
                *([node.result] if node.result else ()),
                *(() if node.throws else sheet.parcel(node).carries),
            }
        for text in texts_in(sheet):
            fills[f"{process}:{text.element}"] |= text.compiled()[1]
    return fills


def _reads(
    compiled: Compiled, sheets: Mapping[str, Sheet], forms: Mapping[str, Asking]
) -> dict[Reader, set[str]]:
    """Give what each element reads, in the order of the drawings."""
    reads: dict[Reader, set[str]] = defaultdict(set)
    for process, sheet in sheets.items():
        for id_, node in sheet.nodes.items():
            if form := forms.get(f"{process}/{id_}"):
                reads[Reader(process, id_, FORM)] |= {*form.starts_from, *form.shows}
            for decider in _chain(compiled, node.decision):
                reads[Reader(process, id_, TABLE)] |= decider.names
    for read in Rooms(Sources(compiled.id, sheets, {})).reads:
        process = read.room[0]
        for element, how in _who_reads(sheets, process, read.element):
            reads[Reader(process, element, how)].add(read.name)
    return reads


def _who_reads(sheets: Mapping[str, Sheet], process: str, id_: str) -> Iterator[tuple[str, str]]:
    """Give the elements for which something is read: a flow's source, a lane's steps, or it.

    A call takes its role from its lane for the steps of a diagram without lanes.
    """
    sheet = sheets[process]
    if id_ in sheet.nodes:
        yield id_, OTHERWISE
    yield from ((edge.source, CONDITION) for edge in sheet.edges if edge.id == id_)
    for node in sheet.nodes.values():
        called = sheets.get(node.called or "")
        takes_role = node.kind in STEPS or (called is not None and not called.lanes)
        if takes_role and node.lane is not None and node.lane.id == id_:
            yield node.id, OTHERWISE


def _chain(compiled: Compiled, decision: str | None) -> Iterator[Decider]:
    pending, seen = [decision], set[str]()
    while pending:
        id_ = pending.pop()
        decider = compiled.plan.deciders.get(id_ or "")
        if decider is not None and decider.table.id not in seen:
            seen.add(decider.table.id)
            yield decider
            pending += decider.requires
