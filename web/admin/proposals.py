"""A change of calendars as forms post it: thought through, carried along, and then confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.calendars import Kept
from engine.calendars.cells import CellError
from engine.calendars.edits import (
    BadCalendarError,
    complete_years,
    existing,
    week_from,
    with_calendar,
    with_changes,
    with_days,
    with_use,
)
from engine.calendars.files import COLUMNS, line_of, read, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import FileStorage, MultiDict

    from engine.calendar import Span
    from engine.calendars import Stored

    Posted = MultiDict[str, str]

BY_HAND: Final = "手工 / by hand"
LONGEST_NAME: Final = 80
WEEK: Final = tuple(f"day{number}" for number in range(7))
"""The names of the seven boxes of a week, Monday first."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The calendars after a change, and the posted values that make it once more.

    `years` are those of a file, and whether each is taken as announced with it.
    """

    after: Stored
    carried: tuple[tuple[str, str], ...]
    years: tuple[tuple[int, bool], ...] = ()


def proposed(stored: Stored, posted: Posted, file: FileStorage | None) -> Proposal:
    """Return what a posted change makes of the calendars.

    Raises BadCalendarError, BadCalendarFileError and NotFoundError.
    """
    change = change_of(posted)
    if change == "import":
        return _import(stored, posted, file)
    make = _CHANGES.get(change)
    if make is None:
        raise BadCalendarError("没有这种修改。", "There is no such change.")
    return Proposal(make(stored, posted), tuple(_typed(posted)))


def change_of(posted: Posted) -> str:
    """Return which change is meant; without a button of the page of a year, the one it has."""
    meant = "day" if posted.get("date") else "calendar"
    return posted.get("change", meant if "year" in posted else "")


def _typed(posted: Posted) -> list[tuple[str, str]]:
    ours = {"csrf_token", "revision", "why"}
    return [pair for pair in posted.items(multi=True) if pair[0] not in ours]


def _import(stored: Stored, posted: Posted, file: FileStorage | None) -> Proposal:
    """Take the days of an uploaded file, or of the text that a preview has carried along."""
    text = posted.get("text", "")
    name = posted.get("name", "")
    if file is not None and file.filename:
        content, name = file.stream.read(), file.filename.rpartition("/")[2][:LONGEST_NAME]
    else:
        content = text.encode()
    lines = read(content)
    asked = posted.getlist("announced") if text and "years" in posted else None
    found = sorted({line.day.year for line in lines})
    whole = complete_years(lines) if asked is None else [y for y in found if str(y) in asked]
    code = posted.get("calendar", "")
    after = with_days(stored, code, lines, announced=whole, source=name or BY_HAND)
    carried = (
        *(("change", "import"), ("calendar", code), ("name", name), ("text", written(lines))),
        ("years", "said"),
    )
    known = stored.kept[code].announced
    years = () if known is None else tuple((y, y in whole) for y in found if y not in known)
    return Proposal(after, carried, years)


def _day(stored: Stored, posted: Posted) -> Stored:
    try:
        line = line_of({name: posted.get(name, "") for name in COLUMNS})
    except CellError as error:
        column = COLUMNS[error.column]
        said = f"{column.zh}：{error.zh}", f"{column.en}: {error.en}"
        raise BadCalendarError(*said) from None
    code = posted.get("calendar", "")
    return with_days(stored, code, [line], announced=(), source=BY_HAND)


def _make(stored: Stored, posted: Posted) -> Stored:
    """Make a calendar, with the public holidays of another one if it shall have some."""
    like = existing(stored, posted["like"]) if posted.get("like") else None
    new = Kept(
        posted.get("code", "").strip(),
        *_names(posted),
        posted.get("zone", "").strip(),
        _week(posted),
        None if like is None else like.announced,
        {} if like is None else like.days,
    )
    return with_calendar(stored, new)


def _change(stored: Stored, posted: Posted) -> Stored:
    kept = existing(stored, posted.get("calendar", ""))
    zh, en = _names(posted)
    zone = posted.get("zone", "").strip()
    return with_changes(stored, replace(kept, zh=zh, en=en, zone=zone, week=_week(posted)))


def _use(stored: Stored, posted: Posted) -> Stored:
    kind = posted.get("kind", "")
    code = posted.get("role" if kind == "role" else "site", "").strip()
    code = "" if kind == "company" else code
    return with_use(stored, kind, code, posted.get("calendar") or None)


def _names(posted: Posted) -> tuple[str, str]:
    return posted.get("zh", "").strip(), posted.get("en", "").strip()


def _week(posted: Posted) -> tuple[tuple[Span, ...], ...]:
    return week_from([posted.get(name, "") for name in WEEK])


_CHANGES: Final[dict[str, Callable[[Stored, Posted], Stored]]] = {
    "day": _day,
    "new": _make,
    "calendar": _change,
    "use": _use,
}
