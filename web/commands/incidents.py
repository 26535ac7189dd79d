"""Incidents on the command line: what failed, and trying it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.incidents.incidentlist import open_lines
from engine.incidents.retrying import retry
from engine.settings import company
from web.commands.hand import whoever_types
from web.commands.say import complain, local, say

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from engine.incidents.incidentlist import Line


def show(connection: Connection) -> None:
    """Print the open incidents, oldest first, each with its cause in both languages."""
    found, zone = open_lines(connection), company(connection).zone
    for line in found:
        click.echo(_lines(line, zone))
    if not found:
        say("没有未解决的异常。", "There are no open incidents.")


def try_again(connection: Connection, number: int, *, now: datetime) -> bool:
    """Do again what failed, and say whether it worked; the caller commits in either case."""
    incident = retry(connection, number, by=whoever_types(connection, now=now), now=now)
    if incident.resolved_at is None:
        complain(f"异常 {number} 重试后仍未解决：", f"Incident {number} has failed again:")
        complain(incident.text.zh, incident.text.en)
        return False
    if incident.was_over:
        said = f"异常 {number} 已无需再办，没有重做什么。"
        say(said, f"Nothing was left to do of incident {number}; nothing was done again.")
        return True
    if incident.is_queued:
        say(
            f"异常 {number} 已重新排队，由后台进程办理；再失败会成为新的异常。",
            f"Incident {number} is queued again for a worker; a failure will be a new incident.",
        )
        return True
    say(f"异常 {number} 已解决。", f"Incident {number} is resolved.")
    return True


def _lines(line: Line, zone: ZoneInfo) -> str:
    incident = line.incident
    where = f"{incident.process}:{incident.element}"
    case = line.number or line.case_code or "-"
    times = f"×{incident.tries}"
    head = (
        f"{incident.id}  {local(incident.at, zone)}  {times}  {incident.kind}"
        f"  {incident.procedure}  {case}  {where}"
    )
    cause = [text for text in (incident.expression, incident.variable) if text]
    return "\n    ".join([head, incident.text.zh, incident.text.en, *cause])
