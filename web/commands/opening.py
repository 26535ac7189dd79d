"""The database of a command: the one that DATABASE_URL names, or the embedded one."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from engine import embedded
from engine.database import connect
from engine.schema import check_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from web.settings import Settings


@contextmanager
def opened(settings: Settings, *, size: int = 1) -> Iterator[Engine]:
    """Give a pool of connections to a database with this release's schema.

    Raises OtherSchemaError.
    """
    with reached(settings, size=size) as engine:
        place = None if settings.database_url else str(settings.folder or engine.url.query["host"])
        check_schema(engine, place)
        yield engine


@contextmanager
def reached(settings: Settings, *, size: int = 1) -> Iterator[Engine]:
    """Give a pool of connections, whatever is in the database, for who brings it up to date.

    An embedded server that we start for it is stopped after.
    """
    started = nullcontext() if settings.database_url else embedded.start(settings.folder)
    with started as server:
        engine = connect(settings.database_url or (server.url if server else ""), size=size)
        try:
            yield engine
        finally:
            engine.dispose()
