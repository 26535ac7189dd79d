"""Linking a case to another one, and undoing that, each with a reason and an entry in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import procedures
from engine.cases.moving import lock
from engine.flexible.allowed import whole_case_fits, words_for_case
from engine.flexible.concerned import is_concerned
from engine.history import Draft, dossier, enter
from engine.history.told import LINKED, UNLINKED
from engine.linking.relations import (
    CIRCLE,
    FOLLOW_UP,
    ITSELF,
    NO_RELATION,
    NO_SUCH,
    RELATIONS,
    BadLinkError,
    LinkedAlreadyError,
    MayNotLinkError,
    NotLinkedError,
)
from engine.reasons import checked_reason
from engine.tables import case_ties as ties
from engine.tables import cases

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.people import Person
    from engine.spiff import Names

_BY_CODE = sa.select(cases.c.id).where(
    sa.or_(cases.c.code == sa.bindparam("code"), cases.c.number == sa.bindparam("code"))
)
_NAMED = sa.select(sa.func.coalesce(cases.c.number, cases.c.code))
_BOTH = sa.or_(
    sa.and_(ties.c.case_id == sa.bindparam("one"), ties.c.other_id == sa.bindparam("two")),
    sa.and_(ties.c.case_id == sa.bindparam("two"), ties.c.other_id == sa.bindparam("one")),
)


def may_link(conn: sa.Connection, row: sa.Row[Any], *, by: Person) -> bool:
    """Whether a person may link the case of a row of ``cases``, open or ended."""
    version = procedures.version(conn, row.version_id)
    if whole_case_fits(version, "followup", by.roles):
        return True
    words = words_for_case(version, "followup")
    return "concerned" in words and is_concerned(conn, row.id, by=by)


def check_may_link(conn: sa.Connection, case_id: UUID, *, by: Person) -> None:
    """Refuse who may not link a case (MayNotLinkError, NotFoundError)."""
    if not may_link(conn, dossier.case_row(conn, case_id, by=by), by=by):
        raise MayNotLinkError


def checked_relation(relation: str) -> str:
    """Return how cases belong together. Raises BadLinkError."""
    if relation not in RELATIONS:
        raise _bad(NO_RELATION)
    return relation


def link(
    conn: sa.Connection,
    case_id: UUID,
    code: str,
    relation: str,
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Link a case to the one with this number or code, which the person may read.

    Raises MayNotLinkError, BadLinkError, LinkedAlreadyError, BadReasonError and NotFoundError.
    """
    check_may_link(conn, case_id, by=by)
    checked_relation(relation)
    why = checked_reason(reason)
    other = conn.scalar(_BY_CODE, {"code": code.strip()})
    if other is None:
        raise _bad(NO_SUCH)
    if other == case_id:
        raise _bad(ITSELF)
    dossier.case_row(conn, other, by=by)
    tie(conn, case_id, other, relation, why, by=by, now=now)


def tie(
    conn: sa.Connection,
    case_id: UUID,
    other_id: UUID,
    relation: str,
    why: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Write that two cases belong together. Raises LinkedAlreadyError and BadLinkError."""
    locked = {key: lock(conn, key) for key in sorted((case_id, other_id))}
    same = sa.exists().where(_BOTH, ties.c.ended_at.is_(None))
    if conn.scalar(sa.select(same), {"one": case_id, "two": other_id}):
        raise LinkedAlreadyError(case_id)
    if relation == FOLLOW_UP and _leads(conn, other_id, case_id):
        raise _bad(CIRCLE)
    made: dict[str, object] = {"case_id": case_id, "other_id": other_id, "relation": relation}
    made |= {"reason": why, "made_by": by.id, "made_at": now}
    key = conn.scalar(sa.insert(ties).values(made).returning(ties.c.id))
    said = {"tie": key, "relation": relation, "reason": why}
    _enter(conn, LINKED, (locked[case_id], locked[other_id]), said, by=by, now=now)


def unlink(
    conn: sa.Connection, case_id: UUID, key: int, reason: str, *, by: Person, now: datetime
) -> None:
    """Undo a link of a case, either way. Raises MayNotLinkError, NotLinkedError, BadReasonError."""
    check_may_link(conn, case_id, by=by)
    mine = sa.or_(ties.c.case_id == case_id, ties.c.other_id == case_id)
    row = conn.execute(sa.select(ties).where(ties.c.id == key, mine)).one_or_none()
    if row is None:
        raise NotLinkedError(case_id)
    why = checked_reason(reason)
    locked = {each: lock(conn, each) for each in sorted((row.case_id, row.other_id))}
    undone = sa.update(ties).where(ties.c.id == key, ties.c.ended_at.is_(None))
    if conn.execute(undone.values(ended_at=now, ended_by=by.id, ended_for=why)).rowcount == 0:
        raise NotLinkedError(case_id)
    said = {"tie": key, "relation": row.relation, "reason": why}
    _enter(conn, UNLINKED, (locked[row.case_id], locked[row.other_id]), said, by=by, now=now)


def _enter(
    conn: sa.Connection,
    kind: str,
    both: tuple[Case, Case],
    said: dict[str, object],
    *,
    by: Person,
    now: datetime,
) -> None:
    first, second = both
    for case, other, back in ((first, second, False), (second, first, True)):
        named = conn.scalar(_NAMED.where(cases.c.id == other.id))
        facts = {**said, "linked": other.id.hex, "other": named, "is_back": back}
        enter(conn, case, Draft(kind, facts), by=by, now=now)


def _leads(conn: sa.Connection, start: UUID, end: UUID) -> bool:
    """Whether one case is followed up by another, over however many between."""
    after: Final = (
        sa.select(ties.c.case_id, ties.c.other_id)
        .where(ties.c.relation == FOLLOW_UP, ties.c.ended_at.is_(None))
        .subquery()
    )
    ahead = sa.select(after.c.other_id).where(after.c.case_id == start).cte(recursive=True)
    onward = sa.select(after.c.other_id).join(ahead, after.c.case_id == ahead.c.other_id)
    reached = ahead.union(onward)
    return bool(conn.scalar(sa.select(sa.exists().where(reached.c.other_id == end))))


def _bad(why: Names) -> BadLinkError:
    return BadLinkError(why.zh, why.en)
