"""What people may do with the step that is next besides doing it, each to its own end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.acts.signing import MODES
from engine.cases import timers
from engine.clocks.pausing import pause_case, pause_task, resume_case, resume_task
from engine.flexible.asking import Wanted, ask, remove
from engine.flexible.delegating import delegate, give_back, take_back
from engine.flexible.groups import OPEN
from engine.flexible.handing import assign, transfer
from engine.flexible.signing import sign
from engine.flexible.telling import copy, urge
from engine.history.entrykinds import FLEXIBLE
from engine.settings import company
from engine.substituting import making
from engine.substituting.represented import standing_in
from engine.suspending import holding
from engine.suspending.holding import suspend_case
from engine.tables import signings
from engine.tasks.completing import claim, release, save_draft
from forms import Answered
from tests.procedures.everywhere.clocks import LIMITS
from tests.procedures.everywhere.stage import PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.spiff import Names
    from tests.procedures.everywhere.stage import Stage

WHY: Final = "因故"
STANDS: Final = timedelta(hours=3)
HALF: Final = 50


@dataclass(frozen=True)
class Act:
    """One way of doing something before the step that is next.

    ``kinds`` are the entries that it makes besides steps, ``sort`` their class. ``story`` are the
    steps that are done from then on, None where nobody can say. ``kept`` are activities whose
    clocks must not begin anew. ``may_refuse`` says that the engine may have a reason against it.
    """

    name: str
    do: Callable[[Stage], None]
    kinds: tuple[str, ...]
    story: Sequence[str] | None
    sort: Names | None = FLEXIBLE
    kept: tuple[str, ...] = ()
    may_refuse: bool = False


def in_place(stage: Stage) -> Iterator[Act]:
    """Give what moves no token: in the end all is as if nothing had been done."""
    row = stage.row
    rest = stage.scene.steps[stage.at :]
    kept = tuple(each for each in LIMITS if each == row.element)

    def act(name: str, do: Callable[[Stage], None], *kinds: str) -> Act:
        return Act(name, do, kinds, rest, kept=kept)

    yield act("claim, release, claim", _claims, "task_claimed", "task_released")
    yield act("transfer", _hands(transfer), "task_transferred")
    yield act("assign", _assigns, "task_assigned")
    yield act("delegate, give back", _delegates, "task_delegated", "task_given_back")
    yield act("delegate, take back", _takes_back, "task_delegated", "task_taken_back")
    yield act("copy", _copies, "case_copied")
    yield act("urge", _urges, "task_urged")
    yield act("substitute", _is_away)
    for place in ("before", "after"):
        for mode in sorted(MODES):
            asked = "signatures_asked", "signature_given"
            yield act(f"sign {place} ({mode})", _signs(place, mode), *asked)
        refused = "signatures_asked", "signature_refused"
        yield act(f"refused {place}", _refuses(place), *refused)
        removed = "signatures_asked", "signature_removed"
        yield act(f"signature {place} taken away", _removes(place), *removed)
    yield act("suspend the case", _suspends, "case_suspended", "case_resumed")
    if row.element in LIMITS:
        yield act("pause the step", _pauses_step, "clock_paused", "clock_resumed")
    if stage.watch.dues:
        yield act("pause the case", _pauses_case, "clock_paused", "clock_resumed")


def _claims(stage: Stage) -> None:
    by = stage.holder
    for verb in (claim, release, claim):
        verb(stage.conn, stage.row.id, by=by, now=stage.walk.now)


def _hands(verb: Callable[..., None]) -> Callable[[Stage], None]:
    def hand(stage: Stage) -> None:
        row = stage.row
        to = stage.doubles[row.role]
        verb(stage.conn, row.id, to.id, WHY, by=stage.holder, now=stage.walk.now)
        assert stage.row.claimed_by == to.id

    return hand


def _assigns(stage: Stage) -> None:
    row, owner = stage.row, stage.walk.person("process-owner")
    to = stage.doubles[row.role].id
    assign(stage.conn, row.id, to, WHY, by=owner, now=stage.walk.now)


def _delegates(stage: Stage) -> None:
    row, now = stage.row, stage.walk.now
    _prepares(stage)
    give_back(stage.conn, row.id, "办好了", by=stage.guest, now=now)
    assert stage.row.claimed_by == stage.holder.id


def _prepares(stage: Stage) -> None:
    row, now = stage.row, stage.walk.now
    delegate(stage.conn, row.id, stage.guest.id, WHY, by=stage.holder, now=now)
    save_draft(stage.conn, row.id, Answered(stage.given(row)).texts, by=stage.guest, now=now)


def _takes_back(stage: Stage) -> None:
    row = stage.row
    _prepares(stage)
    take_back(stage.conn, row.id, by=stage.holder, now=stage.walk.now)


def _copies(stage: Stage) -> None:
    row = stage.row
    copy(stage.conn, row.id, [stage.guest.id], "", by=stage.holder, now=stage.walk.now)


def _urges(stage: Stage) -> None:
    """Let whoever opened the case urge; they are concerned with all of it."""
    by = stage.walk.person("sales")
    urge(stage.conn, stage.row.id, "请尽快", by=by, now=stage.walk.now)


def _is_away(stage: Stage) -> None:
    """Let somebody stand in for who does the step, and do it for them."""
    row, away, walk = stage.row, stage.holder, stage.walk
    deputy = stage.doubles["operator"]
    today = walk.now.astimezone(company(stage.conn).zone).date()
    wanted = making.Wanted(away.id, deputy.id, today, today)
    making.make(stage.conn, wanted, by=away, now=walk.now)
    acting = standing_in(stage.conn, deputy.id, now=walk.now)
    stage.does(row, by=acting)
    assert (deputy.id, away.id) in stage.acted
    stage.watch.look(walk)


def _asks(stage: Stage, place: str, mode: str) -> None:
    row, now = stage.row, stage.walk.now
    save_draft(stage.conn, row.id, Answered(stage.given(row)).texts, by=stage.holder, now=now)
    keys = [stage.guest.id, stage.doubles["operator"].id]
    wanted = Wanted(place, mode, HALF, keys)
    ask(stage.conn, row.id, wanted, WHY, by=stage.holder, now=now)
    assert stage.row.claimed_by == stage.holder.id


def _asked(stage: Stage) -> list[sa.Row[Any]]:
    ours = sa.select(signings).where(
        signings.c.case_id == stage.walk.case_id, signings.c.status.in_(OPEN)
    )
    return list(stage.conn.execute(ours.order_by(signings.c.number)))


def _signs(place: str, mode: str) -> Callable[[Stage], None]:
    def sign_all(stage: Stage) -> None:
        _asks(stage, place, mode)
        wanted = {"any": 1, "ratio": 1, "all": 2, "order": 2}[mode]
        stage.walk.now += PAUSE
        for left in range(wanted, 0, -1):
            assert _asked(stage), f"{left} more have to sign"
            _answers(stage, "agreed")
        assert not _asked(stage)

    return sign_all


def _answers(stage: Stage, answer: str) -> None:
    one = _asked(stage)[0]
    by = stage.person(one.person_id, "operator")
    sign(stage.conn, one.id, answer, "看过了", by=by, now=stage.walk.now)


def _refuses(place: str) -> Callable[[Stage], None]:
    def refuse(stage: Stage) -> None:
        row = stage.row
        _asks(stage, place, "all")
        while _asked(stage):
            _answers(stage, "refused")
        assert stage.row.id == row.id
        assert stage.row.sent is None

    return refuse


def _removes(place: str) -> Callable[[Stage], None]:
    def take_away(stage: Stage) -> None:
        row, by, now = stage.row, stage.holder, stage.walk.now
        _asks(stage, place, "all")
        for one in _asked(stage):
            remove(stage.conn, row.id, one.person_id, "不用了", by=by, now=now)
        assert not _asked(stage)

    return take_away


def _pauses_step(stage: Stage) -> None:
    row, by = stage.row, stage.holder
    pause_task(stage.conn, row.id, WHY, by=by, now=stage.walk.now)
    assert stage.row.stands
    stage.walk.now += STANDS
    resume_task(stage.conn, row.id, by=by, now=stage.walk.now)
    stage.watch.stood(stage.walk, STANDS, row.element)


def _pauses_case(stage: Stage) -> None:
    by, case = stage.walk.person("process-owner"), stage.walk.case_id
    pause_case(stage.conn, case, WHY, by=by, now=stage.walk.now)
    assert stage.walk.row().paused_at == stage.walk.now
    stage.walk.now += STANDS
    resume_case(stage.conn, case, by=by, now=stage.walk.now)
    stage.watch.stood(stage.walk, STANDS, None)


def _suspends(stage: Stage) -> None:
    by, case = stage.walk.person("process-owner"), stage.walk.case_id
    suspend_case(stage.conn, case, WHY, None, by=by, now=stage.walk.now)
    stage.walk.now += STANDS
    assert timers.wake_next(stage.conn, now=stage.walk.now) is False
    holding.resume_case(stage.conn, case, by=by, now=stage.walk.now)
    stage.watch.stood(stage.walk, STANDS, None)
