from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from engine.cases.moving import lock
from engine.cases.starts import open_case
from engine.going_back.ending import cancel_case, reopen_case
from engine.history import journal
from engine.messages import outside
from engine.schema import MIGRATIONS, upgrade
from engine.tables import calls, metadata, versions
from engine.tasks.completing import save_draft
from engine.tasks.taskview import open_task
from engine.verifying.crosschecks import changed_messages
from engine.verifying.journalled import astray
from forms import Answered
from tests.engine.asking import asking
from tests.engine.astray import astray as astray_cases
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.letters import send
from tests.engine.small import put_in_force, somebody
from tests.engine.versioning.lines import FIRST, put

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_the_revisions_make_exactly_the_tables_that_the_code_knows(database: Engine) -> None:
    with database.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_upgrading_again_changes_nothing(database: Engine) -> None:
    upgrade(database)
    with database.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_versions_of_an_older_release_stand_in_one_line_afterwards(database: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as conn:
        put(conn, 1)
        put(conn, 2)
    with database.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0002")
    upgrade(database)
    base = versions.alias()
    joined = versions.outerjoin(base, base.c.id == versions.c.based_on)
    with database.connect() as conn:
        mine = sa.select(versions, base.c.number.label("base")).select_from(joined)
        rows = conn.execute(
            mine.where(versions.c.procedure == "errand").order_by(versions.c.number)
        ).all()
    assert [(row.number, row.base, row.source) for row in rows] == [
        (1, None, "files"), (2, 1, "files"),
    ]  # fmt: skip
    assert all(row.begins_at == row.began_at == row.published_at for row in rows)


def test_answers_that_an_older_release_has_kept_are_sealed_afterwards(database: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as conn:
        put_in_force(conn, asking())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        for item in ("soap", "rope"):
            open_case(conn, "asking", Answered({"item": item}), by=clerk, now=NOW)
        first = sa.select(calls.c.id).order_by(calls.c.id).limit(1).scalar_subquery()
        conn.execute(sa.update(calls).where(calls.c.id == first).values(result=b'{"price":1}'))
        assert len(astray_cases(conn)) == 1
    with database.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0003")
    upgrade(database)
    with database.connect() as conn:
        assert astray_cases(conn) == {}


def test_messages_of_an_older_release_are_sealed_afterwards(database: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as conn:
        send(conn, "nobody_waits", idempotency="m-1", amount=5)
        dropped = send(conn, "nobody_waits", amount=6)
        outside.drop(conn, dropped.id, "写错了", by=None, now=NOW)
    with database.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0002")
    upgrade(database)
    with database.connect() as conn:
        assert list(changed_messages(conn)) == []


def test_drafts_that_an_older_release_kept_go_on_once_their_place_opens(database: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as conn:
        put_in_force(conn, errand())
        clerk, owner = (somebody(conn, one, {one}) for one in ("clerk", "process-owner"))
        with_draft, without = (asked(conn, clerk).case_id for _ in range(2))
        task = waiting(conn, with_draft)["prepare"]
        save_draft(conn, task, {"note": ["写了一半"]}, by=clerk, now=NOW)
        for case_id in (with_draft, without):
            cancel_case(conn, case_id, "撤诉", by=owner, now=NOW)
    with database.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0004")
    upgrade(database)
    with database.begin() as conn:
        assert [lock(conn, case_id).kept for case_id in (with_draft, without)] == [True, False]
        reopen_case(conn, with_draft, None, "又来", by=owner, now=NOW)
        again = open_task(conn, waiting(conn, with_draft)["prepare"], by=clerk)
        assert again.draft == {"note": ["写了一半"]}


def test_what_was_there_before_the_journal_is_taken_over_by_its_first_entry(
    database: Engine,
) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as conn:
        put(conn, 1)
        put(conn, 2, begins=FIRST)
    with database.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0003")
    upgrade(database)
    with database.begin() as conn:
        said = journal.follow(conn)
        assert (said.broken, said.count, said.taken_over is None) == (None, 1, False)
        assert list(astray(conn, said)) == []
        put(conn, 3, 2)
        said = journal.follow(conn)
        assert (said.broken, said.count) == (None, 2)
        assert list(astray(conn, said)) == []
        conn.execute(sa.update(versions).values(note="另一个理由"))
        assert len(list(astray(conn, said))) == conn.scalar(sa.func.count(versions.c.id))
