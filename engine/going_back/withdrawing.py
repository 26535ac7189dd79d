"""Withdrawing 撤回: whoever has just done a step takes it back while nobody has worked on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.errors import NotFoundError, Refusal
from engine.flexible.allowed import is_switched_on
from engine.going_back.anew import give, opened_anew
from engine.going_back.clocks import first_run, runs_again, unwound
from engine.going_back.deeds import deeds
from engine.going_back.notes import back_to
from engine.going_back.seen import check_seen, digest
from engine.going_back.stops import stops
from engine.going_back.told import tell_who_has_it
from engine.going_back.untouched import touched
from engine.history import Draft, read
from engine.history.dossier import history_rows
from engine.history.entrynotes import named
from engine.spiff import Names
from engine.suspending.standstill import check_goes_on
from engine.tables import entries

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.going_back.clocks import FirstRun
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move, Return

WITHDRAWN: Final = "step_withdrawn"
_WHERE: Final = ("process", "element", "role", "item")


class MayNotWithdrawError(Refusal):
    """The last action is not there to be taken back, or not any more; the words say why."""

    code = "may_not_withdraw"


_MINE = (
    sa.select(entries)
    .where(
        entries.c.case_id == sa.bindparam("case"),
        entries.c.kind == "step_completed",
        sa.or_(
            entries.c.actor == sa.bindparam("person"), entries.c.acted_for == sa.bindparam("person")
        ),
    )
    .order_by(entries.c.seq.desc())
    .limit(1)
)


def last_of(conn: sa.Connection, case_id: UUID, *, by: Person) -> sa.Row[Any] | None:
    """Return the entry of the last step of a case that a person did, or that was done for them."""
    return conn.execute(_MINE, {"case": case_id, "person": by.id}).one_or_none()


def withdrawal(
    conn: sa.Connection, version: Version, case: Case | sa.Row[Any], entry: sa.Row[Any], by: Person
) -> Return:
    """Return what is undone if a person takes their step back. Raises MayNotWithdrawError."""
    try:
        found = spiff.withdrawal(version.compiled, case.state, entry.task_id)
    except spiff.NoWayBackError as error:
        became = _became(conn, version, entry) or Names(error.zh, error.en)
        raise _refused(became, case.id) from error
    except spiff.CaseOverError as error:
        raise _refused(Names(error.zh, error.en), case.id) from error
    if not is_switched_on(version.step(found.process, found.element), "withdraw"):
        raise _refused(_SWITCHED_OFF, case.id)
    _acting(version, entry, by)
    if (why := touched(conn, version, entry, found.cancelled, by=by)) is not None:
        raise _refused(why, case.id)
    return found


def _became(conn: sa.Connection, version: Version, entry: sa.Row[Any]) -> Names | None:
    """Say who has had a step opened again before it could be taken back, None if nobody has."""
    later = sa.select(entries).where(entries.c.case_id == entry.case_id, entries.c.seq > entry.seq)
    body = read(entry.body)
    step = named(version, body.get("process"), body.get("element"))
    for each in conn.execute(later.order_by(entries.c.seq)):
        undone = read(each.body)
        if (undone.get("back") or {}).get("task") == entry.task_id.hex:
            who, words = undone.get("name") or "", _BECAME[each.kind == WITHDRAWN]
            return Names(words.zh.format(step.zh, who), words.en.format(step.en, who))
    return None


def _acting(version: Version, entry: sa.Row[Any], by: Person) -> Person:
    """Return a person as who they take back what they did: for whom they did it, if for anybody.

    Raises MayNotWithdrawError if they no longer stand in for them.
    """
    if entry.acted_for in (None, by.id):
        return by
    body = read(entry.body)
    place = f"{body['process']}:{body['element']}"
    for each in by.represents:
        if each.person.id == entry.acted_for and each.covers(version.compiled.id, place):
            return replace(by, acts_for=each.person)
    name = body["for_name"]
    over = Names(
        f"这一步是您代 {name} 办的，代理已结束；请 {name} 撤回。",
        f"You did this step for {name}, for whom you no longer stand in; ask them to take it back.",
    )
    raise _refused(over, entry.case_id)


def withdraw_step(
    conn: sa.Connection,
    case_id: UUID,
    task_id: UUID,
    *,
    seen: str | None = None,
    by: Person,
    now: datetime,
) -> UUID | None:
    """Take back the last step that a person did (the task that it was); it is open anew.

    ``seen`` is the digest of what the person has read of it (CaseActView.seen). Returns the task
    that is open now, None if several are. Raises PreviewChangedError, MayNotWithdrawError,
    SuspendedError and NotFoundError.
    """
    entry = last_of(conn, case_id, by=by)
    if entry is None:
        raise NotFoundError
    if entry.task_id != task_id:
        raise _refused(_NOT_THE_LAST, case_id)
    case = lock(conn, case_id)
    check_goes_on(case)
    case = fresh(conn, case, now=now)
    version = procedures.version(conn, case.version_id)
    found = withdrawal(conn, version, case, entry, by)
    check_seen(seen, digest(stops(conn, version, found.cancelled)))
    by = _acting(version, entry, by)
    run = first_run(history_rows(conn, case_id), task_id, now=now)
    move, body = _moved(conn, version, case, task_id, run, now=now), read(entry.body)
    facts: dict[str, object] = {name: body[name] for name in _WHERE if name in body}
    case, stopped = unwound(case, move)
    case, running = runs_again(version, case, move)
    facts |= {**run.said, **stopped, **running, "back": back_to(found, "withdrawn")}
    said = Draft(WITHDRAWN, facts, task_id=task_id)
    move_on(conn, case, version, move, [said], by=by, now=now)
    _hand_back(conn, version, move, found, to=case_id, by=by, now=now)
    opened = opened_anew(move, found)
    return opened[0].id if len(opened) == 1 else None


def _moved(
    conn: sa.Connection, version: Version, case: Case, task: UUID, run: FirstRun, *, now: datetime
) -> Move:
    """Take a step back in the engine; its deadlines, and those around it, count on."""
    known = calendars.of(conn, case.calendars)
    since, stood, halted = run.since, run.stood, run.halted
    try:
        return spiff.withdraw(
            version.compiled, case.state, task,
            since=since, stood=stood, halted=halted, now=now, calendars=known,
        )  # fmt: skip
    except (spiff.NoWayBackError, spiff.CaseOverError, spiff.RunError) as error:
        raise _refused(Names(error.zh, error.en), case.id) from error


def _hand_back(
    conn: sa.Connection,
    version: Version,
    move: Move,
    found: Return,
    *,
    to: UUID,
    by: Person,
    now: datetime,
) -> None:
    """Give the step that is open anew to whoever did it, who may be represented by who acts."""
    deed = deeds(conn, to, [found.target]).get(found.target)
    holder = give(conn, version, move, found, deed, case_id=to, again="withdrawn", now=now)
    if holder is not None and holder == by.acts_for:
        return
    step = version.step(found.process, found.element).names
    told = Names(f"{by.name} 撤回了“{step.zh}”", f"{by.name} has taken “{step.en}” back")
    tell_who_has_it(conn, opened_anew(move, found), holder, told, to=to, by=by, now=now)


def _refused(why: Names, case_id: UUID) -> MayNotWithdrawError:
    return MayNotWithdrawError(why.zh, why.en, case_id=case_id)


_BECAME: Final = {
    True: Names(
        "“{}”已由 {} 撤回，又在待办里了：改好后再提交。",
        "“{}” has been taken back by {}, and waits to be done again.",
    ),
    False: Names(
        "“{}”已由 {} 退回重办，不必再撤回；请到待办里办理。",
        "“{}” has been sent back by {} and waits to be done again; there is nothing to take back.",
    ),
}
_SWITCHED_OFF: Final = Names(
    "规程不允许撤回这一步；请让现在的办理人退回。",
    "The procedure does not let this step be taken back; ask who has it now to return it.",
)
_NOT_THE_LAST: Final = Names(
    "这不是您在本案中最后办的一步，不能撤回；请刷新后再看。",
    "This is not the last step that you did in the case; load the page again.",
)
