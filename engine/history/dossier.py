"""The dossier of a case: header, history, forms, attachments, and the path on its diagrams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import attachments, procedures, settings, spiff
from engine.cases.lineage import Lineage, lineage
from engine.cases.offers import offered
from engine.cases.standing import standing
from engine.clocks.pauses import pause_of
from engine.errors import NotFoundError
from engine.history import entryview, erased, follow, rounds
from engine.history.path import on_diagrams
from engine.linking.listing import ties_of
from engine.messages import mailbox
from engine.notices import was_told
from engine.suspending.standstill import suspension_of
from engine.tables import cases, entries, people
from engine.tasks.opensteps import open_steps
from engine.verifying.doubts import doubts, trusted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.attachments import Attachment
    from engine.cases.offers import Offer
    from engine.cases.standing import Standing
    from engine.clocks.pauses import Pause
    from engine.history.entryview import EntryView, FilledForm
    from engine.history.path import DiagramView
    from engine.history.rounds import Followed
    from engine.linking.listing import Tie
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Names
    from engine.suspending.standstill import Suspension
    from engine.tasks.opensteps import OpenStep
    from engine.verifying.doubts import Doubts


@dataclass(frozen=True, slots=True)
class Link:
    """Another case that this one came from or led to."""

    id: UUID
    code: str
    number: str | None


@dataclass(frozen=True, slots=True)
class CaseHeader:
    """What stands above everything about a case. Times are UTC."""

    id: UUID
    code: str
    number: str | None
    procedure: Names
    version: int
    status: str
    outcome: Names | None
    stuck: bool
    opened_at: datetime
    due: datetime | None
    paused: Pause | None
    suspended: Suspension | None
    closed_at: datetime | None
    ended_at: datetime | None
    customer: str | None
    product: str | None
    amount: str | None
    zone: str | None

    @property
    def is_cancelled(self) -> bool:
        """Whether it is over without having come to an end."""
        return self.status != "open" and self.outcome is None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that a case page shows; ``uploaders`` are names by id.

    ``standing`` is what it waits for besides people, ``offers`` what the person may start,
    ``fates`` what became of messages by their ids.
    """

    header: CaseHeader
    parent: Link | None
    linked: list[Link]
    ties: list[Tie]
    timeline: list[EntryView]
    filled: list[FilledForm]
    approved_amount: str | None
    attachments: list[Attachment]
    open_steps: list[OpenStep]
    standing: list[Standing]
    diagrams: list[DiagramView]
    version: Version
    doubts: Doubts
    uploaders: Mapping[UUID, str]
    offers: list[Offer]
    fates: Mapping[UUID, mailbox.Fate]

    @property
    def broken_at(self) -> int | None:
        """The first entry that does not verify."""
        return self.doubts.broken_at


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a case is now, in as little as it takes to say so."""

    header: CaseHeader
    open_steps: list[OpenStep]


_CASE = sa.select(cases).where(cases.c.id == sa.bindparam("case"))
_HISTORY = (
    sa.select(entries).where(entries.c.case_id == sa.bindparam("case")).order_by(entries.c.seq)
)


def header(conn: sa.Connection, row: sa.Row[Any]) -> CaseHeader:
    """Return the header of a row of ``cases``."""
    version = procedures.version(conn, row.version_id)
    outcome = None if row.outcome is None else version.element(*row.outcome.split(":")).names
    return CaseHeader(
        row.id,
        row.code,
        row.number,
        version.names,
        version.number,
        row.status,
        outcome,
        row.stuck,
        row.opened_at,
        row.due_at,
        pause_of(row, None, None),
        suspension_of(row),
        row.closed_at,
        row.ended_at,
        row.customer,
        row.product,
        row.amount,
        row.zone,
    )


def case_row(conn: sa.Connection, case_id: UUID, *, by: Person) -> sa.Row[Any]:
    """Return a case's row, for people who hold any role or were told of it.

    Raises NotFoundError.
    """
    row = conn.execute(_CASE, {"case": case_id}).one_or_none()
    if row is None or not (by.is_staff or was_told(conn, case_id, by=by)):
        raise NotFoundError
    return row


def history_rows(conn: sa.Connection, case_id: UUID) -> Sequence[sa.Row[Any]]:
    """Return the entries of a case in their order."""
    return conn.execute(_HISTORY, {"case": case_id}).all()


def latest_answers(version: Version, rows: Sequence[sa.Row[Any]]) -> dict[str, Any]:
    """Return the newest answer to each field name of a case; None for what was withdrawn."""
    return rounds.latest(rounds.filled(Lineage(version), trusted(rows)))


def case(conn: sa.Connection, case_id: UUID, *, by: Person) -> Dossier:
    """Return everything about a case. Raises NotFoundError."""
    row = case_row(conn, case_id, by=by)
    version = procedures.version(conn, row.version_id)
    rows = history_rows(conn, case_id)
    readable = trusted(rows)
    line = lineage(conn, version, rows)
    followed = rounds.followed(line, readable)
    forms = followed.forms
    files = attachments.of_case(conn, case_id)
    timeline = _timeline(conn, line, rows, followed)
    at = spiff.position(version.compiled, row.state) if row.status == "open" else None
    return Dossier(
        header=header(conn, row),
        parent=_parent(conn, row.parent_id),
        linked=_links(conn, cases.c.parent_id == case_id),
        ties=ties_of(conn, case_id),
        timeline=timeline,
        filled=forms,
        approved_amount=rounds.fact(forms, "approved"),
        attachments=files,
        open_steps=open_steps(conn, version, case_id),
        standing=[] if at is None else standing(conn, version, case_id, at),
        diagrams=on_diagrams(version, at, readable),
        doubts=doubts(row, follow(rows), files, version=version.digest),
        uploaders=_names(conn, {file.uploaded_by for file in files}),
        version=version,
        offers=[] if row.suspended_at else offered(conn, case_id, by=by),
        fates=mailbox.fates(conn, case_id) if any(entry.message for entry in timeline) else {},
    )


def whereabouts(conn: sa.Connection, case_id: UUID, *, by: Person) -> Whereabouts:
    """Return a case's header and its open steps. Raises NotFoundError."""
    row = case_row(conn, case_id, by=by)
    steps = open_steps(conn, procedures.version(conn, row.version_id), case_id)
    return Whereabouts(header(conn, row), steps)


