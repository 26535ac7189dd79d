"""Listening to the statements that a test's database is sent."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@contextmanager
def listening(conn: Connection) -> Iterator[list[str]]:
    """Give the statements sent meanwhile, savepoints left out."""
    sent: list[str] = []

    def hear(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(conn.engine, "before_cursor_execute", hear)
    yield sent
    sa.event.remove(conn.engine, "before_cursor_execute", hear)
