"""One typed text into one exact value, with the habits of Chinese keyboards and papers."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from forms import messages
from forms.fields import Field, Kind
from forms.names import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

Scalar: TypeAlias = "str | int | bool | None"
Read: TypeAlias = "Scalar | Problem"

# Zero-width characters come along when people paste from chats and web pages.
_BLANK = re.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")
_WIDE = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
_SIGNS = {**dict.fromkeys(map(ord, "−–—﹣"), "-"), ord("﹐"): ",", ord("。"): "."}
_NARROW = {**_WIDE, **_SIGNS, 0x3000: " ", 0xA0: " "}

_LONGEST_NUMBER = 40
_MOST_DIGITS = 14
_MOST_DECIMALS = 6
_MONEY_DECIMALS = 2
_NUMBER = re.compile(r"(-?)([0-9,]+)(?:\.([0-9]*))?")
_TEN_THOUSANDS = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)万")
_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_CURRENCY = re.compile(r"^(?:¥|￥|RMB|CNY)\s*|\s*(?:元|CNY|RMB)$", re.IGNORECASE)
_DAY = (
    r"([0-9]{4})\s*(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2})"
    r"|年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日)"
)
_DATE = re.compile(_DAY)
_MOMENT = re.compile(
    _DAY + r"(?:\s+|T|(?<=日))([0-9]{1,2})(?::|时|点)([0-9]{2})?(?:(?::|分)([0-9]{2})?秒?)?"
)
_EARLIEST, _ZONES_BEGAN, _LATEST = 1900, 1902, 2199
_YES, _NO = {"true", "on", "1", "yes", "是"}, {"false", "off", "0", "no", "否"}


def trimmed(text: str) -> str:
    return _BLANK.sub("", text)


def read_scalar(field: Field, typed: str, zone: tzinfo) -> Read:
    """Give the value, None for an empty answer, or what is wrong with it."""
    text = trimmed(typed)
    if not text:
        return False if field.kind is Kind.BOOLEAN and field.look.widget == "checkbox" else None
    if field.kind is Kind.DATE_TIME:
        return _moment(text.translate(_NARROW), zone)
    reader = _READERS.get(field.kind)
    return reader(text.translate(_NARROW)) if reader else _words(field, text)


def _words(field: Field, text: str) -> str:
    if field.limits.pattern or field.kind is Kind.EMAIL:
        text = text.translate(_NARROW)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if field.look.widget == "textarea" else " ".join(lines.split("\n"))


def _parts(text: str, wrong: Problem) -> tuple[str, str] | Problem:
    """Split into signed whole digits without commas, and decimals."""
    compact = text.replace(" ", "")
    if len(compact) > _LONGEST_NUMBER:
        return messages.TOO_LARGE
    found = _NUMBER.fullmatch(compact.removeprefix("+"))
    if found is None:
        short = _TEN_THOUSANDS.fullmatch(compact)
        return messages.in_full(Decimal(short[1]) * 10_000) if short else wrong
    sign, whole, decimals = found.groups()
    if "," in whole and not _GROUPS.fullmatch(whole):
        return messages.BAD_COMMAS
    digits = whole.replace(",", "").lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        return messages.TOO_LARGE
    return sign + digits, decimals or ""


def _integer(text: str) -> Read:
    parts = _parts(text, messages.NOT_A_WHOLE_NUMBER)
    if isinstance(parts, Problem):
        return parts
    return messages.NOT_A_WHOLE_NUMBER if parts[1].strip("0") else int(parts[0])


def _decimal(text: str) -> Read:
    parts = _parts(text, messages.NOT_A_DECIMAL)
    if isinstance(parts, Problem):
        return parts
    whole, decimals = parts
    if len(decimals) > _MOST_DECIMALS:
        return messages.TOO_EXACT
    return _unsigned_zero(f"{whole}.{decimals}" if decimals else whole)


def _money(text: str) -> Read:
    parts = _parts(_CURRENCY.sub("", text), messages.NOT_MONEY)
    if isinstance(parts, Problem):
        return parts
    whole, decimals = parts
    if decimals[_MONEY_DECIMALS:].strip("0"):
        return messages.NOT_MONEY
    return _unsigned_zero(f"{whole}.{decimals[:_MONEY_DECIMALS]:0<{_MONEY_DECIMALS}}")


def _unsigned_zero(number: str) -> str:
    return number.removeprefix("-") if not number.strip("-0.") else number


def _date(text: str) -> Read:
    found = _DATE.fullmatch(text)
    day = _day(found) if found else messages.NOT_A_DATE
    return day if isinstance(day, Problem) else day.isoformat()


def _day(found: re.Match[str]) -> date | Problem:
    year, _, *pairs = found.groups()[:8]
    month, day = (int(part) for part in pairs if part)
    if not _EARLIEST <= int(year) <= _LATEST:
        return messages.OUT_OF_CALENDAR
    try:
        return date(int(year), month, day)
    except ValueError:
        return messages.no_such_day(int(year), month, day)


def _moment(text: str, zone: tzinfo) -> Read:
    """Read company wall time; an offset that is already there is kept as the same instant."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return _instant(text, zone)
    day = _day(found)
    if isinstance(day, Problem):
        return day
    hour, minute, second = (int(part or 0) for part in found.groups()[8:])
    try:
        clock = time(hour, minute, second)
    except ValueError:
        return messages.NOT_A_TIME
    moment = datetime.combine(day, clock, zone)
    # Local mean time, before zones were introduced, has offsets that no standard can write.
    offset = moment.utcoffset() or timedelta()
    return messages.OUT_OF_CALENDAR if offset % timedelta(minutes=1) else moment.isoformat()


def _instant(text: str, zone: tzinfo) -> Read:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return messages.NOT_A_TIME
    if moment.tzinfo is None:
        return messages.NOT_A_TIME
    if not _ZONES_BEGAN <= moment.year <= _LATEST:
        return messages.OUT_OF_CALENDAR
    return moment.astimezone(zone).replace(microsecond=0).isoformat()


def _boolean(text: str) -> Read:
    word = text.lower()
    if word in _YES | _NO:
        return word in _YES
    return messages.NOT_YES_OR_NO


_READERS: dict[Kind, Callable[[str], Read]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.BOOLEAN: _boolean,
}
