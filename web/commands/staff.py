"""People on the command line: who there are, joining, new passwords, other roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine import people
from engine.people import staffing
from web.commands.say import say

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection


def show(connection: Connection) -> None:
    """Print everybody who may sign in: login, name, codes of roles."""
    found = people.all_people(connection)
    for one in found:
        click.echo(f"{one.login}  {one.name}  {', '.join(sorted(one.roles)) or '-'}")
    if not found:
        say("尚无人员。", "There is nobody yet.")


def add(
    connection: Connection,
    login: str,
    name: str,
    *,
    password: str,
    held: Collection[str],
    now: datetime,
) -> None:
    """Add a person; the caller commits, here and below."""
    people.add_person(connection, login, name, password=password, held=held, now=now)
    say(f"已添加 {name}（{login}）。", f"Added {name} ({login}).")


def give_password(connection: Connection, login: str, password: str) -> None:
    """Give a person another password."""
    one = staffing.set_password(connection, login, password)
    say(
        f"{one.name}（{login}）的密码已更换，须重新登录。",
        f"{one.name} ({login}) has a new password and has to sign in again.",
    )


def give_roles(connection: Connection, login: str, held: Collection[str], *, now: datetime) -> None:
    """Give a person these roles and no others."""
    one, released = staffing.set_roles(connection, login, held, now=now)
    listed = ", ".join(sorted(held))
    say(
        f"{one.name}（{login}）现有角色：{listed}；放回待办 {released} 项，须重新登录。",
        f"{one.name} ({login}) now holds {listed}; tasks released: {released};"
        " they have to sign in again.",
    )
