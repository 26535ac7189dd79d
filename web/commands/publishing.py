"""Publishing and linting from the command line."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from engine.calendars.seeds import BROUGHT
from engine.errors import Refusal
from engine.procedures.bundles import SHIPPED, prepare_all, read_folder
from engine.procedures.publishing import publish
from engine.procedures.strays import unused
from engine.settings import company
from engine.spiff import BrokenFilesError, Names, Problem, check_drawings, explain_timers, roots
from engine.versioning.terms import Terms
from web.commands.hand import whoever_types
from web.commands.say import complain, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Engine

    from engine.procedures.bundles import Bundle
    from engine.procedures.publishing import Published


class BadReplacesError(Refusal):
    """What --replaces says is no procedure with a number."""

    code = "bad_replaces"

    def __init__(self, said: str) -> None:
        super().__init__(
            f"--replaces“{said}”应写成 规程=版次，例如 manufacturer-complaint=3。",
            f"--replaces “{said}”: write PROCEDURE=NUMBER, such as manufacturer-complaint=3.",
        )


class NoNoteError(Refusal):
    """A procedure that was published before changes, and nobody says why."""

    code = "no_note"

    def __init__(self, changed: Sequence[Names]) -> None:
        zh, en = "”、“".join(each.zh for each in changed), "”, “".join(each.en for each in changed)
        super().__init__(
            f"“{zh}”已有发布的版本，这次改动没有发布：请用 --note 写明改了什么、为什么。",
            f"Nothing is published: “{en}” was published before; say with --note what has changed, "
            "and why.",
        )


def terms_of(begins: date | None, replaces: Iterable[str], drops: Iterable[str]) -> Terms:
    """Return the terms that options say. Raises BadReplacesError."""
    named = frozenset(map(_named, replaces))
    return Terms(begins=begins, replaces=named, drops=frozenset(drops))


def _named(said: str) -> tuple[str, int]:
    procedure, _, number = said.strip().rpartition("=")
    if not procedure or not number.isdecimal():
        raise BadReplacesError(said)
    return procedure, int(number)


def publish_folder(
    engine: Engine, folder: Path | None, *, note: str, terms: Terms, now: datetime
) -> None:
    """Publish all procedures of a folder or none; say which version each has, and because of what.

    Raises NoNoteError, BrokenFilesError (for drawings that cannot be read well too), and what
    publish does.
    """
    files = _read(folder or SHIPPED)
    with engine.begin() as connection:
        published = _publish(connection, files, note=note, terms=terms, now=now)
        changed = [one.names for one in published if one.changed and one.number > 1]
        if changed and not note.strip():
            raise NoNoteError(changed)
        _tell(connection, published, done=Names("已发布", "published"))


def try_folder(
    engine: Engine, folder: Path | None, *, note: str, terms: Terms, now: datetime
) -> None:
    """Say what publishing a folder would do, with all that it refuses, and write nothing."""
    files = _read(folder or SHIPPED)
    with engine.connect() as connection:
        published = _publish(connection, files, note=note, terms=terms, now=now)
        _tell(connection, published, done=Names("会发布", "would be published"))
        connection.rollback()
    say("以上为试算，没有发布。", "This was a trial: nothing is published.")


def _publish(
    connection: Connection, files: dict[str, bytes], *, note: str, terms: Terms, now: datetime
) -> list[Published]:
    by = whoever_types(connection, now=now)
    published = publish(connection, files, by=by, now=now, note=note, terms=terms)
    if problems := check_drawings(files):
        raise BrokenFilesError(problems)
    return published


def _tell(connection: Connection, published: Iterable[Published], *, done: Names) -> None:
    zone = company(connection).zone
    for one in published:
        _tell_one(one, zone, done)


def _tell_one(one: Published, zone: ZoneInfo, done: Names) -> None:
    zh, en = (done.zh, done.en) if one.changed else ("未变", "unchanged")
    if one.begins is not None:
        day = f"{one.begins.astimezone(zone):%Y-%m-%d}"
        zh, en = f"{zh}，自 {day} 起生效", f"{en}, in force from {day}"
    say(
        f"{one.names.zh}：第 {one.number} 版，{zh}。",
        f"{one.names.en}: version {one.number}, {en}.",
    )
    for mark, paths in (
        ("新增 added  ", one.files.added),
        ("删除 removed", one.files.removed),
        ("修改 changed", one.files.changed),
    ):
        for path in paths if one.number > 1 else ():
            click.echo(f"    {mark}  {path}")


def _used(bundle: Bundle) -> Iterator[str]:
    """Give the files of a procedure that count: of forms, those of what is drawn."""
    diagrams = bundle.compiled.diagrams
    for path in bundle.files:
        name = PurePosixPath(path)
        drawn = diagrams.get(name.parent.name) if path.startswith("forms/") else None
        step = name.name.removesuffix(".json").removesuffix(".ui")
        if drawn is None or step in drawn.elements:
            yield path


def lint_folder(folder: Path | None) -> None:
    """Check a folder as publishing does, without a database, and the look of its drawings too.

    Files that no procedure uses are named, calendars that only a company can have too, and what
    each timer means is said. Raises BrokenFilesError.
    """
    files = _read(folder or SHIPPED)
    found = prepare_all(files, iter(roots(files)))
    if problems := check_drawings(files):
        raise BrokenFilesError(problems)
    for path in unused(folder or SHIPPED, {path for bundle in found for path in _used(bundle)}):
        complain(f"注意：没有规程用到 {path}", f"Note: no procedure uses {path}")
    for bundle in found:
        for told in explain_timers(bundle.compiled):
            place = f"{told.process}:{told.element}"
            say(
                f"{told.names.zh}（{place}）：{told.words.zh}",
                f"{told.names.en} ({place}): {told.words.en}",
            )
            if told.calendar is not None and told.calendar not in BROUGHT:
                _note_calendar(place, told.calendar)
    names = ", ".join(bundle.compiled.id for bundle in found)
    say(f"未发现问题：{names}", f"No problem found in {names}")


def _note_calendar(place: str, code: str) -> None:
    """Say that a calendar is the company's own: only its database knows whether it is there."""
    brought = sorted(BROUGHT)
    complain(
        f"注意：{place} 的日历“{code}”不是产品自带的（自带 {'、'.join(brought)}）。"
        "公司没有建立这个日历时，发布会被拒绝：请先在 管理 › 日历 建立，或改正代码。",
        f"Note: the calendar “{code}” of {place} does not come with the product, as "
        f"{', '.join(brought)} do. Publishing refuses it unless the company has added it under "
        "Administration › Calendars; add it there first, or correct the code.",
    )


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
