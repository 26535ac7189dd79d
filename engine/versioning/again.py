"""Publishing an older version again, and taking back one that is only planned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.calendars import current
from engine.calendars.seeds import BROUGHT
from engine.cases.firsts import taken_by_others
from engine.duties import planning
from engine.errors import NotFoundError, Refusal
from engine.history import journal
from engine.procedures import files_of
from engine.procedures.bundles import prepare_all
from engine.procedures.promises import dropped_by, unsaid
from engine.reasons import checked_reason
from engine.spiff import BrokenFilesError
from engine.tables import versions
from engine.versioning import writing
from engine.versioning.line import check, lock, place
from engine.versioning.switching import catch_up
from engine.versioning.terms import AT_ONCE, Source, Terms
from engine.versioning.writing import Deed, add

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from engine.people import Person
    from engine.procedures.bundles import Bundle
    from engine.versioning.line import Place

_ONE = sa.select(versions).where(
    versions.c.procedure == sa.bindparam("procedure"), versions.c.number == sa.bindparam("number")
)


class SameFilesError(Refusal):
    """An older version is published again that has the very files of the one that it follows."""

    code = "same_files"

    def __init__(self, row: sa.Row[Any], number: int) -> None:
        super().__init__(
            f"“{row.zh}”第 {number} 版与届时生效的第 {row.number} 版内容相同，无需重新发布。",
            f"Version {number} of “{row.en}” has the files of version {row.number}, which is the "
            "one in force then: there is nothing to publish.",
        )


class NotPlannedError(Refusal):
    """Only a version that is planned can be withdrawn."""

    code = "not_planned"

    def __init__(self, row: sa.Row[Any]) -> None:
        was = (
            ("已撤回", "has been withdrawn already")
            if row.withdrawn_at
            else ("已经生效，不能撤回；如需恢复，请重新发布旧版",
                  "has come into force; to go back, publish an older version again")
        )  # fmt: skip
        super().__init__(
            f"“{row.zh}”第 {row.number} 版{was[0]}。",
            f"Version {row.number} of “{row.en}” {was[1]}.",
        )


def row_of(conn: sa.Connection, procedure: str, number: int) -> sa.Row[Any]:
    """Return the row of a version. Raises NotFoundError."""
    row = conn.execute(_ONE, {"procedure": procedure, "number": number}).one_or_none()
    if row is None:
        raise NotFoundError(
            f"规程“{procedure}”没有第 {number} 版。",
            f"There is no version {number} of a procedure “{procedure}”.",
        )
    return row


def withdraw(
    conn: sa.Connection,
    procedure: str,
    number: int,
    *,
    reason: str,
    by: Person | None,
    now: datetime,
) -> None:
    """Take back a planned version before its moment. Raises NotPlannedError and BadReasonError."""
    said = checked_reason(reason)
    lock(conn)
    catch_up(conn, now=now)
    row = row_of(conn, procedure, number)
    if row.began_at is not None or row.withdrawn_at is not None:
        raise NotPlannedError(row)
    writing.withdraw(conn, row, reason=said, by=by, now=now)
    journal.enter(conn, journal.WITHDRAWN, versions, [row.id], by=by, now=now)


def roll_back(
    conn: sa.Connection,
    procedure: str,
    number: int,
    *,
    reason: str,
    by: Person | None,
    now: datetime,
    terms: Terms = AT_ONCE,
    seen: Collection[int] | None = None,
) -> int:
    """Publish an older version again, at once or from a day on; return its new number.

    ``terms`` say from when, and what is dropped of the version in force then; ``seen`` are the
    numbers that the person saw in force or planned, None: whichever are. It is checked as anything
    that is published: raises BrokenFilesError, what Terms and the line raise, and SameFilesError,
    BadReasonError, NotFoundError and VersionChangedError.
    """
    said = checked_reason(reason)
    lock(conn)
    catch_up(conn, now=now)
    old = row_of(conn, procedure, number)
    bundle = _checked(conn, old)
    moment = terms.moment(conn, now)
    at = place(conn, procedure, moment)
    if at.before is not None and at.before.digest == old.digest:
        raise SameFilesError(at.before, number)
    known = _known(at, seen)
    named = frozenset((procedure, each) for each in known)
    check(conn, procedure, at, replace(terms, source=Source.AGAIN, replaces=named))
    given_up = dropped_by(conn, bundle, at)
    if problems := tuple(unsaid(given_up, terms.drops, said, procedure)):
        raise BrokenFilesError(problems)
    made = add(conn, bundle, at, Deed(by, now, said, Source.AGAIN, given_up, old.id))
    if moment == now:
        planning.plan(conn, bundle.compiled, now=now)
    return made


def _known(at: Place, seen: Collection[int] | None) -> set[int]:
    """Give the version that is replaced, if it was seen; else what was, which stands no more."""
    if at.before is None:
        return set()
    before = at.before.number
    return {before} if seen is None or before in seen else set(seen)


def _checked(conn: sa.Connection, old: sa.Row[Any]) -> Bundle:
    known = current(conn).kept.keys() | BROUGHT
    bundles = prepare_all(files_of(conn, old), [old.procedure], calendars=known)
    if problems := taken_by_others(conn, bundles):
        raise BrokenFilesError(tuple(problems))
    return bundles[0]
