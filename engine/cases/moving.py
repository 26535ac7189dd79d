"""Moving a case: its rows follow the stored state, by difference, in the step's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import calendars, history, settings, spiff
from engine.calling.asked import CALLS
from engine.cases import facts as case_facts
from engine.cases import numbers, storing
from engine.cases.storing import Write
from engine.clocks.rows import clocked, reckoned, retimed
from engine.flexible.groups import voids
from engine.history import Draft, telling
from engine.messages import posting
from engine.notices import notifying
from engine.suspending.standstill import check_moves
from engine.tables import cases
from engine.tasks import left
from engine.tasks.drafts import of_task

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move, OpenTask

FACTS = ("customer", "product", "amount", "zone")
NUMBERED = "number_allotted"


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its row stands under the lock of this transaction.

    Drafts were ``kept`` of tasks of it that ended undone (engine.tasks.left).
    Its timers were reckoned by the calendars' revision ``reckoned``; the newest is ``calendars``.
    """

    id: UUID
    version_id: int
    state: bytes
    revision: int
    entries: int
    head: bytes
    number: str | None
    clock: str | None
    due_at: datetime | None
    closed_at: datetime | None
    customer: str | None
    product: str | None
    amount: str | None
    zone: str | None
    stuck: bool
    paused_at: datetime | None
    suspended_at: datetime | None
    suspended_for: str | None
    suspended_until: datetime | None
    next_due: datetime | None
    reckoned: int
    kept: bool
    calendars: int


COLUMNS = (
    *(cases.c[name] for name in Case.__dataclass_fields__ if name in cases.c),
    calendars.REVISION.scalar_subquery().label("calendars"),
)
_TOLD = tuple(name for name in case_facts.NAMES if name in Case.__dataclass_fields__)
_LOCK = sa.select(*COLUMNS).where(cases.c.id == sa.bindparam("case")).with_for_update()
_VOID = Write("void", voids)


def lock(conn: sa.Connection, case_id: UUID) -> Case:
    """Return a case, locked until the transaction ends."""
    return Case(*conn.execute(_LOCK, {"case": case_id}).one())


def move_to(
    conn: sa.Connection,
    case: Case,
    version: Version,
    move: Move,
    happened: Sequence[Draft],
    *,
    opening: Container[str] = (),
    by: Person | None,
    now: datetime,
) -> dict[UUID, UUID | None]:
    """Store where the engine has run a case, and enter what happened and what followed from it.

    Tasks that it neither opened nor closed are untouched. Every timer that fired has its own entry,
    unsigned. `opening` names the messages that open cases instead of going to who waits. Returns
    who held the closed tasks at last. The number is the last of all locks. Raises SuspendedError.
    """
    check_moves(case, happened)
    notifying.tell(conn, case.id, version, move, now=now)
    before = _facts(case)
    case = clocked(_knowing(case, happened), version, move, now)
    ended = _ended(case, move, now)
    drafts = telling.as_it_happened(version, move, happened)
    cause = drafts.index(happened[-1] if happened else drafts[-1])
    sent = posting.sent(case.id, move, opening=opening, by=by, now=now)
    undone = left.ending(conn, move, done=_done(drafts))
    cancelled = [row for row in undone if row.id != drafts[cause].task_id]
    facts = {**telling.consequences(version, move, cancelled), CALLS: [*sent.calls]}
    facts["clauses"] = telling.clauses(version, move, drafts[cause])
    facts["facts"] = case_facts.changed(before, {**_facts(case), **ended})
    drafts[cause] = telling.saying(drafts[cause], facts)
    case, numbered = _numbered(conn, _keeping(case, undone), move, now)
    drafts += [*sent.entries, *numbered]
    stored = _rows(case, version, move, drafts, ended=ended, by=by, now=now)
    gone = left.remembered(case.id, undone, seq=case.entries + cause + 1)
    gone |= notifying.done_for(case.id, version, drafts[cause], by=by, now=now)
    besides = {**sent.rows, **gone, **retimed(move), **_voided(move, now)}
    holders = storing.store(conn, **stored, closed=move.closed, besides=besides)
    left.carry(conn, move.opened if case.kept else ())
    return holders


