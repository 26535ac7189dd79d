"""Versions on the command line: what stands, what each changed, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine import procedures
from engine.settings import company
from engine.versioning.again import roll_back, row_of, withdraw
from engine.versioning.differences import differences
from engine.versioning.listing import all_versions
from web.commands.hand import whoever_types
from web.commands.say import say

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from engine.versioning.listing import Listed
    from engine.versioning.terms import Terms


def show_all(connection: Connection, procedure: str | None) -> None:
    """Print versions, the newest first; moments in the company's zone. Raises NotFoundError."""
    found, zone = all_versions(connection, procedure), company(connection).zone
    if not found and procedure is not None:
        procedures.in_force(connection, procedure)
    for one in found:
        click.echo(_line(one, zone))


def show(connection: Connection, procedure: str, number: int) -> None:
    """Print one version with what it changed. Raises NotFoundError and VersionChangedError."""
    row_of(connection, procedure, number)
    of_it = {one.number: one for one in all_versions(connection, procedure)}
    one = of_it[number]
    click.echo(_line(one, company(connection).zone))
    click.echo(f"    SHA-256 {one.digest}")
    if one.based_on is None:
        return
    _tell(connection, of_it[one.based_on], one)


def compare(connection: Connection, procedure: str, before: int, after: int) -> None:
    """Print what one version has that another has not. Raises as show does."""
    for number in (before, after):
        row_of(connection, procedure, number)
    of_it = {one.number: one for one in all_versions(connection, procedure)}
    _tell(connection, of_it[before], of_it[after])


def _tell(connection: Connection, base: Listed, one: Listed) -> None:
    told = differences(
        procedures.version(connection, base.id), procedures.version(connection, one.id)
    )
    say(f"与第 {base.number} 版相比：", f"Against version {base.number}:")
    for mark, paths in (("+", told.files.added), ("-", told.files.removed)):
        click.echo("".join(f"  {mark} {path}\n" for path in paths), nl=False)
    click.echo("".join(f"  ~ {path}\n" for path in told.files.changed), nl=False)
    for part in told.parts:
        click.echo(f"  {part.kind.zh} {part.kind.en}: {part.names.zh} {part.names.en}")
        for change in part.changes:
            click.echo(f"      {change.zh}\n      {change.en}")


def go_back(
    connection: Connection,
    procedure: str,
    number: int,
    *,
    why: str,
    terms: Terms,
    now: datetime,
) -> None:
    """Publish an older version again; the caller commits, here and below."""
    by = whoever_types(connection, now=now)
    made = roll_back(connection, procedure, number, reason=why, terms=terms, by=by, now=now)
    said = "" if terms.begins is None else f"（{terms.begins}）"
    say(
        f"第 {number} 版已重新发布为第 {made} 版{said}。",
        f"Version {number} is published again as version {made}{said and f' from {terms.begins}'}.",
    )


def take_back(
    connection: Connection, procedure: str, number: int, *, why: str, now: datetime
) -> None:
    """Withdraw a planned version."""
    by = whoever_types(connection, now=now)
    withdraw(connection, procedure, number, reason=why, by=by, now=now)
    say(f"第 {number} 版已撤回，不会生效。", f"Version {number} is withdrawn.")


def _line(one: Listed, zone: ZoneInfo) -> str:
    begins = f"{one.begins.astimezone(zone):%Y-%m-%d %H:%M}"
    source, state = one.source.names, one.state.names
    again = f" ({one.again_of})" if one.again_of else ""
    lines = [
        f"{one.procedure} {one.number}  {state.zh} {state.en}  {begins}  {one.digest[:12]}",
        f"{source.zh} {source.en}{again}  {one.who or '-'}  {one.note}",
        f"办理中的案件 open cases {one.open_cases}",
    ]
    lines += [f"{said.zh} / {said.en}" for said in one.dropped]
    if one.withdrawal is not None:
        lines.append(f"{state.zh} {state.en}  {one.withdrawal.who or '-'}  {one.withdrawal.reason}")
    return "\n    ".join(lines)
