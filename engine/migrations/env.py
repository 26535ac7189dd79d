"""How Alembic reaches the database and knows the tables."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from engine.tables import metadata

connection = context.config.attributes["connection"]
connection.execute(text("set local lock_timeout = '10s'"))
context.configure(connection=connection, target_metadata=metadata, compare_type=True)
context.run_migrations()
