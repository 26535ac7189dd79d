"""Rows that are not as the company's journal says, named as people call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.history.journal import VOUCHED, as_said
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.history.journal import Journal

_COLUMNS: Final[Mapping[str, Names]] = {
    "procedure": Names("规程", "procedure"),
    "number": Names("版次", "number"),
    "digest": Names("文件摘要", "digest of its files"),
    "zh": Names("名称", "name"),
    "en": Names("英文名称", "English name"),
    "start_role": Names("立案角色", "role that opens cases"),
    "start_message": Names("立案消息", "message that opens cases"),
    "start_signal": Names("立案信号", "signal that opens cases"),
    "awaits": Names("等待的消息", "messages that it waits for"),
    "note": Names("发布理由", "why it was published"),
    "published_by": Names("发布人", "who published it"),
    "published_at": Names("发布时间", "when it was published"),
    "in_force": Names("是否现行", "whether it is in force"),
    "source": Names("来源", "source"),
    "based_on": Names("所接续的版本", "version that it follows"),
    "again_of": Names("重新发布的版本", "version published again"),
    "begins_at": Names("计划生效时间", "from when it is planned"),
    "began_at": Names("生效时间", "since when it is in force"),
    "withdrawn_at": Names("撤回时间", "when it was withdrawn"),
    "withdrawn_by": Names("撤回人", "who withdrew it"),
    "dropped": Names("取消的保证和条款", "guarantees and clauses dropped"),
    "withdrawn_for": Names("撤回理由", "why it was withdrawn"),
    "person_id": Names("被代理人", "who is represented"),
    "substitute_id": Names("代理人", "who stands in"),
    "begins": Names("开始", "from when"),
    "ends": Names("结束", "until when"),
    "steps": Names("步骤", "steps"),
    "reason": Names("理由", "reason"),
    "made_by": Names("设定人", "who made it"),
    "made_at": Names("设定时间", "when it was made"),
    "ended_at": Names("终止时间", "when it ended"),
    "ended_by": Names("终止人", "who ended it"),
    "to_version": Names("迁往的版本", "version to move to"),
    "due": Names("期限的算法", "how deadlines count"),
    "begun_by": Names("发起人", "who began it"),
    "ended_for": Names("一件也没有迁移的原因", "why none moved"),
    "begun_at": Names("发起时间", "when it was begun"),
}


def astray(conn: sa.Connection, said: Journal) -> Iterator[Names]:
    """Name what is not as the journal says: a row that is gone, was added, or was changed."""
    for name, table in VOUCHED.items():
        kept = {row["id"]: as_said(row) for row in conn.execute(sa.select(table)).mappings()}
        told = {key: row for (of, key), row in said.rows.items() if of == name}
        for key in sorted(kept.keys() | told.keys()):
            yield from _differing(name, key, kept.get(key), told.get(key))


def _differing(
    table: str, key: int, kept: Mapping[str, Any] | None, told: Mapping[str, Any] | None
) -> Iterator[Names]:
    called = _called(table, key, told or kept or {})
    if told is None:
        yield Names(f"{called.zh}不在日志中", f"{called.en} is not in the journal")
    elif kept is None:
        yield Names(f"缺{called.zh}", f"{called.en} is missing")
    elif other := [name for name, value in told.items() if kept.get(name, value) != value]:
        words = [_COLUMNS.get(name, Names(name, name)) for name in other]
        yield Names(
            f"{called.zh}与日志不符：{'、'.join(word.zh for word in words)}",
            f"{called.en} is not as the journal says: {', '.join(word.en for word in words)}",
        )


def _called(table: str, key: int, row: Mapping[str, Any]) -> Names:
    if table == "versions":
        zh, en, number = (row.get(name) for name in ("zh", "en", "number"))
        return Names(f"“{zh}”第 {number} 版", f"Version {number} of “{en}”")
    if table == "substitutions":
        return Names(f"第 {key} 号代理", f"Substitution {key}")
    return Names(f"第 {key} 批迁移", f"Batch {key} of moves")
