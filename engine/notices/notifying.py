"""Notifying: what a move's messages tell roles, and which timers have just come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import notices, spiff
from engine.cases.storing import Write, inserts
from engine.history.entrynotes import named
from engine.spiff import Names
from engine.tables import notices as rows

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.history import Draft
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move

_DID: Final = {
    "task_returned": Names("退回了", "returned"),
    "step_withdrawn": Names("撤回了", "took back"),
}
_ABSENT = Write("absent", inserts(rows, ("person_id", "case_id", "zh", "en", "at")))


def done_for(
    case_id: UUID,
    version: Version,
    said: Draft,
    *,
    by: Person | None,
    now: datetime,
) -> dict[Write, list[dict[str, object]]]:
    """Return what is written to tell somebody what a substitute did for them, which is ``said``."""
    if by is None or by.acts_for is None:
        return {}
    step = named(version, str(said.facts["process"]), str(said.facts["element"]))
    did = _DID.get(said.kind, Names("办理了", "did"))
    row: dict[str, object] = {
        "person_id": by.acts_for.id,
        "case_id": case_id,
        "zh": f"{by.name} 代您{did.zh}“{step.zh}”",
        "en": f"{by.name} {did.en} “{step.en}” for you",
        "at": now,
    }
    return {_ABSENT: [row]}


def tell(
    conn: sa.Connection, case_id: UUID, version: Version, move: Move, *, now: datetime
) -> None:
    """Put what a move's messages tell their roles before everybody who holds one."""
    for effect in move.effects:
        if isinstance(effect, spiff.Message) and effect.notifies:
            text = _notice(version, effect)
            notices.tell(conn, effect.notifies, text, case_id=case_id, now=now)


def _notice(version: Version, message: spiff.Message) -> Names:
    """Say what a role is told, and which deadline or reminder came just now and led to it."""
    told = version.element(message.process, message.element).names
    came = version.place(message.cause or None)
    return told if came is None else Names(f"{came.zh}：{told.zh}", f"{came.en}: {told.en}")
