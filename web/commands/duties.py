"""Duties on the command line: what the clock starts, when, and whether."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.duties import planning
from engine.duties.dutyview import all_duties
from engine.settings import company
from web.commands.hand import whoever_types
from web.commands.say import local, say

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from engine.duties.dutyview import Duty


def show(connection: Connection) -> None:
    """Print the duties, the one that comes first at the top; moments in the company's zone."""
    found = all_duties(connection)
    zone = company(connection).zone
    for duty in found:
        click.echo(_lines(duty, zone))
    if not found:
        say(
            "没有由定时器启动的规程。",
            "No procedure in force begins by a timer.",
        )


def turn_on(connection: Connection, procedure: str, *, reason: str, now: datetime) -> None:
    """Let a duty start again; the caller commits, here and below."""
    planning.switch_on(
        connection, procedure, why=reason, by=whoever_types(connection, now=now), now=now
    )
    show(connection)


def turn_off(connection: Connection, procedure: str, *, reason: str, now: datetime) -> None:
    """Let a duty start no more."""
    planning.switch_off(
        connection, procedure, why=reason, by=whoever_types(connection, now=now), now=now
    )
    show(connection)


def _lines(duty: Duty, zone: ZoneInfo) -> str:
    state = "停用 off" if not duty.active else "受阻 stuck" if duty.stuck else "启用 on"
    coming = "-" if duty.next_at is None else local(duty.next_at, zone)
    provisional = "  暂定 provisional" if duty.provisional else ""
    last = local(duty.runs[0].started_at, zone) if duty.runs else "-"
    return "\n    ".join(
        [
            f"{duty.procedure}  {duty.names.zh} {duty.names.en}  {state}",
            f"{duty.rule.zh}",
            f"{duty.rule.en}",
            f"下次 next {coming}{provisional}  上次 last {last}  错过 missed {duty.missed}",
        ]
    )
