"""Doing an act at a step and going on to the end, and what must hold then and there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import history, procedures
from engine.cases.lineage import lineage
from engine.cases.starts import InvalidAnswersError
from engine.errors import Refusal
from engine.history.dossier import history_rows
from engine.history.entrykinds import CLASSES, INTERVENTION
from engine.replaying.playing import play
from engine.replaying.record import record
from engine.replaying.replay import as_it_was, replay_as_it_was
from engine.replaying.verdicts import Verdict
from engine.spiff import RunError
from engine.tables import cases, tasks
from tests.engine.astray import astray
from tests.engine.replaying.test_random_replays import seen
from tests.procedures.everywhere.acts import in_place
from tests.procedures.everywhere.going import ending, moving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.procedures.everywhere.acts import Act
    from tests.procedures.everywhere.stage import Stage

CLOSING: Final = {"step_completed", "step_skipped", "task_returned", "token_moved"}
"""The kinds of entries that close the task which they are about."""


@dataclass(frozen=True)
class Plain:
    """How a scene ends when nothing is done besides."""

    outcome: str | None
    variables: dict[str, object]
    cases: int


@dataclass
class Counts:
    """How many acts were done, by name, and how many the engine had a reason against.

    After interventions some cases are held up by what is missing, or stranded at a join, until
    operators go on.
    """

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    stranded: Counter[str] = field(default_factory=Counter)

    @property
    def told(self) -> list[tuple[str, Counter[str]]]:
        """Give what was counted, with its title."""
        return [
            ("done", self.done),
            ("refused in words", self.refused),
            ("held up by an incident", self.held),
            ("waiting at a join for an operator", self.stranded),
        ]


def acts(stage: Stage) -> Iterator[Act]:
    """Give whatever may be done before the step that is next, or when all are done."""
    if stage.at < len(stage.scene.steps):
        yield from in_place(stage)
        yield from moving(stage)
    else:
        yield from ending(stage)


def plain(stage: Stage) -> Plain:
    """Go to the end without any act, and back again."""
    with stage.aside():
        stage.ends()
        return Plain(stage.walk.outcome, stage.variables, _count(stage))


def _count(stage: Stage) -> int:
    return stage.conn.scalar(sa.select(sa.func.count()).select_from(cases)) or 0


def tried(stage: Stage, act: Act, expected: Plain, counts: Counts) -> None:
    """Do an act, see what holds, go on to the end, see what holds then, and undo it all."""
    kind, before = act.name.partition(":")[0], len(stage.walk.story)
    with stage.aside():
        try:
            act.do(stage)
        except Refusal:
            assert act.may_refuse
            counts.refused[kind] += 1
            return
        _done(stage, act)
        counts.done[kind] += 1
        try:
            stage.ends()
        except (RunError, InvalidAnswersError):
            assert act.sort is INTERVENTION
            counts.held[kind] += 1
            _holds(stage)
        else:
            counts.stranded[kind] += _ended(stage, act, expected, before)


def _done(stage: Stage, act: Act) -> None:
    stage.watch.look(stage.walk, kept=act.kept)
    _is_told(stage, act)
    _holds(stage)


def _ended(stage: Stage, act: Act, expected: Plain, before: int) -> bool:
    """See how a case has ended; say whether it has not, after an intervention."""
    _holds(stage)
    if act.story is not None:
        assert stage.walk.story[before:] == list(act.story)
        replayed = replay_as_it_was(stage.conn, stage.walk.case_id).replayed
        assert (replayed.verdict, replayed.notes, replayed.unused) == (Verdict.SAME, (), ())
        assert stage.walk.outcome == expected.outcome
        assert stage.variables == expected.variables
        assert _count(stage) == expected.cases
    is_stranded: bool = stage.walk.row().status == "open"
    assert act.story is None or not is_stranded
    return is_stranded


def _is_told(stage: Stage, act: Act) -> None:
    """See that each entry is of the class that it should be."""
    shown = {(view.kind, view.sort) for view in stage.walk.dossier.timeline}
    assert set(act.kinds) <= {kind for kind, _ in shown}
    for kind, sort in shown:
        assert sort == (act.sort if kind in act.kinds else CLASSES.get(kind))
    assert {("step_completed", None), ("case_opened", None)} & shown


def _holds(stage: Stage) -> None:
    """See that every case verifies, that no task is lost or doubled, and that history replays."""
    assert astray(stage.conn) == {}
    _adds_up(stage)
    _replays(stage)


def _adds_up(stage: Stage) -> None:
    """Compare what the entries opened and closed with the tasks that are open."""
    left: Counter[str] = Counter()
    for row in history_rows(stage.conn, stage.walk.case_id):
        body = history.read(row.body)
        if row.task_id is not None and row.kind in CLOSING:
            left[row.task_id.hex] -= 1
        left.update(key for key, *_ in body.get("opened", ()))
        left.subtract(key for key, *_ in body.get("cancelled", ()))
    ours = sa.select(tasks.c.id).where(tasks.c.case_id == stage.walk.case_id)
    found = [key.hex for key in stage.conn.scalars(ours)]
    assert +left == Counter(found)
    assert not -left


def _replays(stage: Stage) -> None:
    """See that the case's own version comes to the stored position by the history alone."""
    walk, row = stage.walk, stage.walk.row()
    rows = history_rows(stage.conn, walk.case_id)
    version = procedures.version(stage.conn, row.version_id)
    told = record(rows)
    assert told.until is not None
    terms = as_it_was(stage.conn, lineage(stage.conn, version, rows), rows)
    found = play(told, terms, until=told.until).stage
    assert seen(version.compiled, found.state) == seen(version.compiled, row.state)


def everywhere(stage: Stage, counts: Counts, *, every: int = 1, first: int = 0) -> None:
    """Try each act at each step of a scene, or every so manieth of them, to the end of it."""
    expected, number = plain(stage), -first
    assert expected.outcome == stage.scene.outcome
    while True:
        for act in acts(stage):
            number += 1
            if number % every == 0:
                tried(stage, act, expected, counts)
        if stage.at == len(stage.scene.steps):
            return
        stage.goes_on()
