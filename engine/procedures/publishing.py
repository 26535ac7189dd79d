"""Publishing: a checked bundle becomes the next immutable version of its procedure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.calendars import current
from engine.calendars.seeds import BROUGHT, seed
from engine.cases.firsts import taken_by_others
from engine.duties import planning
from engine.procedures.bundles import prepare_all
from engine.procedures.promises import dropped_by, unsaid
from engine.spiff import BrokenFilesError, roots
from engine.versioning.comparing import FileChanges, changes, digests, stored
from engine.versioning.line import check, lock, place
from engine.versioning.switching import catch_up
from engine.versioning.terms import AT_ONCE
from engine.versioning.writing import Deed, add

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import sqlalchemy as sa

    from engine.people import Person
    from engine.procedures.bundles import Bundle
    from engine.spiff import Names
    from engine.versioning.line import Place
    from engine.versioning.terms import Terms


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did for one procedure: the version that holds then, and whether it is new.

    ``files`` are those that made it new. ``begins`` (UTC) is when it comes into force, None when
    it is.
    """

    procedure: str
    names: Names
    number: int
    changed: bool
    files: FileChanges
    begins: datetime | None


def publish(
    conn: sa.Connection,
    given: Mapping[str, bytes],
    *,
    by: Person | None,
    now: datetime,
    note: str = "",
    terms: Terms = AT_ONCE,
) -> list[Published]:
    """Publish every procedure among the files; one whose files did not change stays as it is.

    All or none: raises BrokenFilesError naming every problem, and then nothing was written. A
    guarantee or clause of the version before is dropped only if the terms name it, with a note
    that says why; the new version keeps which they were.
    Raises what the terms do: PastDayError, OverwritingError, VersionCameBetweenError and
    PlannedAfterError. The calendars that the product brings are there afterwards.
    """
    known = current(conn).kept.keys() | BROUGHT
    bundles = prepare_all(given, roots(given), calendars=known)
    lock(conn)
    catch_up(conn, now=now)
    begins = terms.moment(conn, now)
    problems = taken_by_others(conn, bundles)
    placed = [(new, place(conn, new.compiled.id, begins)) for new in bundles]
    given_up = {new.compiled.id: dropped_by(conn, new, at) for new, at in placed}
    for procedure, each in given_up.items():
        problems += unsaid(each, terms.drops, note, procedure)
    if problems:
        raise BrokenFilesError(tuple(problems))
    seed(conn, now=now)
    published = [
        _publish(conn, new, at, Deed(by, now, note, terms.source, given_up[new.compiled.id]), terms)
        for new, at in placed
    ]
    for new in bundles if begins == now else ():
        planning.plan(conn, new.compiled, now=now)
    return published


def _publish(conn: sa.Connection, new: Bundle, at: Place, deed: Deed, terms: Terms) -> Published:
    compiled = new.compiled
    if same := at.has(new.digest):
        return _told(new, same.number, None if same.in_force else same.begins_at, None)
    check(conn, compiled.id, at, terms)
    number = add(conn, new, at, deed)
    old = {} if at.before is None else stored(conn, at.before.id)
    begins = at.begins if at.begins > deed.now else None
    return _told(new, number, begins, changes(old, digests(new.files)))


def _told(
    new: Bundle, number: int, begins: datetime | None, files: FileChanges | None
) -> Published:
    compiled, is_new = new.compiled, files is not None
    return Published(compiled.id, compiled.names, number, is_new, files or FileChanges(), begins)