def _numbered(
    conn: sa.Connection, case: Case, move: Move, now: datetime
) -> tuple[Case, list[Draft]]:
    """Give a case its number if a move asks for one; return it, and the entry that says so."""
    if case.number is not None or not _wants_number(move):
        return case, []
    case = replace(case, number=numbers.allot(conn, settings.company(conn), now=now))
    return case, [Draft(NUMBERED, {"facts": {"number": case.number}})]


def _keeping(case: Case, undone: Sequence[left.Ending]) -> Case:
    """Return the case, which keeps drafts once a task of it with drafts ends undone."""
    return replace(case, kept=True) if any(task.drafted for task in undone) else case


def _facts(case: Case) -> dict[str, object]:
    return {"status": "open", **{name: getattr(case, name) for name in _TOLD}}


def _ended(case: Case, move: Move, now: datetime) -> dict[str, object]:
    """Return the columns that say whether and how the case has ended with a move."""
    if move.ended is None and not move.cancelled:
        return {"status": "open", "outcome": None, "ended_at": None, "closed_at": case.closed_at}
    closed = case.closed_at or now
    return {"status": "ended", "outcome": move.ended, "ended_at": now, "closed_at": closed}


def _knowing(case: Case, happened: Sequence[Draft]) -> Case:
    """Return the case with what forms said of it, and the number that it was given."""
    said = {name: str(value) for draft in happened for name, value in draft.known.items()}
    named = (name for name in (*FACTS, "number") if name in said)
    new: dict[str, Any] = {name: said[name] for name in named if said[name] != getattr(case, name)}
    return replace(case, **new) if new else case


def _voided(move: Move, now: datetime) -> dict[Write, list[dict[str, object]]]:
    """Return how signatures go that a closed task still waited for."""
    return {_VOID: [{"id": key, "at": now} for key in move.closed]} if move.closed else {}


def _task_row(case: Case, version: Version, task: OpenTask, now: datetime) -> dict[str, object]:
    return {
        "id": task.id,
        "case_id": case.id,
        "process": task.process,
        "element": task.element,
        "within": caller(version, task),
        "item": task.item,
        "role": task.role,
        "due_at": task.due,
        "stands": task.stands,
        "opened_at": now,
    }


def caller(version: Version, task: OpenTask) -> str | None:
    """Return the call activity that an opened task stands in, as "process:element"."""
    place, process = None, version.compiled.id
    for call in task.path:
        place = f"{process}:{call}"
        process = version.compiled.diagrams[process].calls[call]
    return place


def _wants_number(move: Move) -> bool:
    calls = (effect for effect in move.effects if isinstance(effect, spiff.Call))
    return any(call.operator == spiff.ALLOT_NUMBER and call.id is None for call in calls)


def _rows(
    case: Case,
    version: Version,
    move: Move,
    happened: Sequence[Draft],
    *,
    ended: Mapping[str, object],
    by: Person | None,
    now: datetime,
) -> dict[str, Any]:
    rows, head = history.chain(
        happened, case_id=case.id, seq=case.entries, head=case.head, by=by, now=now
    )
    next_due = move.next_due if case.suspended_at is None else case.suspended_until
    changed: dict[str, object] = {
        "id": case.id,
        "state": move.state,
        "revision": case.revision + 1,
        "entries": case.entries + len(rows),
        "head": head,
        "number": case.number,
        "next_due": next_due,
        "reckoned": reckoned(case),
        "kept": case.kept,
        "clock": case.clock,
        "due_at": case.due_at,
        **ended,
        "stuck": case.stuck and next_due is not None and next_due <= now,
        **{name: getattr(case, name) for name in FACTS},
    }
    return {
        "case": changed,
        "opened": [_task_row(case, version, task, now) for task in move.opened],
        "entered": rows,
        "forgotten": _forgotten(happened),
    }


def _forgotten(happened: Sequence[Draft]) -> list[str]:
    """Return the drafts of tasks that were done; one that was returned may come back."""
    return [of_task(key) for key in _done(happened)]


def _done(happened: Sequence[Draft]) -> list[UUID]:
    """Return the tasks that were done."""
    return [each.task_id for each in happened if each.task_id and each.answers is not None]
