"""The clocks of a case as pages show them: what is due when and why, and what pausing does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.history import dossier, read
from engine.history.entrynotes import named
from engine.spiff import Names
from engine.substituting.acting import acting
from engine.tables import entries, tasks
from engine.tasks.lost import check_role
from engine.tasks.waiting import gone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from engine.calendars import Stored
    from engine.people import Person
    from engine.procedures import Version


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A deadline and how it is reckoned, line by line. Times are UTC.

    A ``provisional`` one passes through a year whose public holidays are not announced yet; one
    that ``reminds`` is the next round of a reminder.
    """

    names: Names
    due: datetime
    lines: tuple[Names, ...]
    provisional: bool
    reminds: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a case, or of one step of it, for the page that pauses it or lets it go on.

    ``deadlines`` are those that stand, or would; ``resumed`` are the same if it goes on now.
    ``waiting`` are the roles that have an open task in the case. ``runs``: there is something to
    pause.
    """

    case: dossier.CaseHeader
    task_id: UUID | None
    step: Names | None
    since: datetime | None
    reason: str | None
    deadlines: tuple[Reckoned, ...]
    resumed: tuple[Reckoned, ...]
    waiting: frozenset[str]
    runs: bool


@dataclass(frozen=True, slots=True)
class Reckonings:
    """How the deadlines of a case are reckoned: its own, and those of its open steps by task.

    ``waits`` are the times that the flow waits for, by place ("process:element") and moment.

    ``runs`` says that a clock of the case runs, that could be paused; ``running`` are the open
    steps with one of their own.
    """

    case: Reckoned | None
    steps: Mapping[UUID, Reckoned]
    runs: bool = False
    running: frozenset[UUID] = frozenset()
    waits: Mapping[tuple[str, datetime], Reckoned] = field(default_factory=dict)


_FIRED = (
    sa.select(entries.c.timer_id, entries.c.body)
    .where(entries.c.case_id == sa.bindparam("case"), entries.c.kind == "timer_fired")
    .order_by(entries.c.seq)
)


def of_case(conn: sa.Connection, case_id: UUID, *, by: Person) -> Reckonings:
    """Return how each deadline of a case is reckoned, passed ones too. Raises NotFoundError."""
    case = dossier.case_row(conn, case_id, by=by)
    if case.status != "open":
        return Reckonings(None, {})
    version, days = procedures.version(conn, case.version_id), calendars.current(conn)
    at_rest = spiff.position(version.compiled, case.state)
    armed = [*_fired(conn, case_id), *((_of(t), t.due, t.id) for t in at_rest.timers)]
    exactly = {(place, due): key for place, due, key in armed}
    steps = {}
    for task in at_rest.tasks:
        place = task.due_timer or ""
        key = exactly.get((place, task.due))
        if key and (found := _reckoned(version, case.state, place, key, days)):
            steps[task.id] = found
    whole = next(((place, key) for place, due, key in armed if due == case.due_at), None)
    clock = None if whole is None else _reckoned(version, case.state, *whole, days)
    runs = [timer for timer in at_rest.timers if timer.stopped is None]
    hosts = {(timer.process, timer.host) for timer in runs}
    own = (task.id for task in at_rest.tasks if (task.process, task.element) in hosts)
    waits = {
        (_of(timer), timer.due): found
        for timer in runs
        if timer.host == timer.element
        and (found := _reckoned(version, case.state, _of(timer), timer.id, days))
    }
    return Reckonings(clock, steps, bool(runs), frozenset(own), waits)


def _fired(conn: sa.Connection, case_id: UUID) -> Iterator[tuple[str, datetime | None, UUID]]:
    """Give the timers that have fired: place, when they were due, and their arming."""
    for row in conn.execute(_FIRED, {"case": case_id}):
        body = read(row.body)
        due = datetime.fromisoformat(body["due"]) if "due" in body else None
        yield f"{body.get('process')}:{body.get('element')}", due, row.timer_id


def _of(timer: spiff.Timer) -> str:
    return f"{timer.process}:{timer.element}"


def _reckoned(
    version: Version, state: bytes, place: str, key: UUID, days: Stored
) -> Reckoned | None:
    """Return how an armed timer is reckoned, None if it is gone or cannot be."""
    try:
        told = spiff.derivation(version.compiled, state, key, calendars=days)
    except (spiff.NotAwaitedError, spiff.RunError):
        return None
    lines = tuple(Names(*line) for line in told.lines)
    return Reckoned(named(version, *place.split(":")), told.at, lines, told.provisional)


def of_task(conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime) -> Clock:
    """Return the clock of a step that a person may do. Raises TaskGoneError and NotYoursError."""
    row = conn.execute(sa.select(tasks).where(tasks.c.id == task_id)).one_or_none()
    if row is None:
        raise gone(conn, task_id, by=by)
    case = dossier.case_row(conn, row.case_id, by=by)
    who = acting(conn, by, row, case.version_id)
    check_role(conn, task_id, row.role, case.version_id, by=who, own=(row.given_to, row.owner))
    return _clock(conn, case, row, now)


def of_whole(conn: sa.Connection, case_id: UUID, *, by: Person, now: datetime) -> Clock:
    """Return the clock of a case. Raises NotFoundError."""
    return _clock(conn, dossier.case_row(conn, case_id, by=by), None, now)


def _clock(
    conn: sa.Connection,
    case: sa.Row[Any],
    task: sa.Row[Any] | None,
    now: datetime,
) -> Clock:
    version = procedures.version(conn, case.version_id)
    days = calendars.current(conn)
    at = None if case.status != "open" else spiff.position(version.compiled, case.state)
    timers = () if at is None else at.timers
    paused = case if task is None else task
    ours = [timer for timer in timers if task is None or _hangs_on(timer, task)]
    stands = paused.paused_at is not None
    shown = [timer for timer in ours if (timer.stopped is not None) == stands]
    return Clock(
        case=dossier.header(conn, case),
        task_id=None if task is None else task.id,
        step=None if task is None else named(version, task.process, task.element),
        since=paused.paused_at,
        reason=paused.paused_for,
        deadlines=tuple(_told(version, case.state, shown, days)),
        resumed=tuple(_resumed(version, case, task, shown, now=now, days=days)) if stands else (),
        waiting=frozenset() if at is None else frozenset(open_.role for open_ in at.tasks),
        runs=any(timer.stopped is None for timer in ours),
    )


def _hangs_on(timer: spiff.Timer, task: sa.Row[Any]) -> bool:
    return (timer.process, timer.host) == (task.process, task.element)


def _told(
    version: Version, state: bytes, timers: Iterable[spiff.Timer], days: Stored
) -> Iterator[Reckoned]:
    for timer in timers:
        if found := _reckoned(version, state, _of(timer), timer.id, days):
            yield replace(found, reminds=timer.reminds)


def _resumed(
    version: Version,
    case: sa.Row[Any],
    task: sa.Row[Any] | None,
    timers: Sequence[spiff.Timer],
    *,
    now: datetime,
    days: Stored,
) -> Iterator[Reckoned]:
    """Give the deadlines that stand as they were if the clock went on now."""
    key = None if task is None else task.id
    try:
        move = spiff.resume(version.compiled, case.state, key, now=now, calendars=days)
    except (spiff.RunError, spiff.TaskNotReadyError):
        return
    yield from _told(version, move.state, timers, days)
