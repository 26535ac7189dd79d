"""Verifying all cases from the command line; the last line is to be filed outside of Banjie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.calendars import chain
from engine.crosschecks import changed_messages
from engine.verifying import Seal, changed_versions, check, missing_numbers
from web.commands.say import say

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from engine.verifying import Checked

_STEP = 1000


def verify(engine: Engine, code: str | None, *, now: datetime) -> bool:
    """Check all cases, or one, print what does not verify, and say whether all does.

    ``code`` is a case's code or number. Everything is read as of one moment.
    """
    seal, broken = Seal(), 0
    with engine.connect() as opened:
        connection = opened.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            for case in check(connection, code):
                seal.add(case)
                broken += not case.is_sound
                _tell(case, seal.cases)
            others = [] if code else _beside(connection)
    for zh, en in others:
        say(zh, en)
    if not broken and not others:
        say("全部核对无误。", "Everything verifies.")
    click.echo(
        f"banjie verify {now:%Y-%m-%dT%H:%M:%SZ} "
        f"cases={seal.cases} entries={seal.entries} broken={broken + len(others)} "
        f"sha256={seal.digest}"
    )
    return not broken and not others


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
    name = case.number or case.code
    return f"{name}（{case.code}）：{'；'.join(zh)}", f"{name} ({case.code}): {'; '.join(en)}"


def _beside(connection: Connection) -> list[tuple[str, str]]:
    calendars = [
        (f"日历第 {key} 次修改校验不符", f"Change {key} of the calendars does not verify")
        for key in chain.broken(connection)
    ]
    letters = [(name.zh, name.en) for name in changed_messages(connection)]
    return [*_versions(connection), *_numbers(connection), *calendars, *letters]


def _versions(connection: Connection) -> list[tuple[str, str]]:
    return [(error.zh, error.en) for error in changed_versions(connection)]


def _numbers(connection: Connection) -> list[tuple[str, str]]:
    return [_run(*run) for run in missing_numbers(connection)]


def _run(series: str, first: int, last: int) -> tuple[str, str]:
    if first > last:
        return (
            f"编号 {series}：{first} 超出计数器 {last}",
            f"Numbers {series}: {first} is beyond the counter, {last}",
        )
    run = f"{first}" if first == last else f"{first}-{last}"
    return f"编号 {series}：缺 {run}", f"Numbers {series}: {run} missing"
