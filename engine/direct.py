"""Statements of the hot path, sent by psycopg itself: SQLAlchemy takes longer than PostgreSQL.

Pool, transaction and exceptions stay SQLAlchemy's; only its execution, which costs a Core statement
three times what the driver takes, is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as postgresql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.sql.compiler import Compiled
    from sqlalchemy.sql.elements import ClauseElement

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


class Direct:
    """A Core statement with nothing in it that changes from run to run, compiled once."""

    def __init__(self, statement: ClauseElement) -> None:
        """Compile; every value is a named parameter."""
        compiled: Compiled = statement.compile(dialect=_DIALECT)
        self._sql = compiled.string

    def rows(self, conn: sa.Connection, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Run it in the connection's transaction. Raises what SQLAlchemy would raise.

        Whoever listens for statements hears it.
        """
        if not conn.in_transaction():
            conn.begin()
        driver: psycopg.Connection[tuple[Any, ...]] = conn.connection.driver_connection  # type: ignore[assignment]
        for hear in conn.dispatch.before_cursor_execute:
            hear(conn, None, self._sql, values, None, False)  # noqa: FBT003 - SQLAlchemy calls so
        try:
            return driver.execute(self._sql, values).fetchall()
        except psycopg.Error as error:
            raise self._told(conn, driver, error) from error

    def row(self, conn: sa.Connection, values: Mapping[str, object]) -> tuple[Any, ...] | None:
        """Run it, and give the only row, or None."""
        found = self.rows(conn, values)
        return found[0] if found else None

    def _told(
        self, conn: sa.Connection, driver: psycopg.Connection[Any], error: psycopg.Error
    ) -> BaseException:
        if driver.closed:
            conn.invalidate(error)
        return sa.exc.DBAPIError.instance(
            self._sql,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=driver.closed,
            dialect=conn.dialect,
        )
