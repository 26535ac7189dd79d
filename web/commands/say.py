"""What commands say on a terminal: Chinese first, then English."""

from __future__ import annotations

import click


def say(zh: str, en: str) -> None:
    """Say something that went well."""
    click.echo(f"{zh}\n{en}")


def complain(zh: str, en: str) -> None:
    """Say on the error stream that something did not go well."""
    click.echo(f"{zh}\n{en}", err=True)
