"""`banjie incidents`: what failed, and trying it again."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from web.groups import settings_here, signed


@click.group(invoke_without_command=True)
@click.pass_context
def incidents(context: click.Context) -> None:
    """异常 / List the steps that failed, or try one again."""
    if context.invoked_subcommand is None:
        context.invoke(list_incidents)


@incidents.command("list")
def list_incidents() -> None:
    """列出 / List the open incidents."""
    from web.commands.incidents import show
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        show(connection)


@incidents.command("retry")
@click.argument("number", type=int)
@click.pass_context
@signed
def retry_incident(context: click.Context, number: int) -> None:
    """重试 / Do again what failed."""
    from web.commands.incidents import try_again
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        done = try_again(connection, number, now=datetime.now(UTC))
    context.exit(0 if done else 1)
