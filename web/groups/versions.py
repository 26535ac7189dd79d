"""`banjie versions`: what was published, what is planned, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from web.groups import settings_here, signed

_why = click.option("--why", required=True, help="the reason, kept with the version")


@click.group(invoke_without_command=True)
@click.pass_context
def versions(context: click.Context) -> None:
    """版本 / The versions of the procedures: list them, look at one, go back, withdraw."""
    if context.invoked_subcommand is None:
        context.invoke(list_versions)


@versions.command("list")
@click.argument("procedure", required=False)
def list_versions(procedure: str | None = None) -> None:
    """列出 / List the versions of all procedures or of PROCEDURE, the newest first."""
    from web.commands.opening import opened
    from web.commands.versions import show_all

    with opened(settings_here()) as engine, engine.begin() as connection:
        show_all(connection, procedure)


@versions.command("show")
@click.argument("procedure")
@click.argument("number", type=click.IntRange(1))
def show_version(procedure: str, number: int) -> None:
    """一版 / Say what version NUMBER of PROCEDURE is, and what it changed."""
    from web.commands.opening import opened
    from web.commands.versions import show

    with opened(settings_here()) as engine, engine.begin() as connection:
        show(connection, procedure, number)


@versions.command("compare")
@click.argument("procedure")
@click.argument("before", type=click.IntRange(1))
@click.argument("after", type=click.IntRange(1))
def compare_versions(procedure: str, before: int, after: int) -> None:
    """两版相比 / Say what version AFTER of PROCEDURE has that version BEFORE has not."""
    from web.commands.opening import opened
    from web.commands.versions import compare

    with opened(settings_here()) as engine, engine.begin() as connection:
        compare(connection, procedure, before, after)


@versions.command("rollback")
@click.argument("procedure")
@click.argument("number", type=click.IntRange(1))
@_why
@click.option(
    "--from",
    "begins",
    type=click.DateTime(["%Y-%m-%d"]),
    help="in force from the first minute of this day; else at once",
)
@click.option(
    "--drops",
    metavar="ID",
    multiple=True,
    help="give up this guarantee or clause of the version in force",
)
@signed
def rollback(
    procedure: str, number: int, why: str, begins: datetime | None, drops: tuple[str, ...]
) -> None:
    """恢复旧版 / Publish version NUMBER of PROCEDURE again, as a new version."""
    from web.commands.opening import opened
    from web.commands.publishing import terms_of
    from web.commands.versions import go_back

    with opened(settings_here()) as engine, engine.begin() as connection:
        terms = terms_of(begins and begins.date(), (), drops)
        go_back(connection, procedure, number, why=why, terms=terms, now=datetime.now(UTC))


@versions.command("withdraw")
@click.argument("procedure")
@click.argument("number", type=click.IntRange(1))
@_why
@signed
def withdraw(procedure: str, number: int, why: str) -> None:
    """撤回 / Take back version NUMBER of PROCEDURE, which is planned."""
    from web.commands.opening import opened
    from web.commands.versions import take_back

    with opened(settings_here()) as engine, engine.begin() as connection:
        take_back(connection, procedure, number, why=why, now=datetime.now(UTC))
