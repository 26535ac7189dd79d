"""What a move of the engine says in the history: what happened, in order, and what followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from engine import spiff
from engine.history import Draft
from engine.told import AWAITED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from engine.procedures import Version
    from engine.spiff import Move


REMINDS: Final = "reminds"


def as_it_happened(version: Version, move: Move, happened: Sequence[Draft]) -> list[Draft]:
    """Put the timers that were running before in front, those of no duration behind."""
    young = {timer.id for timer in move.armed}
    before = [_fired(version, timer) for timer in move.fired if timer.id not in young]
    after = [_fired(version, timer) for timer in move.fired if timer.id in young]
    return [*before, *happened, *after]


def _fired(version: Version, timer: spiff.Timer) -> Draft:
    facts: dict[str, object] = {
        "process": timer.process,
        "element": timer.element,
        "due": timer.due.isoformat(),
        "clauses": list(version.element(timer.process, timer.element).clauses),
    }
    if timer.reminds:
        facts[REMINDS] = True
    elif timer.host == timer.element:
        facts["waited"] = True
    return Draft("timer_fired", facts, timer_id=timer.id)


def saying(draft: Draft, facts: Mapping[str, Any]) -> Draft:
    """Return a draft that says these too; what it said of the case's facts itself stays."""
    own = draft.facts.get("facts", {})
    both = {**facts, "facts": {**own, **facts["facts"]}} if isinstance(own, dict) else facts
    return replace(draft, facts={**draft.facts, **{k: v for k, v in both.items() if v}})


def clauses(version: Version, move: Move, said: Mapping[str, Any]) -> list[str]:
    """Return, each once, the clauses of what was done and of all that the move went through.

    A step that only waits now has fulfilled nothing yet, and a timer has an entry of its own.
    """
    elsewhere = {f"{task.process}:{task.element}" for task in move.opened}
    elsewhere |= {f"{timer.process}:{timer.element}" for timer in move.fired}
    through = [place for place in move.reached if place not in elsewhere]
    found = [c for place in through for c in version.element(*place.split(":")).clauses]
    return list(dict.fromkeys([*said.get("clauses", ()), *found]))


def consequences(
    version: Version, move: Move, cancelled: Sequence[sa.Row[Any]]
) -> dict[str, object]:
    """Say for the entry what the engine did; empty lists are left out."""
    facts: dict[str, object] = {
        "version": version.number,
        "flows": list(move.flows),
        "reached": list(move.reached),
        "opened": [[t.id.hex, f"{t.process}:{t.element}", t.role] for t in move.opened],
        "turns": {t.id.hex: [t.turn or "", *t.path] for t in move.opened if _tells(move, t)},
        "cancelled": [[row.id.hex, f"{row.process}:{row.element}"] for row in cancelled],
        "armed": [_armed(timer) for timer in move.armed if not timer.reminds],
        "reminding": [_armed(timer) for timer in move.armed if timer.reminds],
        AWAITED: [[wait.id.hex, f"{wait.process}:{wait.element}"] for wait in move.awaited],
        "shifted": [_shifted(shift) for shift in move.shifted],
        "decided": [
            [d.table, d.rule, dict(d.inputs), dict(d.outputs), d.our_default]
            for d in move.decisions
        ],
        "told": [
            [f"{e.process}:{e.element}", list(e.notifies)]
            for e in move.effects
            if isinstance(e, spiff.Message)
        ],
        "ended": move.ended,
    }
    return {name: value for name, value in facts.items() if value}


def _tells(move: Move, task: spiff.OpenTask) -> bool:
    """Whether the flows of a move do not say in which instance, or which calls, a task is."""
    return bool(task.turn or (task.path and not move.flows))


def _armed(timer: spiff.Timer) -> list[str]:
    return [f"{timer.process}:{timer.element}", timer.due.isoformat()]


def _shifted(shift: spiff.Shift) -> list[str]:
    """Say which timer moved, on which activity, from when to when; a reminder says that it is."""
    timer = shift.timer
    place, host = f"{timer.process}:{timer.element}", f"{timer.process}:{timer.host}"
    shifted = [place, host, shift.before.isoformat(), timer.due.isoformat()]
    return [*shifted, REMINDS] if timer.reminds else shifted
