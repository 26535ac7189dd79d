"""`banjie move`: open cases go to another version of their procedure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import click

from web.groups import settings_here, signed


@click.command()
@click.argument("procedure")
@click.option("--to", "number", type=click.IntRange(1), required=True, help="the version")
@click.option("--why", default="", help="the reason, kept in each case; needed to move")
@click.option(
    "--as-drawn",
    is_flag=True,
    help="timers whose drawing has changed are due as drawn now; else as before",
)
@click.option(
    "--leave-behind", is_flag=True, help="let cases that cannot move stay; else none moves then"
)
@click.option("--dry-run", is_flag=True, help="show what would become of each, and move nothing")
@signed
def move(
    procedure: str, *, number: int, why: str, as_drawn: bool, leave_behind: bool, dry_run: bool
) -> None:
    """迁移案件 / Move the open cases of PROCEDURE to another version, all or none."""
    from engine.spiff import Dues
    from engine.transfers.batches import Which
    from web.commands.moving import move_all, try_all
    from web.commands.opening import opened

    which = Which.ABLE if leave_behind else Which.ALL
    verb = try_all if dry_run else partial(move_all, reason=why, which=which)
    due = Dues.DRAWN if as_drawn else Dues.KEPT
    with opened(settings_here()) as engine:
        verb(engine, procedure, number, due=due, now=datetime.now(UTC))
