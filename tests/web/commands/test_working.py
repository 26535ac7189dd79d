"""The worker, on a database of its own: it tidies at its start, and stops when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import drafts, people
from engine.tables import drafts as draft_rows
from web.commands.working import work

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_the_worker_forgets_what_was_never_sent(database: Engine) -> None:
    today = datetime.now(UTC)
    with database.begin() as conn:
        someone = people.all_people(conn)[0]
        for days in (29, 31):
            moment = today - timedelta(days=days)
            drafts.save(conn, f"start:{days}", {"a": ["b"]}, by=someone, now=moment)
    stopping = Event()
    worker = Thread(target=work, args=(database, stopping))
    worker.start()
    left, until = ["?", "?"], monotonic() + 10
    while len(left) > 1 and monotonic() < until:
        sleep(0.05)
        with database.begin() as conn:
            left = list(conn.scalars(sa.select(draft_rows.c.subject)))
    stopping.set()
    worker.join(10)

    assert left == ["start:29"]
    assert not worker.is_alive()
