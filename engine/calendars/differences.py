"""What a change of calendars changes, in words: day by day, a week, a zone, who uses which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.calendar.words import noted
from engine.calendars import COMPANY
from engine.calendars.cells import hours_said
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from engine.calendar import Span
    from engine.calendars import Kept, SetDay, Stored

WEEKDAYS: Final = (
    *(Names("周一", "Mon"), Names("周二", "Tue"), Names("周三", "Wed"), Names("周四", "Thu")),
    *(Names("周五", "Fri"), Names("周六", "Sat"), Names("周日", "Sun")),
)
_NONE: Final = Names("—", "—")
_SCOPES: Final = {"site": Names("地点", "Site"), "role": Names("角色", "Role")}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is `before` so and `after` otherwise.

    `key` says what without words, such as ``2026-11-25`` or ``zone``, of the calendar with this
    code; a use, such as ``role qc``, is of none.
    """

    what: Names
    before: Names
    after: Names
    key: str
    calendar: str | None = None


def differences(
    before: Stored, after: Stored, *, roles: Mapping[str, Names] | None = None
) -> list[Difference]:
    """Return what differs, calendars first. `roles` are the roles' names by code."""
    found = [
        each
        for code, kept in after.kept.items()
        if (known := before.kept.get(code)) != kept
        for each in (_of(known, kept) if known else [_new(kept)])
    ]
    return [*found, *_uses(before, after, roles or {})]


def hours_in_words(spans: tuple[Span, ...]) -> Names:
    """Say open hours, or that a day is off."""
    if not spans:
        return Names("休", "off")
    hours = hours_said(spans).replace("00:00-24:00", "")
    return Names(f"班 {hours}".strip(), f"work {hours}".strip()) if hours else _AROUND


_AROUND: Final = Names("全天", "around the clock")


def day_said(day: date) -> Names:
    """Say a day with its weekday."""
    name = WEEKDAYS[day.weekday()]
    return Names(f"{day}（{name.zh}）", f"{name.en} {day}")


def _new(kept: Kept) -> Difference:
    names = Names(kept.zh, kept.en)
    return Difference(Names("新日历", "New calendar"), _NONE, names, "new", kept.code)


def _of(before: Kept, after: Kept) -> Iterator[Difference]:
    code = after.code
    if (before.zh, before.en) != (after.zh, after.en):
        names = Names(before.zh, before.en), Names(after.zh, after.en)
        yield Difference(Names("名称", "Name"), *names, "name", code)
    if before.zone != after.zone:
        zones = Names(before.zone, before.zone), Names(after.zone, after.zone)
        yield Difference(Names("时区", "Time zone"), *zones, "zone", code)
    for name, old, new in zip(WEEKDAYS, before.week, after.week, strict=True):
        if old != new:
            yield Difference(name, hours_in_words(old), hours_in_words(new), name.en, code)
    yield from _years(before, after)
    for day in sorted(before.days.keys() | after.days.keys()):
        said = _said(before, day), _said(after, day)
        if said[0] != said[1]:
            yield Difference(day_said(day), *said, f"{day}", code)


def _years(before: Kept, after: Kept) -> Iterator[Difference]:
    for year in sorted((after.announced or frozenset()) - (before.announced or frozenset())):
        said = Names("暂定", "provisional"), Names("已公布", "announced")
        what = Names(f"{year} 年放假安排", f"Public holidays of {year}")
        yield Difference(what, *said, f"{year}", after.code)


def _said(kept: Kept, day: date) -> Names:
    found: SetDay | None = kept.days.get(day)
    if found is None:
        return hours_in_words(kept.week[day.weekday()])
    hours = hours_in_words(kept.ordinary if found.spans is None else found.spans)
    if not found.note:
        return hours
    note = noted(found.note)
    return Names(f"{hours.zh}（{note.zh}）", f"{hours.en} ({note.en})")


def _uses(before: Stored, after: Stored, roles: Mapping[str, Names]) -> Iterator[Difference]:
    for use in sorted(before.uses.keys() | after.uses.keys()):
        old, new = before.uses.get(use), after.uses.get(use)
        if old != new:
            names = _calendar(before, old), _calendar(after, new)
            yield Difference(use_said(*use, roles), *names, " ".join(use).strip())


def use_said(kind: str, code: str, roles: Mapping[str, Names]) -> Names:
    """Say who uses a calendar: the company, a site or a role."""
    if (kind, code) == COMPANY:
        return Names("全公司", "The company")
    scope = _SCOPES[kind]
    known = roles.get(code, Names(code, code)) if kind == "role" else Names(code, code)
    return Names(f"{scope.zh} {known.zh}", f"{scope.en} {known.en}")


def _calendar(stored: Stored, code: str | None) -> Names:
    kept = stored.kept.get(code or "")
    return _NONE if kept is None else Names(kept.zh, kept.en)
