"""Where variables live: each process has its own, and each instance of a multi-instance activity.

What is filled inside an instance is not known outside but for its result; what is filled in a
called process comes back when it ends, unless its ioSpecification leaves it out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from engine.spiff.elements.alarms import alarm, thrown_by
from engine.spiff.elements.data_objects import data_objects
from engine.spiff.elements.handing_over import handing
from engine.spiff.elements.repeats import COUNTER, Many, repetition
from engine.spiff.files.sheet import STEPS
from engine.spiff.language.expressions import ExpressionError, is_name
from engine.spiff.lint.unquoted import unquoted
from engine.spiff.lint.values import texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.elements.handing_over import Handing
    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources

Room = tuple[str, str]
"""A process, and the multi-instance activity in it; empty for the process itself."""
Way = tuple[Room, Room, "set[str] | None"]
"""From one room to another, and the names that go, if not all of them do."""


@dataclass(frozen=True)
class Read:
    """A name that something reads, in which room, and where to tell of it."""

    room: Room
    file: str
    element: str
    name: str


@dataclass
class Rooms:
    """The rooms of a procedure: what is filled in each by itself, and how they hand over."""

    sources: Sources
    own: dict[Room, set[str]] = field(default_factory=lambda: defaultdict(set))
    reads: list[Read] = field(default_factory=list)

    def __post_init__(self) -> None:
        sheets = self.sources.sheets
        self._inside = {sheet.process_id: _rooms_of(sheet) for sheet in sheets.values()}
        for sheet in sheets.values():
            self._look_at(sheet)
        for key, fields in self.sources.forms.items():
            file, _, element = key.partition("/")
            if file in sheets:
                process = sheets[file].process_id
                room = self._inside[process].get(element, (process, ""))
                self.own[room] |= set(fields or ())
                shown = sorted(self.sources.shows.get(key, ()))
                self.reads += [Read(room, f"forms/{key}.json", element, name) for name in shown]

    def filled(self, room: Room) -> set[str]:
        """Give every name that may have a value in a room."""
        return self._known.get(room, set())

    def elsewhere(self, name: str) -> Room | None:
        """Give a room that fills a name for itself."""
        return next((room for room, names in self.own.items() if name in names), None)

    def handed_out(self, process: str) -> set[str]:
        """Give every name that a call of a process may write."""
        hands, written = self._hands.get(process), self._written.get((process, ""), set())
        return written & set(hands.outputs) if hands else written

    def _look_at(self, sheet: Sheet) -> None:
        declared = {variable.name for variable in sheet.variables}
        self.own[sheet.process_id, ""] |= declared
        self.own[self.sources.sheets[self.sources.root].process_id, ""] |= declared
        for node in sheet.nodes.values():
            self._look_at_node(sheet, node)
        self._look_at_lanes(sheet)
        for each in data_objects(sheet):
            if is_name(each.variable):
                self._read(self._home(sheet, each.scope), sheet, each.id, each.variable)
        for text in texts_in(sheet):
            try:
                names, assigned = text.compiled()
            except ExpressionError:
                continue
            around = self._home(sheet, text.scope)
            room = around if text.around else self._inside[sheet.process_id][text.element]
            self.own[room] |= assigned
            self._read(room, sheet, text.element, *sorted(names))

    def _read(self, room: Room, sheet: Sheet, element: str, *names: str) -> None:
        self.reads += [Read(room, sheet.file, element, name) for name in names]

    def _home(self, sheet: Sheet, scope: str) -> Room:
        """Give the room that the elements of a process or sub-process stand in."""
        return self._inside[sheet.process_id].get(scope, (sheet.process_id, ""))

    def _look_at_node(self, sheet: Sheet, node: Node) -> None:
        around, within = self._home(sheet, node.scope), self._inside[sheet.process_id][node.id]
        drawn, parcel = repetition(node), sheet.parcel(node)
        self.own[within] |= {node.result} if node.result else set()
        variables = [entry[1:] for entry in (*node.notifies, *node.offered) if entry[0] == "="]
        self._read(within, sheet, node.id, *variables, *parcel.keys)
        if (thrown := thrown_by(node, sheet)) is not None:
            self._read(within, sheet, node.id, *thrown.carries)
        if node.throws:
            self._read(within, sheet, node.id, *parcel.carries)
        else:
            self.own[within] |= set(parcel.carries)
        if isinstance(drawn, Many):
            self.own[within] |= {name for name in (drawn.item, COUNTER) if name}
            self.own[around] |= {drawn.results} if drawn.results else set()
            self._read(around, sheet, node.id, *([drawn.items] if drawn.items else []))
            self._read(within, sheet, node.id, *([drawn.result] if drawn.result else []))
        self._look_at_table(node, within)

    def _look_at_table(self, node: Node, room: Room) -> None:
        reading = self.sources.tables.get(node.decision or "")
        if reading is None:
            return
        self.own[room] |= set(reading.outputs or ())
        for each in self.sources.chain(reading):
            names = each.decider.names if each.decider else frozenset()
            for *_, misread in unquoted(each.decider, self.sources.roles):
                names -= misread
            self.reads += [Read(room, each.file, each.id, name) for name in sorted(names)]

    def _look_at_lanes(self, sheet: Sheet) -> None:
        """Let a lane's variable be read by each step in it, or by the process if it has none.

        A call of a diagram without lanes reads it for the steps of that one.
        """
        inside = self._inside[sheet.process_id]
        steps = [node for node in sheet.nodes.values() if node.kind in STEPS or self._free(node)]
        for lane in sheet.lanes:
            if lane.role_from is not None:
                rooms = {inside[node.id] for node in steps if node.lane is lane}
                for room in sorted(rooms or {(sheet.process_id, "")}):
                    self._read(room, sheet, lane.id, lane.role_from)

    def _free(self, node: Node) -> bool:
        called = self.sources.sheets.get(node.called or "")
        return called is not None and not called.lanes

    @cached_property
    def _calls(self) -> list[tuple[Room, str]]:
        """Which room calls which process."""
        return [
            (self._inside[sheet.process_id][node.id], called.process_id)
            for sheet, node in self.sources.nodes()
            if (called := self.sources.sheets.get(node.called or "")) is not None
        ]

    @cached_property
    def _hands(self) -> dict[str, Handing | None]:
        return {sheet.process_id: handing(sheet) for sheet in self.sources.sheets.values()}

    def _out(self) -> Iterator[Way]:
        """Name what is handed out at the end of a called process."""
        for room, process in self._calls:
            hands = self._hands[process]
            yield (process, ""), room, set(hands.outputs) if hands else None

    def _by_alarm(self) -> Iterator[Way]:
        """Name what errors and escalations carry to where they are caught."""
        alarms = [
            (self._inside[sheet.process_id][node.id], found, node.kind == "boundaryEvent")
            for sheet, node in self.sources.nodes()
            if (found := alarm(node, sheet)) is not None
        ]
        for room, thrown, caught in alarms:
            if not caught:
                traps = (at for at, trap, catches in alarms if catches and trap.fits(thrown))
                yield from ((room, at, set(thrown.carries)) for at in traps)

    def _in(self) -> Iterator[Way]:
        """Name what is handed in: to called processes, and to instances."""
        for room, process in self._calls:
            hands = self._hands[process]
            yield room, (process, ""), set(hands.inputs) if hands else None
        for sheet, node in self.sources.nodes():
            if is_many(node):
                room = self._inside[sheet.process_id][node.id]
                yield self._home(sheet, node.scope), room, None

    @cached_property
    def _known(self) -> dict[Room, set[str]]:
        """What may have a value in each room: filled there, handed out to it, or handed in."""
        return _spread(self._written, [*self._in(), *self._by_alarm()])

    @cached_property
    def _written(self) -> dict[Room, set[str]]:
        return _spread(self.own, [*self._out(), *self._by_alarm()])


def _spread(names: Mapping[Room, set[str]], ways: list[Way]) -> dict[Room, set[str]]:
    """Let names go along all ways until none goes any further."""
    found = {room: set(here) for room, here in names.items()}
    changed = True
    while changed:
        changed = False
        for source, target, only in ways:
            going = found.get(source, set())
            going = going if only is None else going & only
            here = found.setdefault(target, set())
            changed = changed or not going <= here
            here |= going
    return found


def _rooms_of(sheet: Sheet) -> dict[str, Room]:
    """Give the room that each element works in: its own if it is done for each item of a list."""
    rooms: dict[str, Room] = {}
    for node in sheet.nodes.values():  # what lies outside comes first
        around = rooms.get(node.scope, (sheet.process_id, ""))
        rooms[node.id] = (sheet.process_id, node.id) if is_many(node) else around
    return rooms


def is_many(node: Node) -> bool:
    return isinstance(repetition(node), Many)
