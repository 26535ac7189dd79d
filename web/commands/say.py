"""What commands say on a terminal: Chinese first, then English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as the company's clocks show it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def say(zh: str, en: str) -> None:
    """Say something that went well."""
    click.echo(f"{zh}\n{en}")


def complain(zh: str, en: str) -> None:
    """Say on the error stream that something did not go well."""
    click.echo(f"{zh}\n{en}", err=True)
