"""What a move of the engine says in the history: what happened, in order, and what followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from engine import spiff
from engine.history import Draft
from engine.history.told import AWAITED, listed

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from engine.procedures import Version
    from engine.spiff import Move
    from engine.tasks.left import Ending


REMINDS: Final = "reminds"
SKIPPED: Final = "step_skipped"
"""The kind of entry of a step that an operator passed over, undone."""


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


def clauses(version: Version, move: Move, cause: Draft) -> list[str]:
    """Return, each once, the clauses of what was done: the step itself, and what ran by itself.

    What ran is what a flow was taken out of, and the ends that were come to: a call or sub-process
    counts when it is over, not when it begins. A gateway does nothing, a timer has an entry of its
    own, and a step that was skipped was not done.
    """
    elsewhere = {f"{timer.process}:{timer.element}" for timer in move.fired}
    if cause.kind == SKIPPED:
        elsewhere.add(f"{cause.facts['process']}:{cause.facts['element']}")
    own = listed(cause.facts, "clauses")
    ran = (version.element(*place.split(":")) for place in _ran(version, move, elsewhere))
    return list(dict.fromkeys([*own, *(c for each in ran for c in each.clauses)]))


def _ran(version: Version, move: Move, elsewhere: Container[str]) -> Iterator[str]:
    """Give the activities and events that a move has brought to their end."""
    left = set()
    for taken in move.flows:
        process, flow = taken.split(":")
        left.add(f"{process}:{version.compiled.diagrams[process].flows[flow].source}")
    for place in dict.fromkeys([*move.reached, *sorted(left)]):
        kind = version.element(*place.split(":")).kind
        over = kind == "endEvent" or (place in left and not kind.endswith("Gateway"))
        if over and place not in elsewhere:
            yield place


def consequences(version: Version, move: Move, cancelled: Sequence[Ending]) -> dict[str, object]:
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
