"""Pauses as lists and pages show them: since when a clock stands, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when (UTC) a clock stands, and the reason that somebody gave."""

    since: datetime
    reason: str


def pause_of(task: sa.Row[Any], at: datetime | None, reason: str | None) -> Pause | None:
    """Return the pause that holds for a task's row: its own, else its case's, else None."""
    if task.paused_at is not None:
        return Pause(task.paused_at, task.paused_for or "")
    return None if at is None else Pause(at, reason or "")
