"""Calendars on the command line: a year to look at, a file to take over, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine import calendars
from engine.calendars.changes import change
from engine.calendars.differences import day_said, differences, hours_in_words
from engine.calendars.edits import complete_years, existing, with_days
from engine.calendars.files import read
from engine.clocks import deadlines
from engine.errors import Refusal
from engine.reasons import LONGEST, BadReasonError, checked_reason
from engine.settings import company
from web.commands.hand import whoever_types
from web.commands.say import local, say

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.calendars import Stored

EVERY_CASE = 1_000_000


class UnexplainedError(Refusal):
    """A file is to be taken over without a reason that can be kept."""

    code = "bad_reason"

    def __init__(self) -> None:
        super().__init__(
            f"没有导入：请用 --why 写明原因，{LONGEST} 字以内；只看会改动什么，请用 --dry-run。",
            f"Nothing was taken over: say why with --why, in {LONGEST} characters or fewer, or "
            "only look at what would change with --dry-run.",
        )


def import_file(
    connection: Connection,
    file: Path,
    *,
    code: str,
    years: Collection[int],
    why: str,
    now: datetime,
) -> None:
    """Take over a file and say what it changes; the caller commits.

    Raises UnexplainedError, BadCalendarFileError and NotFoundError.
    """
    try:
        reason = checked_reason(why)
    except BadReasonError as error:
        raise UnexplainedError from error
    after = try_file(connection, file, code=code, years=years, now=now)
    if after is None:
        return
    made = change(connection, after, by=whoever_types(connection, now=now), now=now, note=reason)
    say(
        f"已保存为第 {made.id} 次修改；后台将重新计算 {made.cases} 个案件的期限"
        "（banjie calendar changes）。",
        f"Saved as change {made.id}; workers now reckon the deadlines of {made.cases} open case(s)"
        " (banjie calendar changes).",
    )


def try_file(
    connection: Connection, file: Path, *, code: str, years: Collection[int], now: datetime
) -> Stored | None:
    """Say what a file would change; return the calendars with it, None if nothing changes."""
    before = calendars.current(connection)
    existing(before, code)
    lines = read(file.read_bytes())
    whole = years or complete_years(lines)
    after = with_days(before, code, lines, announced=whole, source=file.name)
    found = differences(before, after)
    for one in found:
        click.echo(f"{one.what.zh}  {one.before.zh} → {one.after.zh}")
    if not found:
        say("没有变化。", "Nothing changes.")
        return None
    _foresee(connection, after, now)
    return after


def _foresee(connection: Connection, after: Stored, now: datetime) -> None:
    zone = company(connection).zone
    found = deadlines.foresee(connection, after, now=now, most=EVERY_CASE)
    for one in found.moved:
        was, due = (f"{m.astimezone(zone):%Y-%m-%d %H:%M}" for m in (one.before, one.after))
        kind = "（提醒）" if one.reminds else ""
        click.echo(f"{one.case_code}  {one.host.zh}  {one.timer.zh}{kind}  {was} → {due}")
    rounds = sum(one.reminds for one in found.moved)
    limits = len(found.moved) - rounds
    say(
        f"移动期限 {limits} 个，提醒 {rounds} 个（有时限在走的案件 {found.waiting} 个）。",
        f"Deadlines that move: {limits}, reminders: {rounds} ({found.waiting} cases with timers).",
    )


def show(connection: Connection, year: int, *, code: str) -> None:
    """Print the days of a year that differ from the week."""
    kept = existing(calendars.current(connection), code)
    for day, each in kept.days.items():
        if day.year == year:
            hours = hours_in_words(kept.ready.days[day].spans)
            click.echo(f"{day_said(day).zh}  {hours.zh}  {each.note}  [{each.source}]")
    if kept.announced is not None and year not in kept.announced:
        say(
            f"{year} 年的放假安排尚未公布或未导入，以上为暂定。",
            f"The public holidays of {year} are not announced or not imported: provisional.",
        )


def changes(connection: Connection) -> None:
    """Print the newest changes, the newest first, and how many cases wait to be reckoned."""
    zone = company(connection).zone
    for one in calendars.revisions(connection):
        who = one.who or "-"
        click.echo(f"{one.id}  {local(one.at, zone)}  {who}  {one.note}")
    waiting = deadlines.waiting(connection, calendars.current(connection).revision)
    say(f"还有 {waiting} 个案件待重新计算期限。", f"Open cases still to be reckoned: {waiting}.")
