"""Try every act at every step of every scene: `python -m tests.procedures.everywhere`.

It prints how many there were of each kind; what does not hold ends it with an AssertionError.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from engine.database import connect
from engine.embedded import throw_away
from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from engine.schema import upgrade
from tests.procedures.everywhere.judging import Counts, everywhere
from tests.procedures.everywhere.scenes import SCENES
from tests.procedures.everywhere.stage import opened

if TYPE_CHECKING:
    from collections import Counter

    from sqlalchemy import Engine


def main() -> None:
    """Go through the scenes one after the other, in a database that is thrown away."""
    parser = argparse.ArgumentParser(prog="python -m tests.procedures.everywhere")
    parser.add_argument("--scene", default="", help="only scenes whose name begins so")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth act")
    given = parser.parse_args()
    with throw_away() as server:
        engine = connect(server.url)
        upgrade(engine)
        with engine.begin() as conn:
            publish(conn, read_folder(), by=None, now=datetime.now(UTC), note="shipped")
        for scene in SCENES:
            if scene.name.startswith(given.scene):
                _through(engine, scene.name, given.every)
        engine.dispose()


def _through(engine: Engine, name: str, every: int) -> None:
    scene = next(scene for scene in SCENES if scene.name == name)
    counts = Counts()
    with engine.connect() as conn:
        everywhere(opened(conn, scene), counts, every=every)
        conn.rollback()
    click.echo(f"{name}: {counts.done.total()} acts, each gone on from to the end")
    for title, found in counts.told:
        click.echo(f"  {title}: {_line(found)}")


def _line(found: Counter[str]) -> str:
    return ", ".join(f"{times} {kind}" for kind, times in sorted(found.items()) if times) or "none"


if __name__ == "__main__":
    main()
