"""One connection a request; whoever opens a transaction here ends it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask, current_app, g
from sqlalchemy.exc import DBAPIError

from engine.database import undo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

EXTENSION = "banjie.engine"


def bind(app: Flask, engine: sa.Engine) -> None:
    """Give the app its engine, and its requests a connection that is returned at their end."""
    app.extensions[EXTENSION] = engine
    app.teardown_appcontext(_give_back)


def connection() -> sa.Connection:
    """Return this request's connection, taken from the pool when first asked for."""
    if "connection" not in g:
        engine: sa.Engine = current_app.extensions[EXTENSION]
        g.connection = engine.connect()
    conn: sa.Connection = g.connection
    return conn


@contextmanager
def transaction() -> Iterator[sa.Connection]:
    """Commit what happens inside, together with what this request has read before; else nothing."""
    conn = connection()
    try:
        yield conn
    except BaseException:
        undo(conn)
        raise
    conn.commit()


def keep_open(conn: sa.Connection) -> Callable[[], None]:
    """Take the connection out of the request's hands, for a response that reads while it is sent.

    Returns what has to be called once the response is closed.
    """
    g.pop("connection")
    return conn.close


def _give_back(_error: BaseException | None) -> None:
    """Return the connection; a database that goes away now does not spoil a page that is made."""
    conn: sa.Connection | None = g.pop("connection", None)
    if conn is None:
        return
    try:
        undo(conn)
        conn.close()
    except DBAPIError:
        conn.close()
