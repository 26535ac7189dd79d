"""Leaving on the command line: what becomes of somebody's work, before it does and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.substituting import handing_over, leaving
from web.commands.hand import whoever_types
from web.commands.say import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.substituting.leaving import Leaving

_BACK = {
    "held": "放回岗位 to the role",
    "delegated": "交回时回到岗位 to the role when it is given back",
    "signature": "减签 no longer asked for",
}


def preview(connection: Connection, login: str, to: Sequence[str], *, now: datetime) -> None:
    """Print what would become of a person's work; nothing is written."""
    found = leaving.leaving(connection, login, to, now=now)
    _tell(found)
    say("以上只是预览，没有改动。", "This is only shown; nothing was changed.")


def leave(
    connection: Connection, login: str, to: Sequence[str], why: str, *, now: datetime
) -> None:
    """Let a person leave and print what became of their work; the caller commits."""
    by = whoever_types(connection, now=now)
    found = handing_over.leave(connection, login, to, why, by=by, now=now)
    _tell(found)
    moved = sum(piece.to is not None for piece in found.pieces)
    back = sum(piece.kind == "held" and piece.to is None for piece in found.pieces)
    say(
        f"{found.person.name}（{login}）已停用；交接 {moved} 项，放回岗位 {back} 项。",
        f"{found.person.name} ({login}) can no longer sign in; handed over: {moved},"
        f" back to their roles: {back}.",
    )


def _tell(found: Leaving) -> None:
    for piece in found.pieces:
        whose = _BACK[piece.kind] if piece.to is None else f"→ {piece.to.name} ({piece.to.login})"
        case = piece.number or piece.case_code
        click.echo(f"{case}  {piece.step.zh} {piece.step.en}  {whose}")
    for one in found.assignments:
        told = one.substitution
        whose = "结束 ends" if one.to is None else f"→ {one.to.name} ({one.to.login})"
        click.echo(f"{told.substitute} 代 for {told.person}  {told.first} – {told.last}  {whose}")
