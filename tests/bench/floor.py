"""Floor A: the least that a durable step could cost in this server on this database.

One Flask view under the same gunicorn, psycopg without SQLAlchemy, nobody signed in, nothing read
from the form, no engine: only the five statements of a step, on our own tables with their indexes,
with a random blob of 1.3 KB as the state. `python -m tests.bench.floor URL PORT` serves it.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
from flask import Flask, redirect, request
from sqlalchemy import make_url
from typing_extensions import override

from web.commands.ports import LOOPBACK
from web.commands.serving import Inbox
from web.processes import die_with_parent
from web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

BLOB = 1300
"""Bytes of a case's state, as the design measured them."""

_READ = """
select t.process, t.element, t.role, t.claimed_by,
    c.id, c.version_id, c.state, c.revision, c.entries, c.head, c.due_at
from tasks t join cases c on c.id = t.case_id where t.id = %s for update of c"""
_ENTER = """
insert into entries (case_id, seq, at, kind, actor, task_id, body, answers, salt, hash)
values (%s, %s, %s, 'step_completed', %s, %s, %b, %b, %b, %b)"""
_MOVE = """
update cases set state = %b, revision = %s, entries = %s, head = %b, next_due = null
where id = %s"""
_CLOSE = "delete from tasks where id = %s"
_OPEN = """
insert into tasks (id, case_id, process, element, role, opened_at)
values (%s, %s, %s, %s, %s, %s)"""
_SOMEBODY = "select id from people limit 1"


class _Pool:
    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: LifoQueue[psycopg.Connection] = LifoQueue()

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = psycopg.connect(self._url, options="-c timezone=UTC -c jit=off")
        with connection.transaction():
            yield connection
        self._idle.put(connection)


def create_floor(url: str) -> Flask:
    """Return the app; `url` is psycopg's."""
    app = Flask(__name__)
    pool = _Pool(url)
    with psycopg.connect(url) as connection:
        somebody = connection.execute(_SOMEBODY).fetchone()

    @app.post("/tasks/<uuid:task>/complete")
    def complete(task: UUID) -> ResponseReturnValue:
        new, now, form = uuid4(), datetime.now(UTC), request.get_data()
        with pool.transaction() as connection:
            row = connection.execute(_READ, (task,)).fetchone()
            assert row is not None
            process, element, role, _, case, _, state, revision, entries, head, _ = row
            body, salt = state[:500], os.urandom(16)
            head = sha256(head + body).digest()
            entry = (case, entries + 1, now, *(somebody or ()), task, body, form, salt, head)
            connection.execute(_ENTER, entry)
            moved = (os.urandom(BLOB), revision + 1, entries + 1, head, case)
            connection.execute(_MOVE, moved)
            connection.execute(_CLOSE, (task,))
            connection.execute(_OPEN, (new, case, process, element, role, now))
        return redirect(f"/tasks/{new}", 303)

    return app


class _Floor(Inbox):
    """The same server with as many processes and threads."""

    def __init__(self, url: str, port: int) -> None:
        self._url = url
        super().__init__(Settings(), host=LOOPBACK, port=port)

    @override
    def load(self) -> Flask:
        return create_floor(self._url)


if __name__ == "__main__":
    die_with_parent()
    plain = make_url(sys.argv[1]).set(drivername="postgresql")
    _Floor(plain.render_as_string(hide_password=False), int(sys.argv[2])).run()
