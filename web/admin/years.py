"""A year of a calendar, laid out to be looked at: twelve months, and the days that differ."""

from __future__ import annotations

import calendar as weeks
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.calendar.words import noted
from engine.calendars import BY_NOTICE
from engine.calendars.differences import day_said, hours_in_words
from engine.spiff import Names

if TYPE_CHECKING:
    from datetime import date

    from engine.calendar import Words
    from engine.calendars import Kept, SetDay


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day: `state` is work, off, holiday, makeup or other (a month's neighbour)."""

    day: date
    state: str
    title: Names
    is_today: bool


@dataclass(frozen=True, slots=True)
class SetRow:
    """One day that differs from its week; `source` is as stored, `origin` as people say it."""

    day: date
    said: Names
    hours: Names
    note: Words
    source: str
    origin: Names
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Year:
    """A year; `is_announced` is False while its public holidays are only those of the law."""

    year: int
    is_announced: bool
    months: tuple[tuple[tuple[DayCell, ...], ...], ...]
    set_days: tuple[SetRow, ...]


def year_of(kept: Kept, year: int, *, today: date) -> Year:
    """Lay out one year of a calendar."""
    rows = tuple(_row(kept, day) for day in kept.days if day.year == year)
    announced = kept.announced is None or year in kept.announced
    months = tuple(_month(kept, year, month, today) for month in range(1, 13))
    return Year(year, announced, months, rows)


def _row(kept: Kept, day: date) -> SetRow:
    found = kept.days[day]
    spans = kept.ready.days[day].spans
    hours = hours_in_words(spans)
    note, origin = noted(found.note), _origin(found)
    return SetRow(
        *(day, day_said(day), hours, note, found.source, origin),
        is_provisional=found.is_provisional,
    )


def _origin(found: SetDay) -> Names:
    if found.is_provisional:
        return Names("法定节假日推算", "statutory days, computed")
    if found.source.startswith(BY_NOTICE):
        return Names("国务院放假通知", "State Council notice")
    zh, _, en = found.source.partition(" / ")
    return Names(zh, en or zh)


def _month(kept: Kept, year: int, month: int, today: date) -> tuple[tuple[DayCell, ...], ...]:
    found = weeks.Calendar().monthdatescalendar(year, month)
    return tuple(tuple(_cell(kept, day, month, today) for day in week) for week in found)


def _cell(kept: Kept, day: date, month: int, today: date) -> DayCell:
    found = kept.ready.days.get(day)
    usual = kept.week[day.weekday()]
    spans = usual if found is None else found.spans
    title = hours_in_words(spans)
    if found is not None and found.note:
        note = noted(found.note)
        title = Names(f"{note.zh} {title.zh}", f"{note.en} {title.en}")
    state = "work" if spans else "off"
    if found is not None and bool(spans) != bool(usual):
        state = "makeup" if spans else "holiday"
    elif found is not None and not spans:
        state = "holiday"
    return DayCell(day, state if day.month == month else "other", title, day == today)
