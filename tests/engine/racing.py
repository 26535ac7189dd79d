"""Two people at the same case at once, each in a transaction of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, TypeAlias

from engine.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    Deed: TypeAlias = Callable[[Connection], object]


def race(database: Engine, *deeds: Deed) -> list[Refusal | None]:
    """Let all begin at one moment; return why each was refused, None for who was not.

    Whatever else is raised is raised.
    """
    ready = Barrier(len(deeds))

    def run(deed: Deed) -> Refusal | None:
        with database.connect() as conn:
            ready.wait()
            try:
                deed(conn)
            except Refusal as told:
                conn.rollback()
                return told
            conn.commit()
        return None

    with ThreadPoolExecutor(len(deeds)) as people:
        return list(people.map(run, deeds))
