"""What a case's entries say that is needed to do it once more: what happened, when, and where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson

from engine.calling.asked import CALLS
from engine.clocks.pausing import RESUMED
from engine.duties.starting import STARTED
from engine.history import follow, lacks_answers, read
from engine.history.superseding import turn_of
from engine.history.told import AWAITED, PAUSED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from engine.history.superseding import Path

BEGINNINGS: Final = frozenset({"case_opened", STARTED})
FIRED: Final = "timer_fired"
DONE: Final = "step_completed"
CLOCKS: Final = frozenset({PAUSED, RESUMED})
RECKONED: Final = "deadline_moved"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry that moved its case; ``at`` is UTC.

    ``answers`` are what was typed or carried; ``lacks`` that they are not there any more. ``task``
    is the step that it is about.
    """

    seq: int
    at: datetime
    kind: str
    body: Mapping[str, Any]
    answers: Mapping[str, Any]
    lacks: bool
    task: UUID | None

    @property
    def place(self) -> str:
        """The element that it is about, as "process:element"."""
        return f"{self.body.get('process')}:{self.body.get('element')}"


@dataclass(frozen=True, slots=True)
class Firing:
    """A timer that fired ``at`` a moment, and was ``due`` then or before (UTC)."""

    seq: int
    at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """A step that was opened: where, for which role (a code), in which of several instances.

    ``round`` is the how manieth there it was.
    """

    place: str
    role: str
    items: Items
    round: int


Items = tuple[str, ...]
"""Which of several instances something stands in, by number, the outer one first."""


def items_of(turn: str | None) -> Items:
    """Return which of several instances it is; their activity has another number each time."""
    return tuple(number for _, number in turn_of(turn or ""))


@dataclass(slots=True)
class Record:
    """The history of a case, read in its order.

    ``began`` opened it. ``events`` moved it then. ``openings`` are steps by their tasks,
    ``firings`` timers by place, ``late`` the places of deadlines that passed. ``done`` are the
    places of the steps completed, ``waiting`` those that are open at the end; ``outcome`` is the
    end event. ``until`` is when it moved last. ``broken`` is the first entry that does not hold.
    ``paths`` are the calls that steps stand in, by their tasks, as far as they are known.
    ``number`` is the one that the case has, if any. ``nths`` say the how manieth at its element
    each wait for a message, and each call, was, by its id (hex).
    """

    began: Event | None = None
    events: list[Event] = field(default_factory=list)
    openings: dict[UUID, Opening] = field(default_factory=dict)
    firings: dict[str, list[Firing]] = field(default_factory=dict)
    late: Counter[str] = field(default_factory=Counter)
    done: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    outcome: str | None = None
    until: datetime | None = None
    broken: int | None = None
    paths: dict[UUID, Path] = field(default_factory=dict)
    number: str = ""
    nths: dict[str, int] = field(default_factory=dict)
    _open: dict[UUID, str] = field(default_factory=dict)
    _rounds: Counter[tuple[str, Items]] = field(default_factory=Counter)
    _awaited: Counter[str] = field(default_factory=Counter)

    @property
    def waiting(self) -> Counter[str]:
        """The steps that are open at the end, by place."""
        return Counter(self._open.values())

    def nth(self, event: Event) -> int | None:
        """Return the how manieth at its element the wait or call was that an entry is about."""
        return self.nths.get(str(event.body.get("timer")))

    def hear(self, event: Event) -> None:
        """Take in one entry."""
        self.number = event.body.get("facts", {}).get("number") or self.number
        if event.kind == FIRED:
            self._fired(event)
        elif event.kind in BEGINNINGS:
            self.began = event
        elif moved(event.body):
            self.events.append(event)
        if event.kind == FIRED or moved(event.body):
            self.until = event.at
        self._follow(event)

    def _fired(self, event: Event) -> None:
        due = datetime.fromisoformat(event.body["due"])
        self.firings.setdefault(event.place, []).append(Firing(event.seq, event.at, due))
        if not (event.body.get("reminds") or event.body.get("waited")):
            self.late[event.place] += 1

    def _follow(self, event: Event) -> None:
        body = event.body
        if event.kind == DONE:
            self.done.append(event.place)
        if event.task is not None and moved(body) and event.kind not in CLOCKS:
            self._open.pop(event.task, None)
        for task, _ in body.get("cancelled", ()):
            self._open.pop(UUID(task), None)
        turns = body.get("turns", {})
        for task, place, role in body.get("opened", ()):
            self._opened(UUID(task), place, role, items_of(turns.get(task, (None,))[0]))
        for key, place, *_ in (*body.get(AWAITED, ()), *body.get(CALLS, ())):
            self._begun(key, place)
        self.flows += body.get("flows", ())
        if moved(body):
            self.outcome = body.get("ended")

    def _begun(self, key: str, place: str) -> None:
        """Count a wait, or a call when it is asked first."""
        if key not in self.nths:
            self._awaited[place] += 1
            self.nths[key] = self._awaited[place]

    def _opened(self, task: UUID, place: str, role: str, items: Items) -> None:
        self._open[task] = place
        self._rounds[place, items] += 1
        self.openings[task] = Opening(place, role, items, self._rounds[place, items])


def moved(body: Mapping[str, Any]) -> bool:
    """Whether the engine moved the case with an entry; then it names the version it ran under."""
    return "version" in body


def record(rows: Sequence[sa.Row[Any]]) -> Record:
    """Read the entries of a case, which are in their order."""
    found = Record(broken=follow(rows).broken)
    for row in rows:
        found.hear(_event(row))
    return found


def _event(row: sa.Row[Any]) -> Event:
    body = read(row.body)
    return Event(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        body=body,
        answers={} if row.answers is None else orjson.loads(row.answers),
        lacks=lacks_answers(row, body),
        task=row.task_id,
    )
