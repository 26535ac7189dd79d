"""`banjie message` and `banjie messages`: what is sent to cases, and what is kept for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from web.groups import settings_here, signed

if TYPE_CHECKING:
    from uuid import UUID

STATES = ("kept", "stuck", "dropped", "delivered")


@click.group()
def message() -> None:
    """消息 / Send a message to a case, or give one up."""


@message.command("send")
@click.argument("name")
@click.option("--key", "keys", multiple=True, metavar="NAME=VALUE", help="business key, repeatable")
@click.option("--data", default="{}", help="JSON object, the path of a file that holds one, or -")
@click.option("--id", "idempotency", help="the sender's own key: sent again, it counts once")
def send_message(name: str, keys: tuple[str, ...], data: str, idempotency: str | None) -> None:
    """发送 / Send the message NAME: to who waits for it with equal keys, or to open a case."""
    from web.commands.messages import send
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        send(connection, name, keys, data=data, idempotency=idempotency, now=datetime.now(UTC))


@message.command("drop")
@click.argument("key", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="why nobody is to take it")
@signed
def drop_message(key: UUID, reason: str) -> None:
    """作废 / Give a kept message up."""
    from web.commands.messages import give_up
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        give_up(connection, key, reason, now=datetime.now(UTC))


@click.command()
@click.option("--status", type=click.Choice(STATES), default="kept", show_default=True)
@click.option("--name", default="", help="only messages of this name")
def messages(status: str, name: str) -> None:
    """消息箱 / List the messages that are kept for nobody yet, or those of another status."""
    from web.commands.messages import show
    from web.commands.opening import opened

    with opened(settings_here()) as engine, engine.begin() as connection:
        show(connection, status=status, name=name)
