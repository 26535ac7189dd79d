"""`banjie replay`: what would have become of cases in another version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from web.groups import settings_here


@click.command()
@click.argument("procedure")
@click.option("--to", "number", type=click.IntRange(1), help="the version, in force or not")
@click.option(
    "--from-files",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="or a version that is not published: a folder with bpmn/ and forms/",
)
@click.option(
    "--cases",
    "which",
    type=click.Choice(["open", "ended", "all"]),
    default="all",
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1), help="only the newest so many")
def replay(
    procedure: str, *, number: int | None, folder: Path | None, which: str, limit: int | None
) -> None:
    """重演案件 / Replay cases of PROCEDURE in another version, and store nothing."""
    from engine.replaying.replay import Which
    from web.commands.opening import opened
    from web.commands.replaying import Wanted, replay_all

    if (number is None) == (folder is None):
        raise click.UsageError(
            "请给出 --to 或 --from-files 之一。Give either --to or --from-files."
        )
    wanted = Wanted(procedure, number, folder)
    with opened(settings_here()) as engine:
        replay_all(engine, wanted, Which(which), limit=limit, now=datetime.now(UTC))
