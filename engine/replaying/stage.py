"""The stage of a replay: a case in a virtual clock, as the moves of the engine have left it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from engine import spiff
from engine.replaying.record import Opening, items_of
from engine.spiff import Call

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from engine.calendar import Calendars
    from engine.history.superseding import Path
    from engine.procedures.bundles import Bundle
    from engine.replaying.record import Items
    from engine.spiff import Move, OpenTask, Timer, Wait
    from engine.tasks.foureyes import Placed


class Then(TypedDict):
    """When a move happens, and by which calendars deadlines count."""

    now: datetime
    calendars: Calendars


@dataclass(slots=True)
class Passed:
    """A deadline that passed; ``until`` when its activity was done, None while it is open (UTC)."""

    timer: Timer
    until: datetime | None = None

    @property
    def host(self) -> str:
        """The activity that was to be done, as "process:element"."""
        return f"{self.timer.process}:{self.timer.host}"

    def late(self, end: datetime) -> timedelta:
        """Return how late it was done, or is by ``end``."""
        return (self.until or end) - self.timer.due


@dataclass(slots=True)
class Stage:
    """A case as it stands at ``now`` (UTC), with what has happened to it.

    ``armed`` counts timers by place, ``fired`` are those that did; they, ``flows``, ``done`` and
    ``opened`` are in the order taken.
    """

    bundle: Bundle
    calendars: Calendars
    now: datetime
    state: bytes = b""
    next_due: datetime | None = None
    outcome: str | None = None
    tasks: dict[UUID, OpenTask] = field(default_factory=dict)
    waits: dict[UUID, Wait] = field(default_factory=dict)
    awaited: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[UUID, Call] = field(default_factory=dict)
    rounds: dict[tuple[str, Items], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    passed: list[Passed] = field(default_factory=list)
    armed: Counter[str] = field(default_factory=Counter)
    fired: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    opened: list[OpenTask] = field(default_factory=list)
    drawn: frozenset[tuple[str, Path]] = frozenset()
    number: str = ""

    @property
    def then(self) -> Then:
        """The terms of the next move."""
        return {"now": self.now, "calendars": self.calendars}

    @property
    def is_over(self) -> bool:
        """Whether the case has come to an end."""
        return self.outcome is not None

    def timers(self) -> list[Timer]:
        """Return the timers that run."""
        found = spiff.position(self.bundle.compiled, self.state).timers
        return [timer for timer in found if timer.stopped is None]

    def waiting_at(self, place: str, nth: int | None) -> list[UUID]:
        """Return what waits at an element, what began to as the ``nth`` before the others.

        That is a wait for a message, or a call that wants an answer.
        """
        begun = enumerate(self.awaited[place], start=1)
        first = sorted(begun, key=lambda one: one[0] != nth)
        return [key for _, key in first if key in self.waits or key in self.calls]

    def take(self, move: Move) -> None:
        """Go where the engine has moved the case."""
        self.state, self.next_due, self.outcome = move.state, move.next_due, move.ended
        self.flows += move.flows
        self._tasks(move)
        for wait in move.unawaited:
            del self.waits[wait]
        self.waits.update({wait.id: wait for wait in move.awaited})
        for one in move.awaited:
            self.awaited[place_of(one)].append(one.id)
        self._calls(move)
        self._deadlines(move)
        for call in [key for key, call in self.calls.items() if call.awaits_number]:
            if self.calls.pop(call, None) is not None:
                compiled = self.bundle.compiled
                self.take(spiff.number(compiled, self.state, call, self.number, **self.then))

    def _tasks(self, move: Move) -> None:
        for closed in move.closed:
            del self.tasks[closed]
        for task in move.opened:
            self.rounds[place_of(task), items_of(task.turn)].append(task.id)
        self.opened += move.opened
        self.tasks.update({task.id: task for task in (*move.opened, *move.retimed)})

    def _calls(self, move: Move) -> None:
        for key in move.abandoned:
            self.calls.pop(key, None)
        for call in (effect for effect in move.effects if isinstance(effect, Call)):
            if call.id is not None:
                self.calls[call.id] = call
                self.awaited[place_of(call)].append(call.id)

    def _deadlines(self, move: Move) -> None:
        for each in self.passed:
            if each.until is None and (self.is_over or each.host in move.reached):
                each.until = self.now
        self.armed.update(map(place_of, move.armed))
        self.fired += [f"{timer.process}:{timer.element}" for timer in move.fired]
        late = [t for t in move.fired if not t.reminds and t.host != t.element]
        self.passed += [Passed(timer, self._gone(timer)) for timer in late]

    def _gone(self, timer: Timer) -> datetime | None:
        """Return now if a deadline that has just passed took its step away."""
        host = f"{timer.process}:{timer.host}"
        steps = self.bundle.compiled.diagrams[timer.process].steps
        open_ones = {place_of(task) for task in self.tasks.values()}
        return self.now if self.is_over or (timer.host in steps and host not in open_ones) else None

    def last_of(self, opening: Opening, path: Path | None = None) -> UUID | None:
        """Return the step that a recorded one is, open or not: that of its round, or the newest.

        With a path, one of those calls, as ``task_of`` does.
        """
        ours = self.rounds.get((opening.place, opening.items), [])
        mine = ours[opening.round - 1 : opening.round]
        if path is not None and self._draws(opening.place, path):
            there = {task.id for task in self.opened if task.path == path}
            ours = [key for key in ours if key in there]
        return next((key for key in [*mine, *reversed(ours)] if key in ours), None)

    def task_of(self, opening: Opening, path: Path | None = None) -> UUID | None:
        """Return the open step that a recorded one is: that of its round, or else any there is.

        With a path, one of those calls; elsewhere only if this version does not draw the step in
        those calls.
        """
        there = [task for task in self.tasks.values() if place_of(task) == opening.place]
        if path is not None and self._draws(opening.place, path):
            there = [task for task in there if task.path == path]
        own = self.rounds.get((opening.place, opening.items), [])
        mine = own[opening.round - 1 : opening.round]
        there.sort(key=lambda task: (items_of(task.turn) != opening.items, task.id not in mine))
        return next((task.id for task in there), None)

    def _draws(self, place: str, path: Path) -> bool:
        if not self.drawn:
            every = spiff.places(self.bundle.compiled)
            self.drawn = frozenset((place_of(each), each.path) for each in every)
        return (place, path) in self.drawn


def place_of(thing: Placed) -> str:
    """Return "process:element" of a step, timer, wait or call."""
    return f"{thing.process}:{thing.element}"
