"""Replaying stored cases: which of them, in which version; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.calendars.seeds import BROUGHT
from engine.cases.lineage import lineage
from engine.errors import NotFoundError
from engine.history import read, rounds, tracing
from engine.history.dossier import history_rows
from engine.history.entrynotes import named
from engine.history.superseding import Done
from engine.procedures.bundles import prepare
from engine.replaying.judging import judge
from engine.replaying.play import Terms
from engine.replaying.record import record
from engine.tables import cases, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.cases.lineage import Lineage
    from engine.procedures.bundles import Bundle
    from engine.replaying.verdicts import Replayed
    from engine.spiff import Names


class Which(StrEnum):
    """Which cases of a procedure are replayed."""

    OPEN = "open"
    ENDED = "ended"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CaseReplayed:
    """A case, and how it fares; ``number`` is the version that it runs under by now.

    ``called`` are that version's names of the steps whose answers are unused, and of those that
    would not open to urge somebody, by place.
    """

    case_id: UUID
    code: str
    customer: str | None
    number: int
    is_open: bool
    replayed: Replayed
    called: Mapping[str, Names] = field(default_factory=dict)


def published(conn: sa.Connection, procedure: str, number: int) -> Bundle:
    """Return a version to replay cases in, in force or not. Raises NotFoundError."""
    wanted = versions.c.procedure == procedure, versions.c.number == number
    key = conn.scalar(sa.select(versions.c.id).where(*wanted))
    if key is None:
        raise NotFoundError(
            f"规程“{procedure}”没有第 {number} 版。",
            f"There is no version {number} of a procedure “{procedure}”.",
        )
    return procedures.version(conn, key).bundle


def drafted(conn: sa.Connection, files: Mapping[str, bytes], procedure: str) -> Bundle:
    """Return a version that is not published, from its files.

    Raises BrokenFilesError, and NotFoundError when none of them draws the procedure.
    """
    if procedure not in spiff.roots(files):
        raise NotFoundError(
            f"这些文件里没有规程“{procedure}”。",
            f"There is no procedure “{procedure}” in the files.",
        )
    known = calendars.current(conn).kept.keys() | BROUGHT
    return prepare(files, procedure, calendars=known)


def chosen(
    conn: sa.Connection, procedure: str, which: Which = Which.ALL, *, limit: int | None = None
) -> Sequence[UUID]:
    """Return cases of a procedure, the newest first, so many at most."""
    mine = sa.select(cases.c.id).where(cases.c.procedure == procedure)
    if which is not Which.ALL:
        mine = mine.where(cases.c.status == which.value)
    ordered = mine.order_by(cases.c.opened_at.desc(), cases.c.id)
    return conn.scalars(ordered.limit(limit)).all()


def replay(conn: sa.Connection, case_id: UUID, to: Bundle, *, now: datetime) -> CaseReplayed:
    """Replay a case in a version: until now if it is open, or else until it ended.

    Raises NotFoundError.
    """
    row, line, rows = _case(conn, case_id)
    said = record(rows)
    told = [(each.seq, each.task_id, read(each.body)) for each in rows]
    done = tracing.places(line.diagrams, line.now.compiled.id, told)
    steps = (each for each in done if isinstance(each, Done) and each.task)
    said.paths = {UUID(hex=each.task): each.place[:-1] for each in steps}
    terms = Terms(to, line.at(1).bundle, calendars.current(conn))
    until = now if row.status == "open" else said.until or now
    return _told(row, line, judge(said, terms, until=until))


def replay_as_it_was(conn: sa.Connection, case_id: UUID) -> CaseReplayed:
    """Replay a case in the versions that it ran under, until it moved last. Raises NotFoundError.

    It must come to where it is: what differs, its history does not tell.
    """
    row, line, rows = _case(conn, case_id)
    said = record(rows)
    until = said.until or row.opened_at
    return _told(row, line, judge(said, as_it_was(conn, line, rows), until=until))


def as_it_was(conn: sa.Connection, line: Lineage, rows: Sequence[sa.Row[Any]]) -> Terms:
    """Return the terms on which a case is replayed in the versions that it ran under."""
    first = line.at(1).bundle
    own = {version.number: version.bundle for version in (line.now, *(v for _, v in line.past))}
    return Terms(
        first,
        first,
        calendars.current(conn),
        own=own,
        said=lambda seq: rounds.latest(rounds.filled(line, rows[: seq - 1])),
    )


def _case(conn: sa.Connection, case_id: UUID) -> tuple[sa.Row[Any], Lineage, Sequence[sa.Row[Any]]]:
    row = conn.execute(sa.select(cases).where(cases.c.id == case_id)).one_or_none()
    if row is None:
        raise NotFoundError
    rows = history_rows(conn, case_id)
    return row, lineage(conn, procedures.version(conn, row.version_id), rows), rows


def _told(row: sa.Row[Any], line: Lineage, replayed: Replayed) -> CaseReplayed:
    no_more = dict.fromkeys((*replayed.unused, *replayed.spared))
    return CaseReplayed(
        case_id=row.id,
        code=row.number or row.code,
        customer=row.customer,
        number=line.now.number,
        is_open=row.status == "open",
        replayed=replayed,
        called={place: named(line.now, *place.split(":")) for place in no_more},
    )
