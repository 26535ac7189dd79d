"""Cases know whether drafts were kept of tasks that ended undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    said = "Tasks of it that ended undone had drafts."
    kept = sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.false(), comment=said)
    op.add_column("cases", kept)
    op.execute(
        "UPDATE cases SET kept = true WHERE id IN (SELECT case_id FROM cancelled_tasks "
        "JOIN drafts ON subject = 'task:' || task_id)"
    )


def downgrade() -> None:
    op.drop_column("cases", "kept")