def _links(conn: sa.Connection, which: sa.ColumnElement[bool]) -> list[Link]:
    query = sa.select(cases.c.id, cases.c.code, cases.c.number).where(which)
    return [Link(*row) for row in conn.execute(query.order_by(cases.c.opened_at))]


def _parent(conn: sa.Connection, key: UUID | None) -> Link | None:
    return None if key is None else next(iter(_links(conn, cases.c.id == key)), None)


def _timeline(
    conn: sa.Connection, line: Lineage, rows: Sequence[sa.Row[Any]], followed: Followed
) -> list[EntryView]:
    zone = settings.company(conn).zone
    last: dict[object, Mapping[str, Any]] = {}
    before: dict[int, Mapping[str, Any] | None] = {}
    for form in followed.forms:
        before[form.seq] = last.get((form.place, form.item))
        last[form.place, form.item] = form.values
    erasures = erased(rows)
    views = (
        entryview.view(
            line.at(row.seq), row, before.get(row.seq), zone=zone, is_erased=row.seq in erasures
        )
        for row in rows
    )
    return [followed.marked(view) for view in views]


def _names(conn: sa.Connection, keys: set[UUID]) -> dict[UUID, str]:
    if not keys:
        return {}
    named = sa.select(people.c.id, people.c.name).where(people.c.id.in_(keys))
    return {row.id: row.name for row in conn.execute(named)}
