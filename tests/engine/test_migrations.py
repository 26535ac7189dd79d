from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine.database import upgrade
from engine.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_the_revisions_make_exactly_the_tables_that_the_code_knows(database: Engine) -> None:
    with database.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_upgrading_again_changes_nothing(database: Engine) -> None:
    upgrade(database)
    with database.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
