"""Replaying cases on the command line, by as many processes as there are cores; nothing is kept."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

import click
import sqlalchemy as sa

from engine.database import connect
from engine.procedures.bundles import read_folder
from engine.replaying.replay import chosen, drafted, published, replay
from engine.settings import company
from web.commands.replayed import line_of, table_of
from web.commands.say import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.procedures.bundles import Bundle
    from engine.replaying.replay import CaseReplayed, Which

AT_ONCE: Final = 20
"""Cases that a process replays before it tells."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The version to replay cases of a procedure in: a published one, or that of a folder."""

    procedure: str
    number: int | None = None
    folder: Path | None = None

    def bundle(self, conn: Connection) -> Bundle:
        """Return the version ready to run. Raises NotFoundError and BrokenFilesError."""
        if self.number is not None:
            return published(conn, self.procedure, self.number)
        return drafted(conn, read_folder(self.folder or Path()), self.procedure)


def replay_all(
    engine: Engine, wanted: Wanted, which: Which, *, limit: int | None, now: datetime
) -> None:
    """Replay cases and print those that differ, and how many of them there are."""
    began = monotonic()
    found: list[CaseReplayed] = []
    with engine.connect() as connection:
        to, zone = wanted.bundle(connection), company(connection).zone
        keys = chosen(connection, wanted.procedure, which, limit=limit)
    for done in _replayed(engine, wanted, keys, now):
        found += done
        click.echo(f"… {len(found)}/{len(keys)}", err=True)
    for case in sorted(found, key=lambda case: case.code):
        for line in line_of(case, to, zone):
            click.echo(line)
    for line in table_of(found):
        click.echo(line)
    seconds = monotonic() - began
    say(
        f"重演了 {len(found)} 个案件，用时 {seconds:.1f} 秒，没有保存任何内容。",
        f"{len(found)} case(s) were replayed in {seconds:.1f} s; nothing was stored.",
    )


def _replayed(
    engine: Engine, wanted: Wanted, keys: Sequence[UUID], now: datetime
) -> Iterator[list[CaseReplayed]]:
    """Replay cases in parts: in other processes if there is enough to do for several."""
    url = engine.url.render_as_string(hide_password=False)
    work = partial(_part, url, wanted, now)
    parts = [keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)]
    workers = min(os.cpu_count() or 1, len(parts))
    if workers < 2:  # noqa: PLR2004 - several
        yield from map(work, parts)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, parts)


def _part(url: str, wanted: Wanted, now: datetime, keys: Sequence[UUID]) -> list[CaseReplayed]:
    with _engine(url).connect() as connection:
        connection.execute(sa.text("set transaction read only"))
        to = _bundle(url, wanted)
        return [replay(connection, key, to, now=now) for key in keys]


@cache
def _engine(url: str) -> Engine:
    """Connect once in each process."""
    return connect(url, size=1)


@cache
def _bundle(url: str, wanted: Wanted) -> Bundle:
    """Make the version ready once in each process."""
    with _engine(url).connect() as connection:
        return wanted.bundle(connection)
