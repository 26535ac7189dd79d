"""What moves the tokens of a case otherwise than drawn: going back, ending, intervening."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import history, spiff
from engine.going_back.anew import STRAIGHT, THROUGH
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.intervening import PLACE, SKIP, Wanted, carry_out, prepared
from engine.going_back.returning import return_task
from engine.going_back.withdrawing import withdraw_step
from engine.history.entrykinds import INTERVENTION
from engine.tables import entries
from tests.procedures.everywhere.acts import WHY, Act
from tests.procedures.everywhere.clocks import LIMITS
from tests.procedures.everywhere.scenes import again
from tests.procedures.everywhere.stage import PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from engine.spiff import Return
    from tests.procedures.everywhere.stage import Stage


def moving(stage: Stage) -> Iterator[Act]:
    """Give what people and operators may do with the case before the step that is next."""
    yield from _back(stage)
    if stage.at:
        yield _withdrawal(stage)
    yield from ending(stage)
    yield Act("skip", _skips, ("step_skipped",), None, INTERVENTION, may_refuse=True)
    for place in spiff.places(stage.compiled):
        if place.element in stage.scene.steps:
            to = (*place.path, place.element)
            name = f"place: {'/'.join(to)}"
            yield Act(name, _places(to), ("token_moved",), None, INTERVENTION, may_refuse=True)


def ending(stage: Stage) -> Iterator[Act]:
    """Give how a case is cancelled, if it is not over, and opened again."""
    rest = stage.scene.steps[stage.at :]
    kinds = ("case_reopened",) if not rest else ("case_cancelled", "case_reopened")
    if rest:
        yield Act("cancel, reopen", _reopens(None), kinds, rest)
    for way in _reopenings(stage):
        story = None if not rest else [*again(stage.done, (*way.path, way.element)), *rest]
        yield Act(f"reopen: {way.element}", _reopens(way.target), kinds, story)


def _back(stage: Stage) -> Iterator[Act]:
    row, rest = stage.row, stage.scene.steps[stage.at :]
    path, told = stage.path, ("task_returned",)
    calls = tuple(each for each in path if each in LIMITS)
    for way in spiff.returns(stage.compiled, stage.walk.row().state, row.id):
        straight = [way.element, *rest]
        through = [*again(stage.done, (*way.path, way.element)), *rest]
        kept = tuple(each for each in calls if each in way.path)
        for how, story, lasting in ((THROUGH, through, kept), (STRAIGHT, straight, calls)):
            name = f"return {how}: {way.element}"
            yield Act(name, _returns(way, how), told, story, kept=lasting)


def _reopenings(stage: Stage) -> list[Return]:
    """Give where the case could be opened again if it were cancelled now."""
    row = stage.walk.row()
    if row.status == "ended":
        return list(spiff.reopenings(stage.compiled, row.state))
    with stage.conn.begin_nested() as aside:
        _cancels(stage)
        found = list(spiff.reopenings(stage.compiled, stage.walk.row().state))
        aside.rollback()
    return found


def _returns(way: Return, how: str) -> Callable[[Stage], None]:
    def back(stage: Stage) -> None:
        row, by, path = stage.row, stage.holder, stage.path
        return_task(stage.conn, row.id, way.target, how, WHY, by=by, now=stage.walk.now)
        opened = stage.walk.task(way.element)
        assert opened.claimed_by is not None, "it goes to who did it"
        assert opened.again == ("straight" if how == STRAIGHT else "returned")
        if how == STRAIGHT:
            stage.watch.inside[opened.id] = path

    return back


def _withdrawal(stage: Stage) -> Act:
    before, rest = stage.scene.steps[stage.at - 1], stage.scene.steps[stage.at :]
    return Act(
        f"withdraw: {before}", _withdraws, ("step_withdrawn",), [before, *rest], may_refuse=True
    )


def _withdraws(stage: Stage) -> None:
    mine = sa.select(entries).where(
        entries.c.case_id == stage.walk.case_id, entries.c.kind == "step_completed"
    )
    done = stage.conn.execute(mine.order_by(entries.c.seq.desc()).limit(1)).one()
    by = stage.person(done.actor, history.read(done.body)["role"])
    walk = stage.walk
    withdraw_step(stage.conn, walk.case_id, done.task_id, by=by, now=walk.now)
    step = stage.scene.steps[stage.at - 1]
    at = spiff.position(stage.compiled, walk.row().state)
    stage.watch.back = (step, *(call for task in at.tasks for call in task.path))


def _cancels(stage: Stage) -> None:
    walk, owner = stage.walk, stage.walk.person("process-owner")
    cancel_case(stage.conn, walk.case_id, WHY, by=owner, now=walk.now)
    assert not stage.open


def _reopens(target: UUID | None) -> Callable[[Stage], None]:
    def reopen(stage: Stage) -> None:
        walk, owner = stage.walk, stage.walk.person("process-owner")
        if walk.row().status == "open":
            _cancels(stage)
        walk.now += PAUSE
        reopen_case(stage.conn, walk.case_id, target, WHY, by=owner, now=walk.now)
        stage.watch.forgets()

    return reopen


def _skips(stage: Stage) -> None:
    _intervenes(stage, Wanted(SKIP, stage.walk.case_id, stage.row.id))


def _places(to: tuple[str, ...]) -> Callable[[Stage], None]:
    def place(stage: Stage) -> None:
        _intervenes(stage, Wanted(PLACE, stage.walk.case_id, stage.row.id, to))

    return place


def _intervenes(stage: Stage, wanted: Wanted) -> None:
    operator, now = stage.walk.person("operator"), stage.walk.now
    stage.watch.beside = True
    ready = prepared(stage.conn, wanted, by=operator, now=now)
    carry_out(stage.conn, ready, WHY, by=operator, now=now)
