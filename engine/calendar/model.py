"""What a calendar is: a working week, the days that differ from it, and the zone they are in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

Span = tuple[int, int]
"""Minutes of the day, 0 <= start < end <= 1440."""


class Words(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


class RuleError(ValueError):
    """A limit, date or cycle is none, or cannot be reckoned; says why, and what to write."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh = zh
        self.en = en


class NoLimitError(RuleError):
    """A text cannot be read as a limit at all."""


class NothingError(RuleError):
    """A limit is no time at all: nobody would draw it, but a table may give it."""


@dataclass(frozen=True)
class Day:
    """One day that differs from its week: a holiday has no spans, a make-up workday has some.

    `note` is shown where a deadline is explained ("国庆节"), `source` says who announced it.
    """

    spans: tuple[Span, ...]
    note: str
    source: str


@dataclass(frozen=True)
class Calendar:
    """When one place works. `week` has seven days, Monday first; spans are sorted and disjoint.

    `days` are the exceptions; `announced` are the years whose public holidays are published:
    what is reckoned through any other year is provisional. `zone` is an IANA name.
    """

    code: str
    zh: str
    en: str
    zone: str
    week: tuple[tuple[Span, ...], ...]
    days: Mapping[date, Day] = field(default_factory=dict)
    announced: Collection[int] = frozenset()


class Calendars(Protocol):
    """The calendars of a company. KeyError for a code that none of them has."""

    def choose(self, *, named: str | None, role: str | None, site: str | None) -> Calendar:
        """Give the calendar named by a drawing, else that of a role, of a site, of the company."""

    def get(self, code: str) -> Calendar:
        """Give the calendar of this code."""


class _Alone:
    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def choose(self, *, named: str | None, role: str | None, site: str | None) -> Calendar:
        del role, site
        return self._calendar if named is None else self.get(named)

    def get(self, code: str) -> Calendar:
        if code != self._calendar.code:
            raise KeyError(code)
        return self._calendar


OFFICE_HOURS: Final[tuple[Span, ...]] = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
STANDARD: Final[Calendars] = _Alone(
    Calendar(
        code="standard",
        zh="标准日历",
        en="Standard calendar",
        zone="Asia/Shanghai",
        week=(OFFICE_HOURS,) * 5 + ((), ()),
        announced=range(1, 10_000),
    )
)
"""Monday to Friday 09-12 and 13-18 in Asia/Shanghai, without any holidays."""
