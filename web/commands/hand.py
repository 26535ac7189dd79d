"""Who acts by a command: the person whom --as names, else whoever works at this terminal."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

import click

from engine.errors import NotFoundError
from engine.people import with_password
from engine.people.staffing import at_terminal
from web.groups import AS

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.people import Person


def whoever_types(connection: Connection, *, now: datetime) -> Person:
    """Return who acts, to be kept with what they do. Raises NotFoundError for no such login."""
    context = click.get_current_context(silent=True)
    login = None if context is None else context.meta.get(AS)
    if login is None:
        return at_terminal(connection, _account(), now=now)
    found = with_password(connection, login)
    if found is None:
        raise NotFoundError(f"没有人员“{login}”。", f"There is nobody with the login “{login}”.")
    return found[0]


def _account() -> str:
    """Return the operating system's name of whoever runs this; their number if it has none."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
