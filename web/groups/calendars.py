"""`banjie calendar` and `banjie duties`: working time, and what the clock starts."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from web.groups import settings_here, signed

_why = click.option("--why", "reason", required=True, help="为什么 / Why; it stands on its page.")
_calendar = click.option(
    "--calendar", "code", default="standard", show_default=True, help="code of the calendar"
)


@click.group()
def calendar() -> None:
    """日历 / Working time: public holidays, make-up workdays, hours."""


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_calendar
@click.option(
    "--announced",
    "years",
    type=int,
    multiple=True,
    help="a year that is complete with FILE; else those with all its public holidays",
)
@click.option("--why", default="", help="the reason, kept with the change; needed to change")
@click.option("--dry-run", is_flag=True, help="show what would change, and change nothing")
@signed
def import_days(file: Path, code: str, years: tuple[int, ...], why: str, dry_run: bool) -> None:  # noqa: FBT001 - a flag
    """导入 / Take over the days of the CSV FILE: date, off or work, hours, note."""
    from web.commands.calendars import import_file, try_file
    from web.commands.opening import opened

    verb = try_file if dry_run else partial(import_file, why=why)
    with opened(settings_here()) as engine, engine.begin() as connection:
        verb(connection, file, code=code, years=years, now=datetime.now(UTC))


@calendar.command("show")
@click.argument("year", type=click.IntRange(2000, 2099))
@_calendar
def show_year(year: int, code: str) -> None:
    """一年 / Print the days of YEAR that differ from the week, and where they come from."""
    from web.commands.calendars import show
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        show(connection, year, code=code)


@calendar.command("changes")
def list_changes() -> None:
    """修改 / List the changes of the calendars, and how many deadlines wait to be reckoned."""
    from web.commands.calendars import changes
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        changes(connection)


@click.group(invoke_without_command=True)
@click.pass_context
def duties(context: click.Context) -> None:
    """定期任务 / List the procedures that the clock starts, or switch one."""
    if context.invoked_subcommand is None:
        context.invoke(list_duties)


@duties.command("list")
def list_duties() -> None:
    """列出 / List them with their rule, next and last date."""
    from web.commands.duties import show
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        show(connection)


@duties.command("on")
@click.argument("procedure")
@_why
@signed
def duty_on(procedure: str, reason: str) -> None:
    """启用 / Let PROCEDURE start again, from its next date on."""
    from web.commands.duties import turn_on
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        turn_on(connection, procedure, reason=reason, now=datetime.now(UTC))


@duties.command("off")
@click.argument("procedure")
@_why
@signed
def duty_off(procedure: str, reason: str) -> None:
    """停用 / Let PROCEDURE start no more; its open cases go on."""
    from web.commands.duties import turn_off
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        turn_off(connection, procedure, reason=reason, now=datetime.now(UTC))
