"""What a message says, and who sent it: bound together, so that neither is changed unnoticed.

The digest is of what is said, and to whom; the seal goes over it and who sent it, when, from where
and under which key. Dropping a message seals it anew, so that it is not kept again unnoticed.
"""

from __future__ import annotations

from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from engine.history import to_bytes
from engine.messages.correlation import correlation, written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

TO_WAIT: Final = "wait:"
TO_START: Final = "procedure:"


def digest(
    name: str,
    keys: Mapping[str, object],
    payload: bytes,
    *,
    wait: UUID | None = None,
    procedure: str | None = None,
) -> bytes:
    """Return the SHA-256 of all that a message says, and to whom a signal says it."""
    said = sha256(to_bytes({"name": name, "keys": written(keys)}) + b"\0" + payload).digest()
    if wait is not None:
        said = sha256(said + f"{TO_WAIT}{wait}".encode()).digest()
    return said if procedure is None else sha256(said + f"{TO_START}{procedure}".encode()).digest()


def seal(before: bytes, more: bytes) -> bytes:
    """Return the SHA-256 of a digest, or a seal, and what goes under it."""
    return sha256(before + more).digest()


def sender(
    *, by: UUID | None, sent_from: UUID | None, at: datetime, idempotency: str | None
) -> bytes:
    """Return what goes under the seal of who sent a message: a person or a case, and when."""
    return f"sent:{_moment(at)} {by or '-'} {sent_from or '-'} {idempotency or ''}".encode()


def dropping(*, by: UUID | None, at: datetime | None, reason: str | None) -> bytes:
    """Return what goes under the seal of a message that was dropped."""
    return f"dropped:{_moment(at)} {by or '-'} {reason or ''}".encode()


def is_whole(row: sa.Row[Any]) -> bool:
    """Whether a row of ``messages`` is as it was sent, and dropped if it was."""
    said = digest(row.name, row.keys, row.payload, wait=row.wait_id, procedure=row.procedure)
    who = {"by": row.sent_by, "sent_from": row.sent_from, "at": row.sent_at}
    sealed = seal(said, sender(**who, idempotency=row.idempotency))
    if row.status == "dropped":
        settled = dropping(by=row.settled_by, at=row.settled_at, reason=row.reason)
        sealed = seal(sealed, settled)
    elif row.status == "kept" and _is_settled(row):
        return False
    found = correlation(row.kind, row.name, row.keys)
    return bool((row.digest, row.seal, row.correlation) == (said, sealed, found))


def _is_settled(row: sa.Row[Any]) -> bool:
    settled = (row.settled_at, row.settled_by, row.reason, row.case_id)
    return any(value is not None for value in settled)


def _moment(at: datetime | None) -> str:
    return "-" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
