"""Notifying: what a move's messages tell roles, and which timers have just come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import notices, spiff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.procedures import Version
    from engine.spiff import Move


def tell(
    conn: sa.Connection, case_id: UUID, version: Version, move: Move, *, now: datetime
) -> None:
    """Put what a move's messages tell their roles before everybody who holds one."""
    for effect in move.effects:
        if isinstance(effect, spiff.Message) and effect.notifies:
            text = _notice(version, effect, move.fired)
            notices.tell(conn, effect.notifies, text, case_id=case_id, now=now)


def _notice(version: Version, message: spiff.Message, fired: Sequence[spiff.Timer]) -> spiff.Names:
    """Say what a role is told, and which deadlines or reminders came just now, if any."""
    told = version.element(message.process, message.element).names
    come = [version.element(timer.process, timer.element).names for timer in fired]
    if not come:
        return told
    zh, en = "、".join(name.zh for name in come), ", ".join(name.en for name in come)
    return spiff.Names(f"{zh}：{told.zh}", f"{en}: {told.en}")
