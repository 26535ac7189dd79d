"""The tables, as SQLAlchemy Core metadata; each is written by the module that carries its name."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Moment = sa.DateTime(timezone=True)
Key = sa.Uuid(as_uuid=True)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", JSONB, nullable=False),
)

roles = sa.Table(
    "roles",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False, server_default="zh"),
    sa.Column("roles", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("generation", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Moment, nullable=False),
)
sa.Index("ix_people_roles", people.c.roles, postgresql_using="gin")

substitutions = sa.Table(
    "substitutions",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("substitute_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("begins", Moment, nullable=False),
    sa.Column("ends", Moment, nullable=False, comment="The first moment that is out of it."),
    sa.Column("procedure", sa.Text, nullable=True, comment="Null for all of them."),
    sa.Column(
        "steps",
        ARRAY(sa.Text),
        nullable=False,
        server_default="{}",
        comment="process:element of those that it is limited to; empty for all.",
    ),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=True, comment="When somebody ended it early."),
    sa.Column("ended_by", sa.ForeignKey("people.id"), nullable=True),
    sa.CheckConstraint("begins < ends", name="period"),
    sa.CheckConstraint("person_id <> substitute_id", name="oneself"),
)
sa.Index(
    "ix_substitutions_substitute_id",
    substitutions.c.substitute_id,
    substitutions.c.ends,
    postgresql_where=substitutions.c.ended_at.is_(None),
)
sa.Index("ix_substitutions_person_id", substitutions.c.person_id, substitutions.c.ends)

sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_sign_in_failures_subject_at", "subject", "at"),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

DROPS = "Guarantees and clauses of the version before: [kind, id, zh, en]."

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("start_role", sa.Text, nullable=False),
    sa.Column("start_message", sa.Text, nullable=False),
    sa.Column("start_signal", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "awaits",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="Messages that its cases wait for, with the names of their keys.",
    ),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("published_by", Key, sa.ForeignKey("people.id"), nullable=True),
    sa.Column("published_at", Moment, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
    sa.Column("source", sa.Text, nullable=False, server_default="files"),
    sa.Column("based_on", sa.ForeignKey("versions.id"), nullable=True),
    sa.Column("again_of", sa.ForeignKey("versions.id"), nullable=True),
    sa.Column("begins_at", Moment, nullable=False, comment="From when it is to be in force."),
    sa.Column("began_at", Moment, nullable=True, comment="Since when it was; null while planned."),
    sa.Column("withdrawn_at", Moment, nullable=True),
    sa.Column("withdrawn_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("withdrawn_for", sa.Text, nullable=True, comment="Why it never came into force."),
    sa.Column("dropped", JSONB, nullable=False, server_default="[]", comment=DROPS),
    sa.UniqueConstraint("procedure", "number"),
    sa.CheckConstraint("source in ('files', 'product', 'again')", name="source"),
    sa.CheckConstraint("began_at is null or withdrawn_at is null", name="withdrawn"),
)
sa.Index(
    "uq_versions_in_force", versions.c.procedure, unique=True, postgresql_where=versions.c.in_force
)
sa.Index(
    "uq_versions_planned",
    versions.c.procedure,
    versions.c.begins_at,
    unique=True,
    postgresql_where=sa.and_(versions.c.began_at.is_(None), versions.c.withdrawn_at.is_(None)),
)

version_files = sa.Table(
    "version_files",
    metadata,
    sa.Column("version_id", sa.ForeignKey("versions.id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("sha256", sa.ForeignKey("files.sha256"), nullable=False),
)

case_codes = sa.Sequence("case_codes", start=1001, metadata=metadata)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column(
        "code",
        sa.Text,
        nullable=False,
        unique=True,
        server_default=sa.text("'C' || nextval('case_codes')"),
    ),
    sa.Column("number", sa.Text, nullable=True, unique=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("version_id", sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="open"),
    sa.Column("outcome", sa.Text, nullable=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("opened_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("clock", sa.Text, nullable=True, comment="The activity under the case's clock."),
    sa.Column("due_at", Moment, nullable=True),
    sa.Column("closed_at", Moment, nullable=True),
    sa.Column("ended_at", Moment, nullable=True),
    sa.Column("customer", sa.Text, nullable=True),
    sa.Column("product", sa.Text, nullable=True),
    sa.Column("amount", sa.Text, nullable=True),
    sa.Column("zone", sa.Text, nullable=True),
    sa.Column("parent_id", sa.ForeignKey("cases.id"), nullable=True),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("next_due", Moment, nullable=True),
    sa.Column("reckoned", sa.Integer, nullable=False, server_default="0"),
    sa.Column("paused_at", Moment, nullable=True),
    sa.Column("paused_for", sa.Text, nullable=True, comment="Why the clock stands."),
    sa.Column("stuck", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("suspended_at", Moment, nullable=True),
    sa.Column("suspended_for", sa.Text, nullable=True, comment="Why nothing of it moves."),
    sa.Column("suspended_until", Moment, nullable=True, comment="When it goes on by itself."),
    sa.CheckConstraint("status in ('open', 'ended')", name="status"),
    sa.CheckConstraint("suspended_until > suspended_at", name="suspended"),
    postgresql_with={"fillfactor": "70"},
)
sa.Index(
    "ix_cases_next_due",
    cases.c.next_due,
    postgresql_where=sa.and_(cases.c.next_due.is_not(None), sa.not_(cases.c.stuck)),
)
sa.Index(
    "ix_cases_reckoned",
    cases.c.reckoned,
    postgresql_where=sa.and_(cases.c.status == "open", cases.c.next_due.is_not(None)),
)
sa.Index("ix_cases_paused_at", cases.c.paused_at, postgresql_where=cases.c.paused_at.is_not(None))
sa.Index(
    "ix_cases_suspended_at",
    cases.c.suspended_at,
    postgresql_where=cases.c.suspended_at.is_not(None),
)
sa.Index("ix_cases_parent_id", cases.c.parent_id, postgresql_where=cases.c.parent_id.is_not(None))
sa.Index("ix_cases_opened_at", cases.c.opened_at.desc(), cases.c.id)

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

interventions = sa.Table(
    "interventions",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("task_id", Key, nullable=True),
    sa.Column("place", ARRAY(sa.Text), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("settled_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("settled_at", Moment, nullable=True),
    sa.CheckConstraint("kind in ('skip', 'place')", name="kind"),
    sa.CheckConstraint("status in ('waiting', 'done', 'dropped')", name="status"),
    comment="What an operator asked for where a second one has to agree.",
)
sa.Index(
    "ix_interventions_waiting",
    interventions.c.id,
    postgresql_where=interventions.c.status == "waiting",
)

case_ties = sa.Table(
    "case_ties",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("other_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("relation", sa.Text, nullable=False, comment="What the other one is to the first."),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=True, comment="When somebody undid it."),
    sa.Column("ended_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("ended_for", sa.Text, nullable=True),
    sa.CheckConstraint("case_id <> other_id", name="oneself"),
    sa.CheckConstraint("relation in ('follow_up', 'duplicate', 'related')", name="relation"),
    comment="Cases that people linked; the history of both has it too.",
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

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", Key, nullable=True),
    sa.Column("acted_for", Key, nullable=True, comment="Whom a substitute did it for."),
    sa.Column("task_id", Key, nullable=True),
    sa.Column("timer_id", Key, nullable=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("answers", sa.LargeBinary, nullable=True),
    sa.Column("salt", sa.LargeBinary, nullable=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
sa.Index(
    "uq_entries_case_id_timer_id",
    entries.c.case_id,
    entries.c.timer_id,
    unique=True,
    postgresql_where=entries.c.timer_id.is_not(None),
)
sa.Index(
    "ix_entries_acted_for",
    entries.c.acted_for,
    entries.c.at.desc(),
    postgresql_where=entries.c.acted_for.is_not(None),
)
sa.Index("ix_entries_task_id", entries.c.task_id, postgresql_where=entries.c.task_id.is_not(None))

sa.Index(
    "ix_entries_deadline_moved", entries.c.at, postgresql_where=entries.c.kind == "deadline_moved"
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=True, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("uploaded_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("at", Moment, nullable=False),
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

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("task_id", Key, nullable=True),
    sa.Column("subject", Key, nullable=True, comment="The message or call that it is about."),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("expression", sa.Text, nullable=True),
    sa.Column("variable", sa.Text, nullable=True),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("answers", sa.LargeBinary, nullable=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="1"),
    sa.Column("tried_at", Moment, nullable=False),
    sa.Column("resolved_at", Moment, nullable=True),
    sa.Column("sent_at", Moment, nullable=True, comment="When its person had last sent it."),
)
sa.Index("ix_incidents_open", incidents.c.id, postgresql_where=incidents.c.resolved_at.is_(None))
sa.Index(
    "ix_incidents_task_id",
    incidents.c.task_id,
    postgresql_where=sa.and_(incidents.c.resolved_at.is_(None), incidents.c.task_id.is_not(None)),
)

waits = sa.Table(
    "waits",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("keys", JSONB, nullable=False),
    sa.Column("correlation", sa.LargeBinary, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("offered", ARRAY(sa.Text), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.CheckConstraint("kind in ('message', 'signal')", name="kind"),
    sa.Index("ix_waits_correlation", "correlation", "since", "id"),
    comment="Messages and signals that open cases wait for: a projection of their state.",
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("keys", JSONB, nullable=False),
    sa.Column("correlation", sa.LargeBinary, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("idempotency", sa.Text, nullable=True, unique=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("seal", sa.LargeBinary, nullable=False, comment="Of the digest and who sent it."),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("sent_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("sent_from", sa.ForeignKey("cases.id"), nullable=True),
    sa.Column("wait_id", Key, nullable=True, comment="The one wait that it is meant for."),
    sa.Column("procedure", sa.Text, nullable=True, comment="The procedure that a signal starts."),
    sa.Column("status", sa.Text, nullable=False, server_default="kept"),
    sa.Column("settled_at", Moment, nullable=True),
    sa.Column("settled_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("reason", sa.Text, nullable=True, comment="Why somebody has dropped it."),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=True),
    sa.CheckConstraint("kind in ('message', 'signal')", name="kind"),
    sa.CheckConstraint("status in ('kept', 'delivered', 'dropped', 'stuck')", name="status"),
)
sa.Index(
    "ix_messages_kept",
    messages.c.sent_at,
    messages.c.id,
    postgresql_where=messages.c.status == "kept",
)
sa.Index(
    "ix_messages_correlation",
    messages.c.correlation,
    postgresql_where=messages.c.status == "kept",
)
sa.Index("ix_messages_name", messages.c.name, postgresql_where=messages.c.status == "kept")
sa.Index(
    "ix_messages_wait_id",
    messages.c.wait_id,
    postgresql_where=sa.and_(messages.c.status == "kept", messages.c.wait_id.is_not(None)),
)
sa.Index(
    "ix_messages_procedure",
    messages.c.procedure,
    postgresql_where=sa.and_(messages.c.status == "kept", messages.c.procedure.is_not(None)),
)
sa.Index("ix_messages_status", messages.c.status, messages.c.sent_at, messages.c.id)
sa.Index(
    "ix_messages_sent_from",
    messages.c.sent_from,
    postgresql_where=messages.c.sent_from.is_not(None),
)
sa.Index(
    "ix_messages_case_id", messages.c.case_id, postgresql_where=messages.c.case_id.is_not(None)
)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("parameters", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary, nullable=True, comment="Of the digest in the entry."),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try", Moment, nullable=True),
    sa.Column("status", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("result", sa.LargeBinary, nullable=True, comment="Answered, not yet taken in."),
    sa.Column("seal", sa.LargeBinary, nullable=True, comment="Of the answer that is kept."),
    sa.Column("settled_at", Moment, nullable=True),
    sa.CheckConstraint("status in ('waiting', 'done', 'failed', 'cancelled')", name="status"),
    comment="What service tasks have asked a connector for; run by workers after the commit.",
)
sa.Index("ix_calls_next_try", calls.c.next_try, postgresql_where=calls.c.status == "waiting")

calendars = sa.Table(
    "calendars",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("week", JSONB, nullable=False, comment="Monday first: working minutes of each day."),
    sa.Column(
        "announced",
        ARRAY(sa.Integer),
        nullable=True,
        comment="Years whose public holidays are in it; null when it has none, such as 24 x 7.",
    ),
)

calendar_days = sa.Table(
    "calendar_days",
    metadata,
    sa.Column("calendar", sa.ForeignKey("calendars.code"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column(
        "spans",
        JSONB,
        nullable=False,
        comment="Working minutes; [] when off, JSON null when it is worked like an ordinary day.",
    ),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)

calendar_uses = sa.Table(
    "calendar_uses",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("calendar", sa.ForeignKey("calendars.code"), nullable=False),
    sa.CheckConstraint("kind in ('company', 'site', 'role')", name="kind"),
)

calendar_revisions = sa.Table(
    "calendar_revisions",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("changed_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("cases", sa.Integer, nullable=False, comment="Open cases to be reckoned again."),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="What it changed, as JSON."),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the last hash + body."),
)

duties = sa.Table(
    "duties",
    metadata,
    sa.Column("procedure", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("next_at", Moment, nullable=True),
    sa.Column("next_for", sa.DateTime, nullable=True, comment="What the rule draws for it."),
    sa.Column("rounds", sa.Integer, nullable=False, server_default="0"),
    sa.Column("stuck", sa.Boolean, nullable=False, server_default=sa.false()),
)
sa.Index("ix_duties_next_at", duties.c.next_at, postgresql_where=duties.c.active)

duty_switches = sa.Table(
    "duty_switches",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, comment="What it was switched to."),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("switched_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_duty_switches_procedure", "procedure", "id"),
)

duty_runs = sa.Table(
    "duty_runs",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("stands_for", sa.DateTime, nullable=True, comment="Null when started by hand."),
    sa.Column("planned_at", Moment, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("started_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("missed", sa.Integer, nullable=False, comment="Rounds before it that it stands for."),
    sa.UniqueConstraint("procedure", "stands_for"),
    sa.Index("ix_duty_runs_procedure_started_at", "procedure", "started_at"),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the last hash + body."),
    comment="Acts that belong to no single case: versions, substitutions, batches of moves.",
)

transfers = sa.Table(
    "transfers",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("to_version", sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("due", sa.Text, nullable=False, comment="When timers drawn otherwise are due."),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("begun_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=True, comment="Carried out, or given up."),
    sa.Column("ended_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("ended_for", JSONB, nullable=True, comment="Why none moved, [zh, en]."),
    sa.CheckConstraint("due in ('kept', 'drawn')", name="due"),
)

transfer_cases = sa.Table(
    "transfer_cases",
    metadata,
    sa.Column("transfer_id", sa.ForeignKey("transfers.id"), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("from_version", sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("verdict", sa.Text, nullable=True, comment="Null until it was looked at."),
    sa.Column("told", JSONB, nullable=False, server_default="{}"),
    sa.Column("moved_at", Moment, nullable=True),
    sa.CheckConstraint("verdict in ('same_place', 'new_step', 'cannot', 'ended')", name="verdict"),
)
sa.Index("ix_transfer_cases_case_id", transfer_cases.c.case_id)
