"""The clocks of a case that goes back: of the case itself, and of a step that is taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import spiff
from engine.clocks.pausing import RESUMED
from engine.history import moment, read
from engine.history.told import PAUSED, SUSPENDED
from engine.suspending.holding import RESUMED as UNSUSPENDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    import sqlalchemy as sa

    from engine.cases.moving import Case
    from engine.procedures import Version
    from engine.spiff import Move


def unwound(case: Case, move: Move) -> tuple[Case, dict[str, object]]:
    """Return the case without its clock if a move takes the activity under it back.

    With it comes what the entry says of that.
    """
    gone = {f"{timer.process}:{timer.host}" for timer in move.disarmed if timer.clock}
    if case.clock not in gone:
        return case, {}
    return replace(case, clock=None, due_at=None), {"facts": {"clock": None, "due_at": None}}


def runs_again(version: Version, case: Case, move: Move) -> tuple[Case, dict[str, object]]:
    """Return the case as not closed if a move opens the activity under its clock again.

    That clock may have passed, so that it is not armed once more. With it comes what the entry
    says of that.
    """
    if (
        case.closed_at is None
        or case.clock not in spiff.position(version.compiled, move.state).live
    ):
        return case, {}
    return replace(case, closed_at=None), {"facts": {"closed_at": None}}


Times = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class FirstRun:
    """``since`` when (UTC) the deadlines of a step count, and when its clocks ``stood``.

    The whole case has ``halted``, which counts for the deadlines around the step.
    """

    since: datetime | None
    stood: Times = ()
    halted: Times = ()

    @property
    def said(self) -> dict[str, object]:
        """What the entry says of it, so that a replay counts in the same way."""
        times = {"stood": self.stood, "halted": self.halted}
        since = {} if self.since is None else {"since": self.since.isoformat()}
        return since | {
            name: [[begun.isoformat(), ended.isoformat()] for begun, ended in found]
            for name, found in times.items()
            if found
        }


def run_of(body: Mapping[str, Any]) -> FirstRun:
    """Read what an entry says of when a step that was taken back had begun."""
    read_ = datetime.fromisoformat
    stood, halted = (
        tuple((read_(begun), read_(ended)) for begun, ended in body.get(name, ()))
        for name in ("stood", "halted")
    )
    return FirstRun(read_(body["since"]) if "since" in body else None, stood, halted)


def first_run(rows: Sequence[sa.Row[Any]], task: UUID, *, now: datetime) -> FirstRun:
    """Return since when a finished task counts, by the case's entries; paused up to ``now``."""
    bodies = [read(row.body) for row in rows]
    halted = tuple(_stood(bodies, None, now))
    opening = next((n for n, body in enumerate(bodies) if _opens(body, task)), None)
    if opening is None:
        return FirstRun(None, halted=halted)
    begun = run_of(bodies[opening])
    stood = (*begun.stood, *_stood(bodies[opening + 1 :], task, now))
    return FirstRun(begun.since or moment(bodies[opening]), stood, halted)


def _stood(
    bodies: Iterable[Mapping[str, Any]], task: UUID | None, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Give the times in which the clocks of a task, or of the whole case, stood."""
    holding, stopped = set[str](), now
    for body in bodies:
        at, held = moment(body) or now, bool(holding)
        _hold(holding, body, task)
        if holding and not held:
            stopped = at
        if held and not holding:
            yield stopped, at
    if holding:
        yield stopped, now


def _opens(body: Mapping[str, Any], task: UUID) -> bool:
    return any(key == task.hex for key, *_ in body.get("opened", ()))


def _hold(holding: set[str], body: Mapping[str, Any], task: UUID | None) -> None:
    """Note what stops the clocks of a task, or of the case, with an entry, or no longer does."""
    kind, mine, key = body.get("kind"), body.get("task"), task and task.hex
    what = "case" if kind in (SUSPENDED, UNSUSPENDED) else mine or "all"
    if kind in (PAUSED, SUSPENDED) and mine in (None, key):
        holding.add(what)
    elif kind in (RESUMED, UNSUSPENDED):
        holding.discard(what)
    elif key and mine == key and kind == "step_completed":
        holding.discard(key)
