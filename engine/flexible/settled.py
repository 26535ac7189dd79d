"""Why a signature is no longer asked for, in words for whoever was to give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.flexible.asking import REMOVED
from engine.history import read
from engine.spiff import Names
from engine.tables import entries

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Final[Mapping[str, Names]] = {
    "agreed": Names("您已签过：同意。", "You have signed: agreed."),
    "refused": Names("您已签过：不同意。", "You have signed: not agreed."),
    "waiting": Names("还没有轮到您签。", "It is not your turn to sign yet."),
}
_NOT_NEEDED: Final = Names(
    "已不需要您签：其余的人已签够，或者这件待办已结束。",
    "Your signature is no longer needed: the others have settled it, or the task is over.",
)
_REMOVALS = (
    sa.select(entries.c.body)
    .where(entries.c.task_id == sa.bindparam("task"), entries.c.kind == REMOVED)
    .order_by(entries.c.seq.desc())
)


def settled(conn: sa.Connection, row: sa.Row[Any]) -> Names:
    """Say what became of a signature, a row of ``signings`` that is no longer asked for."""
    if row.status != "removed":
        return _WORDS.get(row.status, _NOT_NEEDED)
    for entry in conn.execute(_REMOVALS, {"task": row.task_id}):
        body = read(entry.body)
        if row.person_id.hex in (key for key, _ in body.get("to", ())):
            who, why = body.get("name") or "", body.get("reason", "")
            return Names(
                f"{who} 已减去您的会签（{why}），不必再签。",
                f"{who} has taken your signature away ({why}); you need not sign.",
            )
    return _NOT_NEEDED
