"""Incidents remember when a person had sent what failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    said = "When its person had last sent it."
    op.add_column("incidents", sa.Column("sent_at", moment, nullable=True, comment=said))


def downgrade() -> None:
    op.drop_column("incidents", "sent_at")
