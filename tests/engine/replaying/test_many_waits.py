"""Several instances of a step wait for the same message: each is replayed with what it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from engine import procedures
from engine.cases.lineage import lineage
from engine.cases.starts import open_case
from engine.history.dossier import history_rows
from engine.messages.outside import send
from engine.replaying.playing import play
from engine.replaying.record import record
from engine.replaying.replay import as_it_was
from engine.tables import cases
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.flexible.drawn import complete
from tests.engine.letters import deliver_all
from tests.engine.replaying.test_random_replays import seen
from tests.engine.small import put_in_force, somebody
from tests.engine.spiff.drawing import Process, files_of, variable

if TYPE_CHECKING:
    from sqlalchemy import Connection

ITEMS = 8


def test_each_of_many_waits_is_sent_the_same_again(connection: Connection) -> None:
    drawn = Process("demo")
    values = {"n": "0", "given": "0", "found": "[]", "items": str([*range(ITEMS)])}
    drawn.extra = "".join(variable(name, value) for name, value in values.items())
    drawn.message_start()
    drawn.receive("hear", drawn.message("m_told_n", keys="given", carries="n"))
    drawn.each("hear", "items", "item", "found", "n")
    drawn.user("read")
    drawn.end()
    drawn.chain("opened", "hear", "read", "done")
    put_in_force(connection, complete(files_of(drawn)))
    by = somebody(connection, "clerk", {"clerk"})
    case_id = open_case(connection, "demo", Answered({"n": 0}), by=by, now=NOW).case_id
    for n in range(ITEMS):
        carried = orjson.dumps({"n": n})
        keys = {"given": 0}
        send(connection, "m_told_n", keys=keys, payload=carried, idempotency=None, by=None, now=NOW)
        deliver_all(connection)
    row = connection.execute(sa.select(cases).where(cases.c.id == case_id)).one()
    rows = history_rows(connection, case_id)
    version = procedures.version(connection, row.version_id)
    terms = as_it_was(connection, lineage(connection, version, rows), rows)
    found = play(record(rows), terms, until=NOW).stage
    assert [task.element for task in found.tasks.values()] == ["read"]
    assert seen(version.compiled, found.state) == seen(version.compiled, row.state)
