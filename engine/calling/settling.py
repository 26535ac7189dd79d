"""Settling a call: its case goes on by the answer, once; or it is tried later, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.calling import (
    COLUMNS,
    PAUSES,
    REWRITTEN,
    Answered,
    Call,
    Failed,
    Hopeless,
    Outcome,
    Postponed,
    asked,
    call_of,
)
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.connectors import RefusedCallError, RetryLaterError
from engine.database import is_away
from engine.history import Draft, to_bytes
from engine.incidents import recording
from engine.incidents.kinds import CALL
from engine.spiff import NotAwaitedError, RunError
from engine.tables import calls

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.incidents.incident import Incident

_MOMENT: Final = timedelta(seconds=1)
_STATUS = sa.select(calls.c.status).where(calls.c.id == sa.bindparam("call")).with_for_update()


def settle(conn: sa.Connection, call: Call, outcome: Outcome, *, now: datetime) -> None:
    """Let the case of a leased call go on, or say when the call is tried again.

    That of a suspended case waits with its answer. Nothing happens when another worker has settled
    it meanwhile, or the diagram has taken it back.
    """
    case = lock(conn, call.case_id)
    if conn.scalar(_STATUS, {"call": call.id}) != "waiting":
        return
    if case.suspended_at is not None:
        _keep(conn, call, outcome, now=now)
    elif isinstance(outcome, Postponed):
        _postpone(conn, call, outcome.error, now=now)
    elif isinstance(outcome, Hopeless):
        _give_up(conn, call, outcome.error, now=now)
    else:
        _apply(conn, case, call, outcome, now=now)


def _keep(conn: sa.Connection, call: Call, outcome: Outcome, *, now: datetime) -> None:
    """Keep what was answered until the suspended case goes on; ask again for anything else."""
    tries = call.tries if isinstance(outcome, Answered) else call.tries - 1
    _change(conn, call.id, next_try=now, tries=tries, **_kept(call, outcome))


def _postpone(conn: sa.Connection, call: Call, error: Exception, *, now: datetime) -> None:
    if call.tries > len(PAUSES):
        _give_up(conn, call, error, now=now)
    else:
        _change(conn, call.id, next_try=now + PAUSES[call.tries - 1])


def _apply(
    conn: sa.Connection, case: Case, call: Call, outcome: Answered | Failed, *, now: datetime
) -> None:
    try:
        with conn.begin_nested():
            go_on(conn, case, call, outcome, now=now)
    except NotAwaitedError as error:
        if case.next_due is None or case.next_due > now:
            _give_up(conn, call, error, outcome, now=now)
        else:  # a due timer takes the call back; the case's waking says so in a moment
            _change(conn, call.id, next_try=now + _MOMENT, **_kept(call, outcome))
    except Exception as error:
        if is_away(error):
            raise
        _give_up(conn, call, error, outcome, now=now)


def go_on(
    conn: sa.Connection, case: Case, call: Call, outcome: Answered | Failed, *, now: datetime
) -> None:
    """Move a locked case on by what its call came to. Raises RunError and NotAwaitedError.

    What was asked and answered stands in the case's entry from then on, and nowhere else.
    """
    case = fresh(conn, case, now=now)
    version = procedures.version(conn, case.version_id)
    days = calendars.of(conn, case.calendars)
    facts = {"process": call.process, "element": call.element, "operator": call.operator}
    told = {"asked": dict(call.parameters)}
    if isinstance(outcome, Answered):
        move = spiff.answer(
            version.compiled, case.state, call.id, outcome.result, now=now, calendars=days
        )
        answers = {**told, "answered": outcome.result}
        happened = Draft("call_answered", facts, answers=answers, timer_id=call.id)
    else:
        move = spiff.fail(
            version.compiled, case.state, call.id, outcome.code, now=now, calendars=days
        )
        failed = {**facts, "code": outcome.code}
        happened = Draft("call_failed", failed, answers=told, timer_id=call.id)
    move_on(conn, case, version, move, [happened], by=None, now=now)
    gone = {"result": None, "seal": None, "parameters": b"{}", "salt": None}
    _change(conn, call.id, status="done", settled_at=now, **gone)


def _give_up(
    conn: sa.Connection,
    call: Call,
    error: Exception,
    outcome: Outcome | None = None,
    *,
    now: datetime,
) -> None:
    """Leave a call to an operator; what has been answered is kept, so as not to ask again."""
    _change(conn, call.id, status="failed", settled_at=now, **_kept(call, outcome))
    place = (call.process, call.element)
    if isinstance(error, RefusedCallError | RetryLaterError):
        error = RunError(process=place[0], element=place[1], zh=error.zh, en=error.en)
    recording.record(conn, CALL, error, case_id=call.case_id, place=place, subject=call.id, now=now)


def _kept(call: Call, outcome: Outcome | None) -> dict[str, bytes | None]:
    """Return the columns that keep what was answered, so as not to ask again."""
    result = to_bytes(outcome.result) if isinstance(outcome, Answered) else None
    return {"result": result, "seal": asked.seal(call.id, result)}


@dataclass(frozen=True, slots=True)
class Queued:
    """What a worker has still to do for a case; ``calls`` is what its entry says of what to ask."""

    case_id: UUID
    calls: list[list[str]]


def call_again(conn: sa.Connection, incident: Incident, now: datetime) -> UUID | Queued | None:
    """Apply the answer of a call that was given up, or let workers ask again.

    What is asked is read anew from the case, whose data may have been mended. Returns its case,
    which the caller has locked; None when nothing is left to do. Raises whatever the diagram
    cannot do with the answer, or cannot ask, and once that the answer was changed.
    """
    columns: tuple[sa.Column[Any], ...] = (*COLUMNS, calls.c.status)
    wanted = sa.select(*columns).where(calls.c.id == incident.subject)
    row = conn.execute(wanted.with_for_update()).one_or_none()
    if row is None or row.status != "failed":
        return None
    call = call_of(conn, row)
    case = lock(conn, call.case_id)
    if call.is_rewritten and incident.text.zh != REWRITTEN.zh:
        raise RunError(process=call.process, element=call.element, zh=REWRITTEN.zh, en=REWRITTEN.en)
    if call.result is None:
        return Queued(case.id, [_queue(conn, case, call, now=now)])
    go_on(conn, case, call, Answered(call.result), now=now)
    return case.id


def _queue(conn: sa.Connection, case: Case, call: Call, *, now: datetime) -> list[str]:
    compiled = procedures.version(conn, case.version_id).compiled
    days = calendars.of(conn, case.calendars)
    again = spiff.asked_again(compiled, case.state, call.id, now=now, calendars=days)
    given = asked.columns(again, at=now if call.is_changed else call.asked_at)
    anew = {"status": "waiting", "tries": 0, "next_try": now, "settled_at": None, "result": None}
    anew["seal"] = None
    _change(conn, call.id, **given, **anew)
    return asked.said(call.id, given)


def _change(conn: sa.Connection, key: UUID, **values: object) -> None:
    conn.execute(sa.update(calls).where(calls.c.id == key).values(**values))
