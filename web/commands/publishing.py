"""Publishing and linting from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bundles import SHIPPED, prepare_all, read_folder
from engine.publishing import publish
from engine.spiff import BrokenFilesError, Problem, check_drawings, explain_timers, roots
from engine.strays import unused
from web.commands.say import complain, say

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine


def publish_folder(engine: Engine, folder: Path | None, *, note: str, now: datetime) -> None:
    """Publish all procedures of a folder or none, and say which version each has now.

    Raises BrokenFilesError, for drawings that cannot be read well too.
    """
    files = _read(folder or SHIPPED)
    with engine.begin() as connection:
        published = publish(connection, files, by=None, now=now, note=note)
        if problems := check_drawings(files):
            raise BrokenFilesError(problems)
    for one in published:
        zh, en = ("已发布", "published") if one.changed else ("未变", "unchanged")
        say(
            f"{one.names.zh}：第 {one.number} 版，{zh}。",
            f"{one.names.en}: version {one.number}, {en}.",
        )


def lint_folder(folder: Path | None) -> None:
    """Check a folder as publishing does, without a database, and the look of its drawings too.

    Files that no procedure uses are named, and what each timer means is said. Raises
    BrokenFilesError.
    """
    files = _read(folder or SHIPPED)
    found = prepare_all(files, iter(roots(files)))
    if problems := check_drawings(files):
        raise BrokenFilesError(problems)
    for path in unused(folder or SHIPPED, {path for bundle in found for path in bundle.files}):
        complain(f"注意：没有规程用到 {path}", f"Note: no procedure uses {path}")
    for bundle in found:
        for told in explain_timers(bundle.compiled):
            place = f"{told.process}:{told.element}"
            say(
                f"{told.names.zh}（{place}）：{told.words.zh}",
                f"{told.names.en} ({place}): {told.words.en}",
            )
    names = ", ".join(bundle.compiled.id for bundle in found)
    say(f"未发现问题：{names}", f"No problem found in {names}")


def _read(folder: Path) -> dict[str, bytes]:
    """Read a folder that must hold a procedure."""
    files = read_folder(folder)
    if not roots(files):
        problem = Problem(
            str(folder),
            None,
            "no_procedure",
            "此文件夹下没有 bpmn/ 与 forms/，或其中没有规程（由消息开始的流程图）。"
            "请指定其上级文件夹。",
            "This folder has no bpmn/ and forms/ below it, or no procedure (a diagram that a "
            "message starts) in them. Name the folder that holds both.",
        )
        raise BrokenFilesError((problem,))
    return files
