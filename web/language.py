"""Two languages and the company's clock: words by ``t``, dates and durations by Babel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from babel import Locale, dates, numbers, units
from flask import Flask, current_app, g, has_request_context, request

from engine.acts.table import EVERY
from engine.settings import Company, company
from web.clock import now
from web.database import connection

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

COOKIE = "lang"
LANGUAGES = ("zh", "en")
SOON = timedelta(hours=24)
SETTINGS_KEPT = 30.0
_LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}
_TAGS = {"zh": "zh-CN", "en": "en"}


class _Named(Protocol):
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """How a deadline stands: ``state`` is late, soon, calm or met; ``text`` says it in words."""

    at: datetime
    state: str
    text: str


def language() -> str:
    """Return the reader's language: the person's own, else the cookie's, else the browser's.

    Chinese, where the browser wants neither of the two.
    """
    lang: str | None = g.get("lang")
    if lang is None:
        lang = g.lang = _asked_for() if has_request_context() else "zh"
    return lang


def _asked_for() -> str:
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = (tag.partition("-")[0].lower() for tag, much in request.accept_languages if much > 0)
    return next((lang for lang in wanted if lang in LANGUAGES), "zh")


def use_language(lang: str) -> None:
    """Speak this language for the rest of the request."""
    g.lang = lang if lang in LANGUAGES else "zh"


def t(zh: str, en: str) -> str:
    """Return the text in the reader's language."""
    return en if language() == "en" else zh


def named(names: _Named | None) -> str:
    """Return a two-language name in the reader's language, the other one where it is empty."""
    if names is None:
        return ""
    first, second = (names.en, names.zh) if language() == "en" else (names.zh, names.en)
    return first or second


def our_company() -> Company:
    """Return the company's settings, at most half a minute old."""
    kept: tuple[float, Company] | None = current_app.extensions.get("banjie.company")
    if kept is None or monotonic() - kept[0] > SETTINGS_KEPT:
        kept = (monotonic(), company(connection()))
        current_app.extensions["banjie.company"] = kept
    return kept[1]


def _zone() -> ZoneInfo:
    zone: ZoneInfo | None = g.get("zone")
    if zone is None:
        zone = g.zone = our_company().zone
    return zone


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_zone())


def day_and_time(moment: datetime) -> str:
    """Return ``11月28日 16:00``, with the year where it is not this one."""
    local = _local(moment)
    same = local.year == _local(now()).year
    patterns = {
        "zh": "M月d日 HH:mm" if same else "y年M月d日 HH:mm",
        "en": "d MMM HH:mm" if same else "d MMM y HH:mm",
    }
    return dates.format_datetime(local, patterns[language()], locale=_LOCALES[language()])


def full_time(moment: datetime) -> str:
    """Return the moment to the second with year and zone, for a tooltip."""
    return f"{_local(moment):%Y-%m-%d %H:%M:%S %Z}"


def day(moment: datetime) -> str:
    """Return the company's day of a moment: ``11月21日星期六``."""
    patterns = {"zh": "M月d日EEEE", "en": "EEEE, d MMMM"}
    return dates.format_date(
        _local(moment).date(), patterns[language()], locale=_LOCALES[language()]
    )


def money(amount: str | Decimal) -> str:
    """Return an amount in yuan, grouped: ``¥1,280.50``."""
    return numbers.format_currency(Decimal(amount), "CNY", locale=_LOCALES["zh"])


def size(count: int) -> str:
    """Return a number of bytes as people say it: ``1.4 MB``."""
    kilobytes = count / 1024
    if kilobytes < 1024:  # noqa: PLR2004 - kilobytes in a megabyte
        return f"{max(kilobytes, 1):.0f} KB"
    return f"{kilobytes / 1024:.1f} MB"


def ago(moment: datetime) -> str:
    """Return how long ago, in one unit: ``3小时前``."""
    return dates.format_timedelta(
        moment - now(), add_direction=True, locale=_LOCALES[language()], threshold=1
    )


def span(length: timedelta) -> str:
    """Return a duration in its two largest units, to the minute: ``2天4小时``."""
    minutes = max(int(length.total_seconds() // 60), 0)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    counts = {"day": days, "hour": hours, "minute": 0 if days else minutes}
    shown = {unit: count for unit, count in counts.items() if count} or {"minute": 0}
    lang = language()
    said = (_in_unit(count, unit, lang) for unit, count in shown.items())
    return ("" if lang == "zh" else " ").join(said)


@lru_cache(maxsize=1024)
def _in_unit(count: int, unit: str, lang: str) -> str:
    return units.format_unit(count, f"duration-{unit}", "short", locale=_LOCALES[lang])


def clock(due: datetime, met: datetime | None = None) -> Clock:
    """Return how a deadline stands now, or stood when it was met."""
    left = due - (met or now())
    if met is not None:
        late = left < timedelta(0)
        text = t("逾期完成", "done late") if late else t("按时完成", "done in time")
        return Clock(due, "late" if late else "met", text)
    said = span(abs(left))
    if left < timedelta(0):
        return Clock(due, "late", t(f"逾期 {said}", f"{said} overdue"))
    state = "soon" if left < SOON else "calm"
    return Clock(due, state, t(f"剩 {said}", f"{said} left"))


def speak(app: Flask) -> None:
    """Give the templates their words and formats."""
    app.jinja_env.globals.update(t=t, clock=clock, our_company=our_company, every_act=EVERY)
    app.jinja_env.filters.update(
        named=named,
        day_and_time=day_and_time,
        full_time=full_time,
        day=day,
        money=money,
        ago=ago,
        span=span,
        size=size,
        iso=lambda moment: moment.astimezone(UTC).isoformat(timespec="seconds"),
    )
    app.context_processor(lambda: {"lang": language(), "lang_tag": _TAGS[language()], "now": now()})
