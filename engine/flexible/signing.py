"""Signing: somebody who was asked agrees or does not, in words that the history keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.errors import NotFoundError, Refusal
from engine.flexible.groups import BEFORE
from engine.flexible.held import said
from engine.flexible.settled import settled
from engine.flexible.settling import settle
from engine.reasons import LONGEST, BadReasonError, checked_reason
from engine.substituting.acting import signing_as
from engine.tables import signings
from engine.tasks.foureyes import eyes_on
from engine.tasks.waiting import lock_any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.spiff import Names
    from engine.tasks.foureyes import FourEyesError
    from engine.tasks.waiting import Waiting

KINDS: Final[Mapping[str, str]] = {"agreed": "signature_given", "refused": "signature_refused"}


class SignedAlreadyError(Refusal):
    """The signature was given, or is no longer asked for; the words say why."""

    code = "signed_already"

    def __init__(self, why: Names, case_id: UUID) -> None:
        super().__init__(why.zh, why.en, case_id=case_id)


class NoOpinionError(BadReasonError):
    """An opinion is missing, or is none that anybody can read."""

    code = "no_opinion"

    def __init__(self) -> None:
        super().__init__()
        self.zh = f"请填写意见，{LONGEST} 字以内。"
        self.en = f"Give an opinion, in {LONGEST} characters or fewer."


class MayNotSignError(Refusal):
    """A guarantee of the procedure keeps this person from a step, so also from signing it."""

    code = "may_not_sign"

    def __init__(self, kept: FourEyesError, case_id: UUID) -> None:
        rule, why, step = kept.guarantee, kept.why, kept.step
        super().__init__(
            f"“{rule.zh}”：{why.zh}，不能会签“{step.zh}”；请办理人减签，改请他人。",
            f"“{rule.en}”: {why.en}, and may not sign “{step.en}”; whoever does it should take your"
            " signature away and ask somebody else.",
            case_id=case_id,
        )


class OwnRequestError(Refusal):
    """Who asks for a signature does not give it for the one whom they represent."""

    code = "own_request"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "这是您自己发起或办理的会签，不能由您代签；请改请他人。",
            "You ask for this signature yourself, so you do not give it for somebody; ask another.",
            case_id=case_id,
        )


def sign(
    conn: sa.Connection, key: UUID, answer: str, opinion: str, *, by: Person, now: datetime
) -> None:
    """Give one's signature or refuse it (``agreed``, ``refused``) with an opinion.

    Whoever agrees after the answers need not say anything. A substitute signs for whom they
    represent, but not what they ask for themselves. Raises NotFoundError, NoOpinionError,
    OwnRequestError, MayNotSignError, SignedAlreadyError and TaskGoneError.
    """
    row = conn.execute(sa.select(signings).where(signings.c.id == key)).one_or_none()
    if row is None or answer not in KINDS or row.person_id not in by.desks:
        raise NotFoundError
    silent = answer == "agreed" and row.place != BEFORE and not opinion.strip()
    said_so = "" if silent else _checked(opinion)
    waiting = lock_any(conn, row.task_id, by=by)
    who = _signer(conn, row, waiting, by=by)
    kept = eyes_on(conn, waiting, *who.both).hindrance(waiting, waiting.case.state)
    if kept is not None:
        raise MayNotSignError(kept, row.case_id)
    given = (
        sa.update(signings)
        .where(signings.c.id == key, signings.c.status == "asked")
        .values(status=answer, opinion=said_so, settled_at=now)
    )
    if conn.execute(given).rowcount == 0:
        now_is = conn.execute(sa.select(signings).where(signings.c.id == key)).one()
        raise SignedAlreadyError(settled(conn, now_is), row.case_id)
    entry = said(waiting, KINDS[answer], opinion=said_so)
    settle(conn, replace(waiting, by=who), row.group_id, entry, now=now)


def _checked(opinion: str) -> str:
    try:
        return checked_reason(opinion)
    except BadReasonError:
        raise NoOpinionError from None


def _signer(conn: sa.Connection, row: sa.Row[Any], waiting: Waiting, *, by: Person) -> Person:
    """Return as who a person signs. Raises NotFoundError and OwnRequestError."""
    place = f"{waiting.process}:{waiting.element}"
    who = signing_as(conn, by, row.person_id, place, waiting.case.version_id)
    if who is None:
        raise NotFoundError
    if who.acts_for is not None and by.id in (row.asked_by, waiting.claimed_by):
        raise OwnRequestError(row.case_id)
    return who
