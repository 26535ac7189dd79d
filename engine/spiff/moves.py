"""What crosses the border of engine.spiff about a case: where it stands, and one move of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.spiff.model import Names

ALLOT_NUMBER: Final = "allot_number"
"""The operation that gives a case its number, into a variable if it names one."""


@dataclass(frozen=True)
class OpenTask:
    """A step that waits for somebody.

    `due` (UTC) is the earliest deadline drawn on it or on an activity around it, running or
    passed, but not paused; `due_timer` is that timer as "process:element". `path` are the call
    activities from the procedure down to it. `item` says in words which one it is of a
    multi-instance activity, "2/3 · <item>"; `turn` tells activity and number apart, "17:2", the
    outer one first. It `stands` if a clock on it or around it is paused.
    """

    id: UUID
    process: str
    element: str
    role: str
    due: datetime | None
    due_timer: str | None
    path: tuple[str, ...]
    item: str | None = None
    turn: str | None = None
    stands: bool = False


@dataclass(frozen=True)
class Timer:
    """One arming of a timer event; `host` is the activity it hangs on, `due` is UTC.

    `rule` is what is drawn, read; `since` (UTC) is when it began to count, by `calendar` (a code).
    While its clock is paused, `stopped` (UTC) says since when, and `due` is not asked. One that
    `reminds` comes round beside an activity that stays open: `due` is its next round, no deadline.
    """

    id: UUID
    process: str
    element: str
    host: str
    due: datetime
    clock: bool
    rule: str = ""
    since: datetime | None = None
    calendar: str = ""
    stopped: datetime | None = None
    reminds: bool = False


@dataclass(frozen=True)
class Shift:
    """A running timer whose due moment (UTC) was `before` and is now that of `timer`."""

    timer: Timer
    before: datetime


@dataclass(frozen=True)
class Wait:
    """A message (`kind` "message") or signal that a case waits for, correlated by `keys`.

    People of the roles `offered` may start it themselves, on this case.
    """

    id: UUID
    kind: str
    name: str
    keys: Mapping[str, object]
    process: str
    element: str
    offered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """A thrown message; `notifies` are role codes, variables already read.

    `keys` correlate it with who waits; `payload` are the variables that it carries. `cause` is the
    place ("process:element") of the timer that has fired just now and led to it, empty if none has.
    """

    name: str
    process: str
    element: str
    notifies: tuple[str, ...]
    keys: Mapping[str, object] = field(default_factory=dict)
    payload: Mapping[str, object] = field(default_factory=dict)
    cause: str = ""


@dataclass(frozen=True)
class Signal:
    """A thrown signal, for every case that waits for it now."""

    name: str
    process: str
    element: str
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """An operation that a service task asks for; `id` is None if it wants no answer."""

    operator: str
    process: str
    element: str
    id: UUID | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def awaits_number(self) -> bool:
        """Whether it goes on by the case's number, as soon as the move is stored."""
        return self.operator == ALLOT_NUMBER and self.id is not None


@dataclass(frozen=True)
class Decision:
    """What a table answered; `rule` names the rows that counted, None when no row fitted.

    Several ids have a blank between them. Tables that another requires come before it.
    """

    table: str
    process: str
    element: str
    rule: str | None
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]
    our_default: bool


@dataclass(frozen=True)
class Cancelled:
    """What stops being open when a case goes back, or is cancelled."""

    tasks: tuple[OpenTask, ...] = ()
    timers: tuple[Timer, ...] = ()
    waits: tuple[Wait, ...] = ()
    calls: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Return:
    """A finished step that a case may go back to; `target` is the task that it was.

    `path` and `item` are those of an OpenTask. `cancelled` is what stops besides the task that is
    returned, with what hangs on it and around it; nothing of it: only its own branch goes back.
    `opened` are "process:element" of what is open again besides the step, since it was cut off.
    `undone` are the finished tasks that no longer hold, the target too; `turns` the multi-instance
    activities (as in OpenTask.turn) of which no item holds; `no_straight` tells why never straight.
    """

    target: UUID
    process: str
    element: str
    path: tuple[str, ...]
    item: str | None = None
    cancelled: Cancelled = Cancelled()
    opened: tuple[str, ...] = ()
    undone: tuple[UUID, ...] = ()
    turns: tuple[str, ...] = ()
    no_straight: Names | None = None


@dataclass(frozen=True)
class Position:
    """Where a case stands: what waits for people, which timers run, which elements are live.

    `calls` are those of service tasks that wait for an answer; `paused` says that the clock of the
    whole case stands, `suspended` that the case does.
    """

    tasks: tuple[OpenTask, ...]
    timers: tuple[Timer, ...]
    live: tuple[str, ...]
    waits: tuple[Wait, ...] = ()
    calls: tuple[UUID, ...] = ()
    paused: bool = False
    suspended: bool = False


@dataclass(frozen=True)
class Scope:
    """The variables of a case (`id` 0), or of a called process or an instance that runs in it.

    `path` are the call activities from the procedure down to it. `copied` names those whose value
    is still what is around it. `within` is the activity that it runs in, as "process:element", and
    `item` says which one it is of a multi-instance activity.
    """

    id: int
    process: str
    path: tuple[str, ...]
    values: Mapping[str, object]
    copied: frozenset[str]
    within: str | None = None
    item: str | None = None


@dataclass(frozen=True)
class Move:
    """The difference that one start, completion or waking made.

    `closed` were open before and are gone; `armed` timers still run or have fired; `disarmed`
    are gone without firing. `flows` are "process:flow" in the order taken, `reached` are
    "process:element" entered or completed. `next_due` is the earliest running timer (UTC).
    `ended` is the "process:end_event" that ended the case. `awaited` are new waits, `unawaited`
    those that are gone, met or not; `abandoned` are calls whose service task was cancelled.
    `shifted` are timers whose due moment moved, `retimed` steps that stay open with another due
    time, or whose clocks stand now or go on.
    """

    state: bytes = field(repr=False)
    opened: tuple[OpenTask, ...]
    closed: tuple[UUID, ...]
    armed: tuple[Timer, ...]
    fired: tuple[Timer, ...]
    disarmed: tuple[Timer, ...]
    flows: tuple[str, ...]
    reached: tuple[str, ...]
    effects: tuple[Message | Signal | Call, ...]
    decisions: tuple[Decision, ...]
    next_due: datetime | None
    ended: str | None
    awaited: tuple[Wait, ...] = ()
    unawaited: tuple[UUID, ...] = ()
    abandoned: tuple[UUID, ...] = ()
    shifted: tuple[Shift, ...] = ()
    retimed: tuple[OpenTask, ...] = ()
    cancelled: bool = False

    @property
    def awaits_number(self) -> bool:
        """Whether the case goes on by its number as soon as the move is stored."""
        return any(isinstance(effect, Call) and effect.awaits_number for effect in self.effects)
