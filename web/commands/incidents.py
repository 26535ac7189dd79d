"""Incidents on the command line: what failed, and trying it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.incidents import unresolved
from engine.retrying import retry
from web.commands.say import say

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.incidents import Incident


def show(connection: Connection) -> None:
    """Print the open incidents, oldest first, each with its cause in both languages."""
    found = unresolved(connection)
    for incident in found:
        click.echo(_lines(incident))
    if not found:
        say("没有未解决的异常。", "There are no open incidents.")


def try_again(connection: Connection, number: int, *, now: datetime) -> None:
    """Do again what failed; the caller commits. Raises what the step raises when it fails again."""
    retry(connection, number, now=now)
    say(f"异常 {number} 已解决。", f"Incident {number} is resolved.")


def _lines(incident: Incident) -> str:
    where = f"{incident.process}:{incident.element}"
    case = incident.case_id or "-"
    head = f"{incident.id}  {incident.at:%Y-%m-%d %H:%M:%S}Z  {incident.procedure}  {case}  {where}"
    cause = [text for text in (incident.expression, incident.variable) if text]
    return "\n    ".join([head, incident.text.zh, incident.text.en, *cause])
