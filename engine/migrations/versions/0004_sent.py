"""Incidents remember when a person had sent what failed; cases are suspended and linked.

Duties remember who switched them, and why. The answers that calls keep are sealed. Tasks that
ended undone are known by their place. Versions, substitutions and batches of moves have a journal,
whose first entry takes over what is there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import orjson
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

_SUSPENDED = sa.text("suspended_at IS NOT NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    said = "When its person had last sent it."
    op.add_column("incidents", sa.Column("sent_at", moment, nullable=True, comment=said))
    _seal_answers()
    _suspend()
    _keep_switches()
    _remember_what_ended()
    _link()
    _say_how_batches_end()
    _say_what_versions_drop()
    _keep_a_journal()


def _seal_answers() -> None:
    said = "Of the answer that is kept."
    op.add_column("calls", sa.Column("seal", sa.LargeBinary(), nullable=True, comment=said))
    op.execute("UPDATE calls SET seal = sha256(uuid_send(id) || result) WHERE result IS NOT NULL")


def _suspend() -> None:
    moment, why = sa.DateTime(timezone=True), "Why nothing of it moves."
    until = "When it goes on by itself."
    op.add_column("cases", sa.Column("suspended_at", moment, nullable=True))
    op.add_column("cases", sa.Column("suspended_for", sa.Text(), nullable=True, comment=why))
    op.add_column("cases", sa.Column("suspended_until", moment, nullable=True, comment=until))
    op.create_check_constraint("suspended", "cases", "suspended_until > suspended_at")
    op.create_index("ix_cases_suspended_at", "cases", ["suspended_at"], postgresql_where=_SUSPENDED)


def _keep_switches() -> None:
    op.create_table(
        "duty_switches",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, comment="What it was switched to."),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("switched_by", sa.Uuid, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_duty_switches_procedure", "procedure", "id"),
    )
    op.execute(
        "INSERT INTO duty_switches (procedure, active, reason, switched_by, at) "
        "SELECT procedure, active, '—', changed_by, changed_at FROM duties "
        "WHERE changed_by IS NOT NULL OR NOT active"
    )
    op.drop_column("duties", "changed_by")
    op.drop_column("duties", "changed_at")


def _remember_what_ended() -> None:
    place, holder = "Call / process:element / item.", "Whose it was when it ended."
    gone = "cancelled_tasks"
    op.add_column(gone, sa.Column("place", sa.Text(), nullable=True, comment=place))
    op.add_column(gone, sa.Column("held_by", sa.Uuid(), nullable=True, comment=holder))
    op.create_index("ix_cancelled_tasks_case_id", gone, ["case_id"])


def _say_how_batches_end() -> None:
    why, person = "Why none moved, [zh, en].", sa.ForeignKey("people.id")
    op.add_column("transfers", sa.Column("ended_by", sa.Uuid(), person, nullable=True))
    op.add_column("transfers", sa.Column("ended_for", JSONB(), nullable=True, comment=why))


def _say_what_versions_drop() -> None:
    said = "Guarantees and clauses of the version before: [kind, id, zh, en]."
    dropped = sa.Column("dropped", JSONB(), nullable=False, server_default="[]", comment=said)
    op.add_column("versions", dropped)


def _keep_a_journal() -> None:
    said = "SHA-256 of the last hash + body."
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False, comment=said),
        comment="Acts that belong to no single case: versions, substitutions, batches of moves.",
    )
    rows = [
        [table, row["id"], {name: _written(value) for name, value in row.items()}]
        for table in ("versions", "substitutions", "transfers")
        for row in op.get_bind().execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).mappings()  # noqa: S608
    ]
    if rows:
        _take_over(rows)


def _take_over(rows: list[list[object]]) -> None:
    """Enter what is there as engine.history.journal does."""
    now = op.get_bind().scalar(sa.text("SELECT now()"))
    said = {"v": 1, "seq": 1, "at": _written(now), "kind": "taken_over", "by": None, "name": None}
    body = orjson.dumps({**said, "rows": rows}, option=orjson.OPT_SORT_KEYS)
    added = {"body": body, "hash": sha256(bytes(32) + body).digest()}
    op.get_bind().execute(sa.text("INSERT INTO journal VALUES (1, :body, :hash)"), added)


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID | bytes):
        return value.hex if isinstance(value, UUID) else value.hex()
    return value


def _know_the_last_switch() -> None:
    moment = sa.DateTime(timezone=True)
    now, people = sa.text("now()"), sa.ForeignKey("people.id")
    op.add_column("duties", sa.Column("changed_by", sa.Uuid, people, nullable=True))
    op.add_column("duties", sa.Column("changed_at", moment, nullable=False, server_default=now))
    op.alter_column("duties", "changed_at", server_default=None)
    op.execute(
        "UPDATE duties SET changed_by = switched_by, changed_at = at FROM duty_switches AS last "
        "WHERE last.id = (SELECT max(id) FROM duty_switches AS each "
        "WHERE each.procedure = duties.procedure)"
    )
    op.drop_table("duty_switches")


def _link() -> None:
    moment, key = sa.DateTime(timezone=True), sa.Uuid()
    what, undone = "What the other one is to the first.", "When somebody undid it."
    op.create_table(
        "case_ties",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("case_id", key, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("other_id", key, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False, comment=what),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", key, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True, comment=undone),
        sa.Column("ended_by", key, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("ended_for", sa.Text(), nullable=True),
        sa.CheckConstraint("case_id <> other_id", name="oneself"),
        sa.CheckConstraint("relation in ('follow_up', 'duplicate', 'related')", name="relation"),
        comment="Cases that people linked; the history of both has it too.",
    )
    for name in ("case_id", "other_id"):
        op.create_index(f"ix_case_ties_{name}", "case_ties", [name])


def downgrade() -> None:
    op.drop_table("journal")
    op.drop_column("versions", "dropped")
    op.drop_column("transfers", "ended_for")
    op.drop_column("transfers", "ended_by")
    op.drop_index("ix_cancelled_tasks_case_id", "cancelled_tasks")
    op.drop_column("cancelled_tasks", "held_by")
    op.drop_column("cancelled_tasks", "place")
    op.drop_table("case_ties")
    _know_the_last_switch()
    for name in ("suspended_until", "suspended_for", "suspended_at"):
        op.drop_column("cases", name)
    op.drop_column("calls", "seal")
    op.drop_column("incidents", "sent_at")
