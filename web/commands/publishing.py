"""Publishing and linting from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bundles import SHIPPED, prepare_all, read_folder
from engine.procedures import publish
from engine.spiff import BrokenFilesError, check_drawings, roots
from web.commands.say import say

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine


def publish_folder(engine: Engine, folder: Path | None, *, note: str, now: datetime) -> None:
    """Publish all procedures of a folder or none, and say which version each has now."""
    with engine.begin() as connection:
        published = publish(connection, read_folder(folder or SHIPPED), by=None, now=now, note=note)
    for one in published:
        zh, en = ("已发布", "published") if one.changed else ("未变", "unchanged")
        say(
            f"{one.names.zh}：第 {one.number} 版，{zh}。",
            f"{one.names.en}: version {one.number}, {en}.",
        )


def lint_folder(folder: Path | None) -> None:
    """Check a folder as publishing does, without a database, and the look of its drawings too.

    Raises BrokenFilesError.
    """
    files = read_folder(folder or SHIPPED)
    found = prepare_all(files, iter(roots(files)))
    if problems := check_drawings(files):
        raise BrokenFilesError(problems)
    names = ", ".join(bundle.compiled.id for bundle in found)
    say(f"未发现问题：{names}", f"No problem found in {names}")
