"""The groups of commands of `banjie`: each reads its arguments and calls what web/commands does."""

from __future__ import annotations

import os
from typing import Final

import click

from web.settings import Settings

AS: Final = "banjie.as"
"""Under which a command remembers the login that --as names."""


def _remember(context: click.Context, _option: click.Parameter, login: str | None) -> None:
    context.meta[AS] = login


signed = click.option(
    "--as",
    metavar="LOGIN",
    expose_value=False,
    callback=_remember,
    help="who does this, kept with it; else your name at the operating system",
)


def settings_here() -> Settings:
    """Return the settings that the environment gives. Raises BadSettingError."""
    return Settings.from_environment(os.environ)
