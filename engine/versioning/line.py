"""The line of a procedure's versions: what a new one follows, and what is planned after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.errors import Refusal
from engine.settings import company
from engine.tables import versions
from engine.versioning.terms import Source

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from engine.versioning.terms import Terms

_PUBLISHING = 0x42_61_6E_6A  # advisory lock: one publisher at a time

PLANNED: Final = sa.and_(versions.c.began_at.is_(None), versions.c.withdrawn_at.is_(None))
STANDING: Final = sa.or_(versions.c.in_force, PLANNED)
_STANDING = (
    sa.select(versions)
    .where(versions.c.procedure == sa.bindparam("procedure"), STANDING)
    .order_by(sa.not_(versions.c.in_force), versions.c.begins_at)
)


class OverwritingError(Refusal):
    """What is published was not made from the version that it would replace."""

    code = "would_overwrite"

    def __init__(self, row: sa.Row[Any], by: Source) -> None:
        source = Source(row.source).names
        option = f"--replaces {row.procedure}={row.number}"
        zh, en = "请在该版的页面上重新操作。", "Begin again from its page."
        if by is Source.FILES:
            zh = f"请先把它的内容并入文件；确认取代时写明 {option}。"
            en = f"Take over what it has into the files; then, to replace it, say {option}."
        super().__init__(
            f"“{row.zh}”第 {row.number} 版来自{source.zh}，本次发布没有说明取代它。{zh}",
            f"Version {row.number} of “{row.en}” comes from {source.en}, and nothing says that "
            f"this is to replace it. {en}",
        )


class VersionCameBetweenError(Refusal):
    """Somebody has published meanwhile; the version that was to be replaced stands no more."""

    code = "version_came_between"

    def __init__(self, row: sa.Row[Any], named: int) -> None:
        super().__init__(
            f"“{row.zh}”的第 {named} 版已不是要取代的版本，其间已有第 {row.number} 版。"
            "请重新打开版本页查看后再发布。",
            f"Version {named} of “{row.en}” is no longer the one to replace: there is version "
            f"{row.number} by now. Look at it first, then publish again.",
        )


class PlannedAfterError(Refusal):
    """A version that is planned already would undo the new one when it begins."""

    code = "planned_after"

    def __init__(self, row: sa.Row[Any], by: Source, zone: ZoneInfo) -> None:
        day = f"{row.begins_at.astimezone(zone):%Y-%m-%d}"
        zh, en = "请先撤回它。", "Withdraw it first."
        if by is Source.FILES:
            option = f"--replaces {row.procedure}={row.number}"
            zh = f"请先撤回它；或写明 {option}，发布时一并撤回。"
            en = f"Withdraw it first, or say {option} to withdraw it with this."
        super().__init__(
            f"“{row.zh}”第 {row.number} 版已定于 {day} 生效，届时会取代本次发布的版本。{zh}",
            f"Version {row.number} of “{row.en}” is planned from {day} and would undo this one. "
            f"{en}",
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new version would stand: rows of ``versions`` before it and planned after it."""

    before: sa.Row[Any] | None
    after: tuple[sa.Row[Any], ...]
    begins: datetime

    def has(self, digest: bytes) -> sa.Row[Any] | None:
        """Return the version with these very files that holds at that moment, if any."""
        same = (row for row in self.after if row.begins_at == self.begins)
        return next((row for row in (*same, self.before) if row and row.digest == digest), None)


def lock(conn: sa.Connection) -> None:
    """Let only one publisher, or worker that switches, go on until its transaction ends."""
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISHING)))


def place(conn: sa.Connection, procedure: str, begins: datetime) -> Place:
    """Return where a version that begins then would stand; what is due has been switched."""
    standing = conn.execute(_STANDING, {"procedure": procedure}).all()
    before = [row for row in standing if row.in_force or row.begins_at < begins]
    after = tuple(row for row in standing if not row.in_force and row.begins_at >= begins)
    return Place(before[-1] if before else None, after, begins)


def check(conn: sa.Connection, procedure: str, found: Place, terms: Terms) -> None:
    """Let nobody undo unknowingly what another has published.

    Raises VersionCameBetweenError, PlannedAfterError and OverwritingError.
    """
    before, named = found.before, terms.named(procedure)
    if before is None:
        return
    gone = named - {row.number for row in (before, *found.after)}
    if gone:
        raise VersionCameBetweenError((before, *found.after)[-1], min(gone))
    for row in found.after:
        if row.number not in named:
            raise PlannedAfterError(row, terms.source, company(conn).zone)
    may_follow = terms.source is Source.FILES and before.source == Source.FILES
    if before.number not in named and not may_follow:
        raise OverwritingError(before, terms.source)
