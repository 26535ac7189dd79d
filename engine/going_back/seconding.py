"""Asking for an intervention, and agreeing to one that a colleague has asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import notices, settings
from engine.errors import NotFoundError, Refusal
from engine.going_back.foreseeing import foretold
from engine.going_back.intervening import SKIP, Wanted, carry_out, check_asker, prepared
from engine.going_back.seen import check_seen
from engine.people import whoever
from engine.reasons import checked_reason
from engine.roles import OPERATOR, check_holds
from engine.spiff import Names
from engine.tables import cases, interventions, people, tasks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.people import Person

WAITING = "waiting"


class SecondPersonError(Refusal):
    """Whoever asked for an intervention does not agree to it as well."""

    code = "second_person"

    def __init__(self) -> None:
        super().__init__(
            "这项干预由您提出，须由另一位系统管理员确认。",
            "You asked for this yourself; another operator has to agree.",
        )


class SettledError(Refusal):
    """Somebody has settled it already."""

    code = "intervention_settled"

    def __init__(self) -> None:
        super().__init__(
            "这项干预已有人处理。请刷新后再看。",
            "Somebody has settled this already. Load the page again.",
        )


def intervene(
    conn: sa.Connection,
    wanted: Wanted,
    reason: str,
    *,
    seen: str | None = None,
    by: Person,
    now: datetime,
) -> str:
    """Do what an operator wants, or ask another for it. Returns "done" or "waiting".

    ``seen`` is the digest of what the operator has read of it (Foreseen.seen).
    Raises PreviewChangedError, RoleNeededError, BadReasonError, TaskGoneError, NoWayError and
    NotFoundError.
    """
    check_holds(conn, by, {OPERATOR})
    why = checked_reason(reason)
    ready = prepared(conn, wanted, by=by, now=now)
    check_seen(seen, foretold(conn, ready, by=by).seen)
    if wanted.kind not in settings.company(conn).second_person:
        carry_out(conn, ready, why, by=by, now=now)
        return "done"
    asked = {
        "case_id": wanted.case_id,
        "kind": wanted.kind,
        "task_id": wanted.task,
        "place": list(wanted.to),
        "reason": why,
        "asked_by": by.id,
        "asked_at": now,
        "status": WAITING,
    }
    conn.execute(sa.insert(interventions).values(asked))
    told = Names(
        f"{by.name} 提出干预，等另一人确认：{why}",
        f"{by.name} asks for an intervention, to be agreed to: {why}",
    )
    notices.tell(conn, [OPERATOR], told, case_id=wanted.case_id, now=now)
    return WAITING


def asked_for(conn: sa.Connection) -> Sequence[sa.Row[Any]]:
    """Return what waits for a second person, the oldest first, with case, step and who asked."""
    wanted = sa.select(
        interventions,
        *(people.c.name, cases.c.code, cases.c.number, cases.c.customer, cases.c.version_id),
        *(tasks.c.process, tasks.c.element),
    ).join_from(interventions, people, people.c.id == interventions.c.asked_by)
    return conn.execute(
        wanted.join(cases, cases.c.id == interventions.c.case_id)
        .join(tasks, tasks.c.id == interventions.c.task_id, isouter=True)
        .where(interventions.c.status == WAITING)
        .order_by(interventions.c.id)
    ).all()


def count_asked(conn: sa.Connection) -> int:
    """Return how many wait for a second person, counted no further than 100."""
    few = sa.select(interventions.c.id).where(interventions.c.status == WAITING).limit(100)
    return conn.scalar(sa.select(sa.func.count()).select_from(few.subquery())) or 0


def wanted_of(row: sa.Row[Any]) -> Wanted:
    """Return what a row asks for."""
    return Wanted(row.kind, row.case_id, row.task_id, tuple(row.place))


def asked(conn: sa.Connection, key: int) -> sa.Row[Any]:
    """Return one that waits, locked. Raises SettledError and NotFoundError."""
    mine = sa.select(interventions).where(interventions.c.id == key).with_for_update()
    row = conn.execute(mine).one_or_none()
    if row is None:
        raise NotFoundError
    if row.status != WAITING:
        raise SettledError
    return row


def agree(
    conn: sa.Connection, key: int, *, seen: str | None = None, by: Person, now: datetime
) -> None:
    """Do what another operator has asked for; four eyes hold for both, ``seen`` as of intervene.

    Raises PreviewChangedError, RoleNeededError, SecondPersonError, SettledError, TaskGoneError and
    NoWayError.
    """
    check_holds(conn, by, {OPERATOR})
    row = asked(conn, key)
    if row.asked_by == by.id:
        raise SecondPersonError
    ready = prepared(conn, wanted_of(row), by=by, now=now)
    check_seen(seen, foretold(conn, ready, by=by).seen)
    asker = whoever(conn, row.asked_by)
    check_asker(conn, ready, asker)
    carry_out(conn, ready, row.reason, asker=asker, by=by, now=now)
    _settle(conn, key, "done", by=by, now=now)


def drop(conn: sa.Connection, key: int, *, by: Person, now: datetime) -> None:
    """Leave undone what was asked for, one's own or another's; whoever asked is told.

    Raises RoleNeededError and SettledError.
    """
    check_holds(conn, by, {OPERATOR})
    row = asked(conn, key)
    _settle(conn, key, "dropped", by=by, now=now)
    if row.asked_by != by.id:
        what = Names("跳过", "skipping") if row.kind == SKIP else Names("移动", "moving")
        told = Names(f"{by.name} 没有同意{what.zh}", f"{by.name} did not agree to {what.en}")
        notices.tell_one(conn, row.asked_by, told, case_id=row.case_id, now=now)


def _settle(conn: sa.Connection, key: int, status: str, *, by: Person, now: datetime) -> None:
    settled = {"status": status, "settled_by": by.id, "settled_at": now}
    conn.execute(sa.update(interventions).where(interventions.c.id == key).values(settled))
