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
    """Return the pause that holds for a task's row: its own, else its case's, else None.

    A step that has no clock does not stand with its case's.
    """
    if task.paused_at is not None:
        return Pause(task.paused_at, task.paused_for or "")
    if at is None or not has_clock(task):
        return None
    return Pause(at, reason or "")


def has_clock(task: sa.Row[Any]) -> bool:
    """Whether a task's row has a deadline, running or passed, or a clock that stands."""
    return bool(task.stands or task.due_at is not None)
