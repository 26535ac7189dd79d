"""Signing: somebody who was asked agrees or does not, in words that the history keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine.errors import NotFoundError, Refusal
from engine.flexible.groups import BEFORE
from engine.flexible.held import said
from engine.flexible.settling import settle
from engine.reasons import checked_reason
from engine.tables import signings
from engine.waiting import lock_any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person

KINDS: Final[Mapping[str, str]] = {"agreed": "signature_given", "refused": "signature_refused"}


class SignedAlreadyError(Refusal):
    """The signature was given, or is no longer asked for."""

    code = "signed_already"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "您已签过，或已不需要您签。", "You have signed, or your signature is no longer needed."
        )
        self.case_id = case_id


def sign(
    conn: sa.Connection, key: UUID, answer: str, opinion: str, *, by: Person, now: datetime
) -> None:
    """Give one's signature or refuse it (``agreed``, ``refused``) with an opinion.

    Whoever agrees after the answers need not say anything. Raises NotFoundError, BadReasonError,
    SignedAlreadyError and TaskGoneError.
    """
    asked = sa.select(signings).where(signings.c.id == key, signings.c.person_id == by.id)
    row = conn.execute(asked).one_or_none()
    if row is None or answer not in KINDS:
        raise NotFoundError
    silent = answer == "agreed" and row.place != BEFORE and not opinion.strip()
    said_so = "" if silent else checked_reason(opinion)
    waiting = lock_any(conn, row.task_id, by=by)
    given = (
        sa.update(signings)
        .where(signings.c.id == key, signings.c.status == "asked")
        .values(status=answer, opinion=said_so, settled_at=now)
    )
    if conn.execute(given).rowcount == 0:
        raise SignedAlreadyError(row.case_id)
    entry = said(waiting, KINDS[answer], opinion=said_so)
    settle(conn, replace(waiting, by=by), row.group_id, entry, now=now)
