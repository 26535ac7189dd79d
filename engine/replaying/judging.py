"""What to say of a case that was played: how it differs from what its history says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine import spiff
from engine.replaying.play import CannotFollowError
from engine.replaying.playing import play
from engine.replaying.record import DONE
from engine.replaying.stage import place_of
from engine.replaying.verdicts import Missed, NewStep, Replayed, Verdict
from engine.spiff import Obstacle

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from engine.replaying.play import Play, Terms
    from engine.replaying.record import Record
    from engine.replaying.stage import Stage
    from engine.spiff import Compiled


def judge(record: Record, terms: Terms, *, until: datetime) -> Replayed:
    """Replay a case until a moment (UTC), and say how it fares."""
    try:
        found = play(record, terms, until=until)
    except CannotFollowError as error:
        return Replayed(Verdict.CANNOT, obstacle=error.obstacle)
    waiting, stage = _new_steps(found), found.stage
    obstacle = None if waiting else _held_up(found)
    missed = _missed(found, until)
    over, urging = record.late - Counter(map(_place, missed)), _urging(terms)
    unreached = over - _kept_or_gone(found, missed)
    return Replayed(
        verdict=_verdict(found, waiting, obstacle, urging),
        waiting=waiting,
        obstacle=obstacle,
        missed=missed,
        met=tuple((over - unreached).elements()),
        unreached=tuple(unreached.elements()),
        others=_others(found),
        done=tuple(stage.done),
        unused=_unused(found),
        spared=_spared(found, urging),
        outcome=stage.outcome,
        notes=tuple(found.notes),
    )


def _place(missed: Missed) -> str:
    return f"{missed.process}:{missed.element}"


def _kept_or_gone(found: Play, missed: tuple[Missed, ...]) -> Counter[str]:
    """Count the deadlines that did not pass: those kept, and those that are drawn no more."""
    late, drawn = found.record.late, _drawn(found.stage.bundle.compiled)
    gone = Counter({place: times for place, times in late.items() if place not in drawn})
    return (found.stage.armed - Counter(map(_place, missed))) + gone


def _verdict(
    found: Play,
    waiting: tuple[NewStep, ...],
    obstacle: Obstacle | None,
    urging: AbstractSet[str | None],
) -> Verdict:
    if obstacle is not None:
        return Verdict.CANNOT
    stage, record = found.stage, found.record
    is_same = stage.done == record.done and stage.outcome == record.outcome
    if is_same and not waiting and _open(stage) == record.waiting:
        return Verdict.SAME
    if _is_same_but_for(urging, found):
        return Verdict.URGED
    return Verdict.WAITING if waiting else Verdict.OTHER


def _is_same_but_for(urging: AbstractSet[str | None], found: Play) -> bool:
    """Whether a case went the same way if nobody looks at the steps by which somebody is urged.

    A case that is not over here or there has to wait for nothing but such a step.
    """
    stage, record = found.stage, found.record
    done = [[p for p in done if p not in urging] for done in (stage.done, record.done)]
    waits = [Counter(p for p in all_ if p not in urging) for all_ in (_open(stage), record.waiting)]
    if done[0] != done[1] or waits[0] != waits[1]:
        return False
    ends = stage.outcome, record.outcome
    if stage.outcome == record.outcome or not urging.isdisjoint(ends):
        return True
    open_ones = record.waiting if stage.is_over else _open(stage)
    return None in ends and bool(open_ones) and _held_up(found) is None


def _urging(terms: Terms) -> frozenset[str]:
    """Return the elements that versions draw to urge somebody, and none of them for all cases."""
    every = [each.compiled for each in (terms.was, terms.to, *terms.own.values())]
    aside = [spiff.urging(compiled) for compiled in every]
    ordinary = (_drawn(compiled) - urging for compiled, urging in zip(every, aside, strict=True))
    return frozenset().union(*aside).difference(*ordinary)


def _drawn(compiled: Compiled) -> frozenset[str]:
    diagrams = compiled.diagrams.items()
    return frozenset(f"{process}:{id_}" for process, one in diagrams for id_ in one.elements)


def _spared(found: Play, urging: AbstractSet[str]) -> tuple[str, ...]:
    """Return the steps by which somebody was urged in the case's own history, and would not be."""
    before = Counter(each.place for each in found.record.openings.values() if each.place in urging)
    return tuple((before - Counter(map(place_of, found.stage.opened))).elements())


def _open(stage: Stage) -> Counter[str]:
    return Counter(map(place_of, stage.tasks.values()))


def _new_steps(found: Play) -> tuple[NewStep, ...]:
    """Return the steps that opened and that nobody has done, more than by the case's own history.

    Those that were taken away before their answers came are none: their answers are unused.
    """
    stage, record = found.stage, found.record
    opened = {place_of(task): task for task in stage.opened}
    undone = Counter(map(place_of, stage.opened)) - Counter(stage.done)
    known = Counter(each.place for each in record.openings.values()) - Counter(record.done)
    new = (undone - known - Counter(_unused(found))) | (_open(stage) - record.waiting)
    steps = (opened[place] for place in new.elements())
    return tuple(NewStep(step.process, step.element, step.role) for step in steps)


def _others(found: Play) -> tuple[NewStep, ...]:
    """Return, each once, the steps that were done or wait, by a role that they never had here."""
    known: dict[str, set[str]] = {}
    for each in found.record.openings.values():
        known.setdefault(each.place, set()).add(each.role)
    opened = (NewStep(step.process, step.element, step.role) for step in found.stage.opened)
    others = (step for step in opened if step.role not in known.get(place_of(step), {step.role}))
    return tuple(dict.fromkeys(others))


def _unused(found: Play) -> tuple[str, ...]:
    return tuple(event.place for event in found.pending if event.kind == DONE)


def _held_up(found: Play) -> Obstacle | None:
    """Say what holds up a case that has come further, or to its end, by its own history.

    It asks a service that was never asked, waits for what never came, or for a moment to come.
    """
    stage, record = found.stage, found.record
    behind = _open(stage) != record.waiting or (record.outcome is not None and not stage.is_over)
    if stage.is_over or not behind:
        return None
    if stage.calls:
        call = next(iter(stage.calls.values()))
        zh, en = (
            "记录里没有这次外部调用的回答。",
            "Nobody has ever answered this call.",
        )
        return Obstacle(call.process, call.element, zh, en)
    waits = [timer for timer in stage.timers() if timer.host == timer.element]
    if waits:
        first = min(waits, key=lambda timer: timer.due)
        zh = "案件在此等到定时时间，记录在那之前就结束了。"
        en = "The case waits for a moment here that is after the end of its history."
        return Obstacle(first.process, first.element, zh, en)
    if stage.waits:
        wait = next(iter(stage.waits.values()))
        zh = f"案件在此等消息“{wait.name}”，记录里没有收到过。"
        en = f"The case waits for the message “{wait.name}” here, which never came."
        return Obstacle(wait.process, wait.element, zh, en)
    return None


def _missed(found: Play, until: datetime) -> tuple[Missed, ...]:
    known = Counter(found.record.late)
    missed = []
    for each in found.stage.passed:
        timer, place = each.timer, place_of(each.timer)
        known[place] -= 1
        missed.append(
            Missed(
                timer.process,
                timer.element,
                timer.host,
                timer.due,
                each.late(until),
                passed=known[place] >= 0,
            )
        )
    return tuple(missed)
