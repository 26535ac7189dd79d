"""`banjie person`: the people who sign in."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from web.groups import settings_here, signed


@click.group()
def person() -> None:
    """人员 / The people who sign in."""


_roles = click.option(
    "--role", "held", multiple=True, required=True, help="code of bpmn/roles.yaml, repeatable"
)
_password = click.password_option(
    prompt="密码 / Password", confirmation_prompt="再输一次 / Once more"
)


@person.command("list")
def list_people() -> None:
    """列出 / List the people who may sign in."""
    from web.commands.opening import opened
    from web.commands.staff import show

    with opened(settings_here()) as engine, engine.begin() as connection:
        show(connection)


@person.command("add")
@click.argument("login")
@click.argument("name")
@_roles
@_password
def add_person(login: str, name: str, held: tuple[str, ...], password: str) -> None:
    """添加 / Add a person; the password is asked for."""
    from web.commands.opening import opened
    from web.commands.staff import add

    with opened(settings_here()) as engine, engine.begin() as connection:
        add(connection, login, name, password=password, held=held, now=datetime.now(UTC))


@person.command("password")
@click.argument("login")
@_password
def give_password(login: str, password: str) -> None:
    """换密码 / Give a person another password, which is asked for; their sessions end."""
    from web.commands.opening import opened
    from web.commands.staff import give_password

    with opened(settings_here()) as engine, engine.begin() as connection:
        give_password(connection, login, password)


@person.command("roles")
@click.argument("login")
@_roles
def give_roles(login: str, held: tuple[str, ...]) -> None:
    """换角色 / Give a person these roles and no others; their other claims are released."""
    from web.commands.opening import opened
    from web.commands.staff import give_roles

    with opened(settings_here()) as engine, engine.begin() as connection:
        give_roles(connection, login, held, now=datetime.now(UTC))


@person.command("leave")
@click.argument("login")
@click.option("--to", multiple=True, metavar="LOGIN", help="who takes over, repeatable")
@click.option("--why", default="", help="a reason, which the cases' histories keep")
@click.option("--dry-run", is_flag=True, help="only show what would become of their work")
@signed
def leave(login: str, to: tuple[str, ...], why: str, *, dry_run: bool) -> None:
    """离开 / Let a person never sign in again, and hand over what they have in hand."""
    from web.commands.leaving import leave, preview
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        if dry_run:
            preview(connection, login, to, now=datetime.now(UTC))
        else:
            leave(connection, login, to, why, now=datetime.now(UTC))
