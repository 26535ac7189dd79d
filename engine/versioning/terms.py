"""On which terms something is published: where it comes from, from when, and in place of what.

The versions of a procedure are one line. A new one stands in it after the version that is in force
when it begins, and never takes the place of work that its publisher did not know of:

- Files may follow files. What was changed in the product, or published again there, they follow
  only by naming its number; the product always names the version that it changed.
- A number that is named but stands there no more means that somebody came between.
- A version that is planned for the same or a later moment would undo the new one. So it is named
  too, and thereby withdrawn; or it is withdrawn first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.errors import Refusal
from engine.settings import company
from engine.spiff import Names

if TYPE_CHECKING:
    import sqlalchemy as sa


class Source(StrEnum):
    """Where a version came from."""

    FILES = "files"
    PRODUCT = "product"
    AGAIN = "again"

    @property
    def names(self) -> Names:
        """What people call it."""
        return _NAMES[self]


_NAMES = {
    Source.FILES: Names("文件", "files"),
    Source.PRODUCT: Names("产品内修改", "a change in the product"),
    Source.AGAIN: Names("旧版重新发布", "an older version, published again"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How something is published; ``replaces`` names versions by procedure and number.

    ``drops`` are ids of guarantees and clauses that are knowingly given up.

    ``begins`` is a day in the company's zone, from its first minute on; None: at once.
    """

    source: Source = Source.FILES
    begins: date | None = None
    replaces: frozenset[tuple[str, int]] = frozenset()
    drops: frozenset[str] = frozenset()

    def moment(self, conn: sa.Connection, now: datetime) -> datetime:
        """Return when it begins (UTC). Raises PastDayError for a day that is not to come."""
        if self.begins is None:
            return now
        begins = datetime.combine(self.begins, time(), company(conn).zone).astimezone(UTC)
        if begins <= now:
            raise PastDayError(self.begins)
        return begins

    def named(self, procedure: str) -> set[int]:
        """Return the numbers of a procedure's versions that are knowingly replaced."""
        return {number for each, number in self.replaces if each == procedure}


AT_ONCE = Terms()


class PastDayError(Refusal):
    """A version is planned for a day that has begun already."""

    code = "past_day"

    def __init__(self, day: date) -> None:
        super().__init__(
            f"生效日期 {day} 不在今天之后。请填明天或以后的日期；要立即生效，请不填日期。",
            f"The day {day} is not after today. Give a later one, or none to publish at once.",
        )
