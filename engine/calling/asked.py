"""What calls ask, bound to the entries that asked it: a call changed on its way is not made.

An entry says of each call where it was asked, and a salted digest of what; the salt stands beside
the call and goes with it, so that personal data in what was asked cannot be guessed at afterwards.
"""

from __future__ import annotations

import secrets
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.history import read, to_bytes
from engine.history.told import by_key
from engine.tables import entries

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.spiff import Call

CALLS: Final = "calls"
"""Under which an entry says what was asked: of each call id (hex), process:element and digest."""

_SALT: Final = 16
_LIKE: Final = entries.c.body.op("LIKE", is_comparison=True)


def columns(call: Call, *, at: datetime) -> dict[str, Any]:
    """Return what a call's row says of what is asked; ``at`` (UTC) is when it was."""
    return {
        "process": call.process,
        "element": call.element,
        "operator": call.operator,
        "parameters": to_bytes(call.parameters),
        "asked_at": at,
        "salt": secrets.token_bytes(_SALT),
    }


def said(key: UUID, row: dict[str, Any]) -> list[str]:
    """Return what the entry says of a call whose row has these columns."""
    return [key.hex, *_said(**row)]


def holds(row: sa.Row[Any], said: list[Any] | None) -> bool:
    """Whether the row of a call still asks what an entry says of it."""
    if row.salt is None or said is None:
        return False
    names = ("process", "element", "operator", "parameters", "asked_at", "salt")
    return bool(said[1:] == _said(**{name: getattr(row, name) for name in names}))


def seal(key: UUID, result: bytes | None) -> bytes | None:
    """Return what seals the answer that a call keeps until it can be taken in; it goes with it."""
    return None if result is None else sha256(key.bytes + result).digest()


def is_answer(row: sa.Row[Any]) -> bool:
    """Whether the answer that a call's row keeps, or that it keeps none, is what was answered."""
    return bool(row.seal == seal(row.id, row.result))


def place(said: list[Any] | None) -> tuple[str, str]:
    """Return process and element that an entry says of a call, both empty where it says nothing."""
    process, _, element = str(said[1]).partition(":") if said else ("", "", "")
    return process, element


def told(conn: sa.Connection, case_id: UUID, key: UUID) -> list[Any] | None:
    """Return what the newest entry of a case says of a call; None when none does."""
    naming = sa.select(entries.c.body).where(
        entries.c.case_id == case_id, _LIKE(f"%{key.hex}%".encode())
    )
    bodies = conn.scalars(naming.order_by(entries.c.seq.desc()))
    found = (by_key(read(body), CALLS).get(key.hex) for body in bodies)
    return next((said for said in found if said is not None), None)


def _said(
    *,
    process: str,
    element: str,
    operator: str,
    parameters: bytes,
    asked_at: datetime,
    salt: bytes,
) -> list[str]:
    where = f"{process}:{element}"
    what = {"operator": operator, "place": where, "at": asked_at.astimezone(UTC).isoformat()}
    return [where, sha256(salt + to_bytes(what) + b"\0" + parameters).hexdigest()]
