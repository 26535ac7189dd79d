"""The clocks of a case that goes back: of the case itself, and of a step that is taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.clocks.pausing import RESUMED
from engine.history import moment, read
from engine.history.told import PAUSED, SUSPENDED
from engine.suspending.holding import RESUMED as UNSUSPENDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    import sqlalchemy as sa

    from engine.cases.moving import Case
    from engine.spiff import Move


def unwound(case: Case, move: Move) -> tuple[Case, dict[str, object]]:
    """Return the case without its clock if a move takes the activity under it back.

    With it comes what the entry says of that.
    """
    gone = {f"{timer.process}:{timer.host}" for timer in move.disarmed if timer.clock}
    if case.clock not in gone:
        return case, {}
    return replace(case, clock=None, due_at=None), {"facts": {"clock": None, "due_at": None}}


@dataclass(frozen=True, slots=True)
class FirstRun:
    """``since`` when (UTC) the deadlines of a step count, and when its clocks ``stood``."""

    since: datetime | None
    stood: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def said(self) -> dict[str, object]:
        """What the entry says of it, so that a replay counts in the same way."""
        stood = [[begun.isoformat(), ended.isoformat()] for begun, ended in self.stood]
        since = {} if self.since is None else {"since": self.since.isoformat()}
        return {**since, **({"stood": stood} if stood else {})}


def run_of(body: Mapping[str, Any]) -> FirstRun:
    """Read what an entry says of when a step that was taken back had begun."""
    read_ = datetime.fromisoformat
    stood = tuple((read_(begun), read_(ended)) for begun, ended in body.get("stood", ()))
    return FirstRun(read_(body["since"]) if "since" in body else None, stood)


def first_run(rows: Sequence[sa.Row[Any]], task: UUID, *, now: datetime) -> FirstRun:
    """Return since when a finished task counts, by the case's entries; paused up to ``now``."""
    bodies = [read(row.body) for row in rows]
    opening = next((n for n, body in enumerate(bodies) if _opens(body, task)), None)
    if opening is None:
        return FirstRun(None)
    begun = run_of(bodies[opening])
    stood, holding, stopped = list(begun.stood), set[str](), now
    for body in bodies[opening + 1 :]:
        at, held = moment(body) or now, bool(holding)
        _hold(holding, body, task)
        if holding and not held:
            stopped = at
        if held and not holding:
            stood.append((stopped, at))
    if holding:
        stood.append((stopped, now))
    return FirstRun(begun.since or moment(bodies[opening]), tuple(stood))


def _opens(body: Mapping[str, Any], task: UUID) -> bool:
    return any(key == task.hex for key, *_ in body.get("opened", ()))


def _hold(holding: set[str], body: Mapping[str, Any], task: UUID) -> None:
    """Note what stops the clocks of a task with an entry, or no longer does."""
    kind, mine = body.get("kind"), body.get("task")
    what = "case" if kind in (SUSPENDED, UNSUSPENDED) else mine or "all"
    if kind in (PAUSED, SUSPENDED) and mine in (None, task.hex):
        holding.add(what)
    elif kind in (RESUMED, UNSUSPENDED):
        holding.discard(what)
    elif mine == task.hex and kind == "step_completed":
        holding.discard(task.hex)
