"""What people do at their desks: tasks, signatures asked for, drafts, notices."""

from __future__ import annotations

import sqlalchemy as sa

from engine.tables.base import Key, Moment, metadata

tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("within", sa.Text, nullable=True, comment="The call activity it stands in."),
    sa.Column("item", sa.Text, nullable=True, comment="Which of several instances it is."),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("due_at", Moment, nullable=True),
    sa.Column(
        "stands",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="A clock on it or around it is paused.",
    ),
    sa.Column("paused_at", Moment, nullable=True),
    sa.Column("paused_for", sa.Text, nullable=True, comment="Why the clock stands."),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("claimed_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("claimed_at", Moment, nullable=True),
    sa.Column(
        "claimed_through",
        sa.ForeignKey("people.id"),
        nullable=True,
        comment="The substitute who claimed it for them.",
    ),
    sa.Column(
        "given_to",
        sa.ForeignKey("people.id"),
        nullable=True,
        comment="Who may do it without its role, for it was handed to them.",
    ),
    sa.Column("owner", sa.ForeignKey("people.id"), nullable=True, comment="To whom it comes back."),
    sa.Column(
        "signing", sa.Text, nullable=True, comment="Signatures that are asked: before or after."
    ),
    sa.Column("sent", sa.LargeBinary, nullable=True, comment="Answers kept until they are signed."),
    sa.Column("sent_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("sent_at", Moment, nullable=True),
    sa.Column("again", sa.Text, nullable=True, comment="How a finished step came to be open anew."),
    sa.CheckConstraint("signing in ('before', 'after')", name="signing"),
    sa.CheckConstraint(
        "again in ('returned', 'straight', 'back', 'withdrawn', 'reopened')", name="again"
    ),
)
sa.Index(
    "ix_tasks_shared",
    tasks.c.role,
    tasks.c.due_at.asc().nulls_last(),
    tasks.c.id,
    postgresql_where=tasks.c.claimed_by.is_(None),
)
sa.Index(
    "ix_tasks_mine",
    tasks.c.claimed_by,
    tasks.c.due_at.asc().nulls_last(),
    tasks.c.id,
    postgresql_where=tasks.c.claimed_by.is_not(None),
)
sa.Index("ix_tasks_owner", tasks.c.owner, postgresql_where=tasks.c.owner.is_not(None))
sa.Index("ix_tasks_paused_at", tasks.c.paused_at, postgresql_where=tasks.c.paused_at.is_not(None))

signings = sa.Table(
    "signings",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("task_id", Key, nullable=False),
    sa.Column("group_id", Key, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("ratio", sa.Integer, nullable=True, comment="Percent, in the mode of that name."),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("asked_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, comment="What is asked."),
    sa.Column("opinion", sa.Text, nullable=True),
    sa.Column("settled_at", Moment, nullable=True),
    sa.CheckConstraint("place in ('before', 'after')", name="place"),
    sa.CheckConstraint("mode in ('all', 'any', 'ratio', 'order')", name="mode"),
    sa.CheckConstraint("ratio between 1 and 100", name="ratio"),
    sa.CheckConstraint(
        "status in ('asked', 'waiting', 'agreed', 'refused', 'removed', 'void')", name="status"
    ),
    comment="Signatures that a task's holder asked for; the history has them too.",
)
sa.Index("ix_signings_task_id", signings.c.task_id)
sa.Index(
    "ix_signings_person_id", signings.c.person_id, postgresql_where=signings.c.status == "asked"
)

cancelled_tasks = sa.Table(
    "cancelled_tasks",
    metadata,
    sa.Column("task_id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("place", sa.Text, nullable=True, comment="Call / process:element / item."),
    sa.Column("held_by", Key, nullable=True, comment="Whose it was when it ended."),
    sa.Index("ix_cancelled_tasks_case_id", "case_id"),
    comment="Tasks that ended without being completed, and the entry that ended them.",
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("typed", sa.LargeBinary, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_drafts_subject", "subject"),
    comment="What a person has typed and not sent; the subject is task:<id> or start:<procedure>.",
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=True),
)
sa.Index(
    "ix_notices_unseen",
    notices.c.person_id,
    notices.c.id,
    postgresql_where=notices.c.seen_at.is_(None),
)
