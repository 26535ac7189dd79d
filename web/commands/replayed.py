"""What a replay found, as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from engine.history.entrynotes import named
from engine.replaying.verdicts import Verdict
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from engine.procedures.bundles import Bundle
    from engine.replaying.replay import CaseReplayed
    from engine.replaying.verdicts import Missed, Replayed


MOST_NAMED: Final = 3


def line_of(case: CaseReplayed, to: Bundle, zone: ZoneInfo) -> Iterator[str]:
    """Say how a case differs; nothing of one that goes the same way and misses nothing new."""
    found = case.replayed
    news = [missed for missed in found.missed if not missed.passed]
    if found.verdict is Verdict.SAME and not (news or found.met or found.others or found.notes):
        return
    yield f"{case.code}  v{case.number}  {case.customer or '-'}  {_said(found.verdict.names)}"
    for said in (*_why(found, to), *(_late(each, to, zone) for each in news), *_besides(case, to)):
        yield f"    {said}"


def _why(found: Replayed, to: Bundle) -> Iterator[str]:
    for step in found.waiting:
        role = to.roles.get(step.role, Names(step.role, step.role))
        yield f"→ {_said(named(to, step.process, step.element))} ({_said(role)})"
    for step in found.others:
        role = to.roles.get(step.role, Names(step.role, step.role))
        place = named(to, step.process, step.element)
        yield f"{place.zh}改由{role.zh}办理 {place.en} is {role.en}'s to do"
    if (stops := found.obstacle) is not None:
        yield f"{_said(named(to, stops.process, stops.element))}: {stops.zh} {stops.en}"
    if found.verdict is Verdict.OTHER and found.outcome:
        yield f"办结 ended: {_said(named(to, *found.outcome.split(':')))}"


def _late(missed: Missed, to: Bundle, zone: ZoneInfo) -> str:
    host = _said(named(to, missed.process, missed.host))
    due = f"{missed.due.astimezone(zone):%Y-%m-%d %H:%M}"
    return f"逾期 missed: {host}  {due}  +{_length(missed.late)}"


def _besides(case: CaseReplayed, to: Bundle) -> Iterator[str]:
    found = case.replayed
    for place, times in Counter(found.met).items():
        yield f"不再逾期 met now: {_said(named(to, *place.split(':')))} ×{times}"
    for place, times in Counter(found.unreached).items():
        yield f"未走到期限 deadline not reached: {_said(named(to, *place.split(':')))} ×{times}"
    if found.spared:
        yield f"不再催办 urged no more: {len(found.spared)} ({_listed(case, found.spared)})"
    if found.unused:
        yield f"未用的回答 unused answers: {len(found.unused)} ({_listed(case, found.unused)})"
    for note in found.notes:
        yield _said(note)


def _listed(case: CaseReplayed, places: Sequence[str]) -> str:
    """Name the first steps, in one line."""
    names = list(dict.fromkeys(_said(case.called[place]) for place in places))
    return "、".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "")


def _length(late: timedelta) -> str:
    hours = round(late.total_seconds() / 3600)
    return f"{hours // 24} 天 d {hours % 24} 时 h" if hours else "0"


def _said(names: Names) -> str:
    return names.zh if names.zh == names.en else f"{names.zh} {names.en}"


def table_of(cases: Sequence[CaseReplayed]) -> Iterator[str]:
    """Count the verdicts, and the deadlines that pass now, or do not any more."""
    counts = Counter(case.replayed.verdict for case in cases)
    for verdict in Verdict:
        yield f"{counts[verdict]:>6}  {_said(verdict.names)}"
    missed = [each for case in cases for each in case.replayed.missed]
    new, met = sum(not each.passed for each in missed), sum(len(c.replayed.met) for c in cases)
    short = sum(len(case.replayed.unreached) for case in cases)
    others = sum(bool(case.replayed.others) for case in cases)
    yield f"{others:>6}  有步骤改由别的角色办理 with steps that another role does"
    yield (
        f"{len(missed):>6}  逾期 deadlines missed: {new} 新增 new, {met} 不再 met now, "
        f"{short} 未走到 not reached"
    )
