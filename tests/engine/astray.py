"""What does not verify any more: in most tests nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.verifying.everything import check

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection


def astray(conn: Connection) -> dict[UUID, list[str]]:
    """Give what is astray in English, by case."""
    return {case.id: [name.en for name in case.astray] for case in check(conn) if not case.is_sound}
