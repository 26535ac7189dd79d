"""Verifying all cases from the command line; the last line is to be filed outside of Banjie."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

import click

from engine.calendars import chain
from engine.history import journal
from engine.settings import company
from engine.spiff import Names
from engine.verifying.crosschecks import changed_messages
from engine.verifying.damages import damages
from engine.verifying.everything import Seal, check, missing_numbers
from engine.verifying.journalled import astray
from web.commands.say import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from engine.verifying.everything import Checked

_STEP = 1000


def verify(engine: Engine, code: str | None, *, now: datetime) -> bool:
    """Check all cases, or one, print what does not verify, and say whether all does.

    ``code`` is a case's code or number. Everything is read as of one moment.
    """
    seal = Seal()
    with engine.connect() as opened:
        connection = opened.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            damaged = damages(connection)
            broken = _told(each.said for each in damaged)
            unreadable = {key for each in damaged for key in each.versions}
            for case in check(connection, code, unreadable):
                seal.add(case)
                broken += not case.is_sound
                _tell(case, seal.cases)
            broken += 0 if code else _told(_beside(connection, seal))
    if not broken:
        say("全部核对无误。", "Everything verifies.")
    click.echo(
        f"banjie verify {now:%Y-%m-%dT%H:%M:%SZ} "
        f"cases={seal.cases} entries={seal.entries} broken={broken} sha256={seal.digest}"
    )
    return not broken


def _told(found: Iterable[Names]) -> int:
    """Say each of some things, and return how many there are."""
    names = list(found)
    for each in names:
        say(each.zh, each.en)
    return len(names)


def _tell(case: Checked, count: int) -> None:
    if not case.is_sound:
        say(*_said(case))
    if count % _STEP == 0:
        click.echo(f"{count} …", err=True)


def _said(case: Checked) -> tuple[str, str]:
    found = case.doubts
    zh, en = [], []
    if found.broken_at is not None:
        zh.append(f"第 {found.broken_at} 条起校验不符")
        en.append(f"does not verify from entry {found.broken_at}")
    if found.differing:
        zh.append("与履历不符：" + "、".join(name.zh for name in found.differing_names))
        en.append("differs from the history: " + ", ".join(n.en for n in found.differing_names))
    if files := [*found.lost, *case.changed]:
        zh.append("附件缺失或内容已变：" + "、".join(files))
        en.append("attachments missing or changed: " + ", ".join(files))
    elif found.altered:
        zh.append(f"{len(found.altered)} 个附件与提交时不符")
        en.append(f"{len(found.altered)} attachment(s) not as sent")
    if case.astray:
        zh.append("与案件状态或履历不符：" + "、".join(name.zh for name in case.astray))
        en.append("not as state or history say: " + ", ".join(name.en for name in case.astray))
    zh_code, en_code = (f"（{case.code}）", f" ({case.code})") if case.number else ("", "")
    name = case.number or case.code
    return f"{name}{zh_code}：{'；'.join(zh)}", f"{name}{en_code}: {'; '.join(en)}"


def _beside(connection: Connection, seal: Seal) -> Iterator[Names]:
    """Give what does not verify beside the cases, and seal the chains that no case has."""
    yield from starmap(_run, missing_numbers(connection))
    yield from _calendars(connection, seal)
    yield from changed_messages(connection)
    yield from _journal(connection, seal)


def _calendars(connection: Connection, seal: Seal) -> Iterator[Names]:
    for key in chain.broken(connection):
        zh, en = f"日历第 {key} 次修改校验不符", f"Change {key} of the calendars does not verify"
        yield Names(zh, en)
    seal.add_chain(len(chain.digests(connection)), chain.last_hash(connection))


def _journal(connection: Connection, seal: Seal) -> Iterator[Names]:
    found = journal.follow(connection)
    if found.broken is not None:
        zh = f"公司日志自第 {found.broken} 条起校验不符"
        yield Names(zh, f"The company's journal does not verify from entry {found.broken}")
    yield from astray(connection, found)
    seal.add_chain(found.count, found.head)
    if found.taken_over is not None:
        day = f"{found.taken_over.astimezone(company(connection).zone):%Y-%m-%d}"
        say(
            f"版本、代理与迁移批次自 {day} 起记入日志；此前的按当日所存接管，不作证明。",
            f"Versions, substitutions and batches of moves are journalled since {day}; what was "
            "there before was taken over as it stood then, and is not proven.",
        )


def _run(series: str, first: int, last: int) -> Names:
    if first > last:
        return Names(
            f"编号 {series}：{first} 超出计数器 {last}",
            f"Numbers {series}: {first} is beyond the counter, {last}",
        )
    run = f"{first}" if first == last else f"{first}-{last}"
    return Names(f"编号 {series}：缺 {run}", f"Numbers {series}: {run} missing")
