"""The way to PostgreSQL: one pool a process."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
    TimeoutError,  # noqa: A004 - a busy pool's
)

from engine.errors import ToldError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection

_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "53300", "40P01"})
"""Shut down by an administrator, crashed, not up yet, idle for too long, too many connections; and
a deadlock, which the next try gets over as well."""

_SESSION = "-c timezone=UTC -c jit=off"
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 2,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 30,
    "options": _SESSION,
    "application_name": "banjie",
}


class UnsuitableDatabaseError(ToldError):
    """The database that DATABASE_URL names cannot carry Banjie; zh and en say why."""


def connect(url: str | URL, *, size: int = 8) -> Engine:
    """Open a pool of `size` connections (two more when pressed); nothing is connected yet.

    A missing server is an `OperationalError` within 3 s, a busy pool a `TimeoutError` likewise.
    Connections that died while they lay in the pool are replaced when taken out, unnoticed:
    a dead one is readable, which one poll of its socket tells in microseconds, where a
    pre-ping would cost every step a round trip. One that dies in use fails that one
    transaction, and SQLAlchemy then renews the whole pool.
    """
    engine = create_engine(
        _with_driver(url),
        pool_size=size,
        max_overflow=2,
        pool_timeout=3,
        pool_use_lifo=True,
        connect_args=_PATIENCE,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
    )
    event.listen(engine, "checkout", _replace_if_dead)
    return engine


def undo(conn: Connection) -> None:
    """Roll back what was not committed; the connection keeps the statements that it has prepared.

    The driver forgets them whenever it rolls back itself, for tables might have gone with it. To
    make them anew costs PostgreSQL three times what it takes to run those of a step.
    """
    if conn.in_transaction() and not conn.invalidated:
        driver = conn.connection.driver_connection
        if driver is not None and not driver.closed:
            driver.pgconn.exec_(b"ROLLBACK")
    conn.rollback()


def is_away(error: BaseException) -> bool:
    """Say whether the database could not be asked, as against having said no.

    By SQLSTATE: the driver's class of an error also covers limits that no second try gets over.
    """
    if isinstance(error, InterfaceError | TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError)
    return state in _AWAY or state.startswith("08")


def _with_driver(url: str | URL) -> URL:
    given = make_url(url)
    if given.get_backend_name() in {"postgres", "postgresql"}:
        return given.set(drivername="postgresql+psycopg")
    raise UnsuitableDatabaseError(
        f"DATABASE_URL 须为 postgresql:// 地址，现为 {given.drivername}://。",
        f"DATABASE_URL must be a postgresql:// address, not {given.drivername}://.",
    )


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _replace_if_dead(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    idle = select.poll()
    idle.register(connection.fileno(), select.POLLIN)
    if idle.poll(0):
        raise DisconnectionError
