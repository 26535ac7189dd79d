from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.direct import Direct
from engine.tables import counters, people

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

COUNT = Direct(
    sa.insert(counters)
    .values(series=sa.bindparam("series"), value=sa.bindparam("value"))
    .returning(counters.c.series, counters.c.value)
)
READ = Direct(sa.select(counters.c.value).where(counters.c.series == sa.bindparam("series")))
KILL = sa.text("select pg_terminate_backend(:process)")


def test_it_takes_part_in_the_transaction_of_its_connection(database: Engine) -> None:
    with database.connect() as conn:
        assert COUNT.row(conn, {"series": "kept", "value": 1}) == ("kept", 1)
        conn.commit()
        COUNT.row(conn, {"series": "dropped", "value": 2})
        conn.rollback()

    with database.connect() as conn:
        assert READ.rows(conn, {"series": "kept"}) == [(1,)]
        assert READ.row(conn, {"series": "dropped"}) is None


def test_it_fails_as_sqlalchemy_fails(connection: Connection) -> None:
    COUNT.row(connection, {"series": "once", "value": 1})

    with pytest.raises(sa.exc.IntegrityError) as refused:
        COUNT.row(connection, {"series": "once", "value": 2})

    assert not refused.value.connection_invalidated
    assert "uq" in str(refused.value) or "pk_counters" in str(refused.value)


def test_a_connection_that_died_is_given_up_and_the_next_one_works(database: Engine) -> None:
    with database.connect() as conn, database.connect() as killer:
        conn.execute(sa.select(people.c.id).limit(1))
        killer.execute(KILL, {"process": conn.connection.driver_connection.info.backend_pid})  # type: ignore[union-attr]
        with pytest.raises(sa.exc.OperationalError) as lost:
            READ.row(conn, {"series": "any"})
        assert lost.value.connection_invalidated
        conn.rollback()
        assert READ.row(conn, {"series": uuid4().hex}) is None
