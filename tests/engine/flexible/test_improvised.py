"""Whatever people do with the tasks of a case: none is lost or doubled, and the case can end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from engine import procedures, spiff
from engine.acts.signing import MODES
from engine.errors import Refusal
from engine.flexible.asking import Wanted, ask, remove
from engine.flexible.delegating import delegate, give_back, take_back
from engine.flexible.groups import OPEN
from engine.flexible.handing import assign, transfer
from engine.flexible.signing import sign
from engine.flexible.telling import copy, urge
from engine.people import save_roles
from engine.spiff import Names
from engine.substituting.represented import standing_in
from engine.tables import cases, people, signings, tasks
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.verifying.everything import check
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.people import Person

NOTE = Answered({"note": "已办"})
STAFF = {
    "one": {"clerk"}, "two": {"clerk"}, "inspector": {"qc"}, "manager": {"gm"},
    "chief": {"clerk-supervisor", "process-owner"}, "guest": set[str](),
}  # fmt: skip
LOGINS = sorted(STAFF)
PERSON, PEOPLE = st.sampled_from(LOGINS), st.lists(st.sampled_from(LOGINS), max_size=3)
WHOEVER = "whoever may do it"
WHO = st.one_of(PERSON, st.just(WHOEVER), st.just(WHOEVER))
"""Anybody, and more often than not somebody who may."""
PICK = st.integers(0, 9)
EXAMPLES, MOST_ROUNDS = 25, 60


class Improvising(RuleBasedStateMachine):
    """People act on an errand as they like; what they may not is refused and changes nothing."""

    engine: ClassVar[Engine]
    """A database of the test's own; nothing of it is committed."""

    staff: ClassVar[dict[str, Person]]

    @initialize()
    def open_a_case(self) -> None:
        self.opened = self.engine.connect()
        self.case = asked(self.conn, self.staff["one"]).case_id
        self.now = NOW
        self.done: set[UUID] = set()

    @override
    def teardown(self) -> None:
        if not hasattr(self, "opened"):
            return
        try:
            if hasattr(self, "done"):
                self.finish()
        finally:
            self.opened.rollback()
            self.opened.close()

    @property
    def conn(self) -> Connection:
        return self.opened

    @property
    def row(self) -> Any:  # noqa: ANN401 - a row
        return self.conn.execute(sa.select(cases).where(cases.c.id == self.case)).one()

    def answers(self) -> Answered:
        """Give what is filled in at any step."""
        return NOTE

    def typed(self) -> dict[str, list[str]]:
        """Give what is kept as a draft of any step."""
        return {"note": ["草稿"]}

    def person(self, login: str) -> Person:
        """Give somebody as they are at this moment, with those whom they stand in for."""
        found = standing_in(self.conn, self.staff[login].id, now=self.now)
        assert found is not None
        return found

    def rows(self) -> list[sa.Row[Any]]:
        ours = sa.select(tasks).where(tasks.c.case_id == self.case)
        return list(self.conn.execute(ours.order_by(tasks.c.element, tasks.c.id)))

    def act(self, pick: int, verb: Callable[..., object], *args: object, by: str) -> bool:
        """Let somebody act on one of the open tasks; say whether it was done."""
        self.now += timedelta(minutes=1)
        rows = self.rows()
        if not rows:
            return False
        task = rows[pick % len(rows)]
        return self.tried(verb, task.id, *args, by=self.whoever(task) if by == WHOEVER else by)

    def whoever(self, task: sa.Row[Any]) -> str:
        """Give who has a task, or else the first who may take it."""
        for login, one in self.staff.items():
            if task.claimed_by == one.id or (task.claimed_by is None and task.role in one.roles):
                return login
        return LOGINS[0]

    def tried(self, verb: Callable[..., object], *args: object, by: str) -> bool:
        try:
            with self.conn.begin_nested():
                verb(self.conn, *args, by=self.person(by), now=self.now)
        except Refusal:
            return False
        return True

    @rule(pick=PICK, by=WHO)
    def completes(self, pick: int, by: str) -> None:
        rows = self.rows()
        if self.act(pick, complete_task, self.answers(), by=by):
            done = rows[pick % len(rows)]
            assert (done.signing, done.owner) == (None, None)
            assert by == WHOEVER or done.claimed_by in {None, *held_for(self.person(by))}
            assert done.id not in self.done
            self.done.add(done.id)

    @rule(pick=PICK, by=WHO, verb=st.sampled_from([claim, release, take_back]))
    def takes_or_leaves(self, pick: int, by: str, verb: Callable[..., object]) -> None:
        self.act(pick, verb, by=by)

    @rule(pick=PICK, by=WHO)
    def types(self, pick: int, by: str) -> None:
        self.act(pick, save_draft, self.typed(), by=by)

    @rule(pick=PICK, by=WHO, to=PERSON, verb=st.sampled_from([transfer, assign, delegate]))
    def hands(self, pick: int, by: str, to: str, verb: Callable[..., object]) -> None:
        self.act(pick, verb, self.staff[to].id, "因故", by=by)

    @rule(pick=PICK, by=WHO)
    def gives_back(self, pick: int, by: str) -> None:
        self.act(pick, give_back, "办好了", by=by)

    @rule(pick=PICK, by=WHO, to=PEOPLE)
    def tells(self, pick: int, by: str, to: list[str]) -> None:
        self.act(pick, urge, "", by=by)
        self.act(pick, copy, [self.staff[login].id for login in to], "", by=by)

    @rule(
        pick=PICK,
        by=WHO,
        to=PEOPLE,
        place=st.sampled_from(["before", "after"]),
        mode=st.sampled_from(sorted(MODES)),
        ratio=st.integers(1, 100),
    )
    def asks(self, pick: int, by: str, to: list[str], place: str, mode: str, ratio: int) -> None:  # noqa: PLR0917 - as drawn
        wanted = Wanted(place, mode, ratio, [self.staff[login].id for login in to])
        self.act(pick, ask, wanted, "请看", by=by)

    @rule(pick=PICK, by=WHO, whom=PERSON)
    def takes_away(self, pick: int, by: str, whom: str) -> None:
        self.act(pick, remove, self.staff[whom].id, "不用了", by=by)

    @rule(pick=PICK, answer=st.sampled_from(["agreed", "refused"]))
    def signs(self, pick: int, answer: str) -> None:
        asked_for = self.conn.execute(
            sa.select(signings.c.id, people.c.login)
            .join(people, people.c.id == signings.c.person_id)
            .where(signings.c.status == "asked")
            .order_by(signings.c.asked_at, signings.c.number, people.c.login)
        ).all()
        if asked_for:
            one = asked_for[pick % len(asked_for)]
            is_signed = self.tried(sign, one.id, answer, "意见", by=one.login)
            assert is_signed == (self.row.suspended_at is None)

    @invariant()
    def tasks_are_those_of_the_state(self) -> None:
        row = self.row
        compiled = procedures.version(self.conn, row.version_id).compiled
        waiting = {task.id for task in spiff.position(compiled, row.state).tasks}
        assert {task.id for task in self.rows()} == (waiting if row.status == "open" else set())

    @invariant()
    def signatures_and_tasks_agree(self) -> None:
        """Let a task be signed if and only if somebody is asked, and keep what was sent."""
        for row in self.rows():
            ours = sa.select(signings).where(signings.c.task_id == row.id)
            left = [one for one in self.conn.execute(ours) if one.status in OPEN]
            assert {one.place for one in left} == ({row.signing} if row.signing else set())
            assert len({one.group_id for one in left}) <= 1
            assert not left or any(one.status == "asked" for one in left)
            assert (row.sent is not None) == (row.signing == "after")
            assert row.owner is None or row.claimed_by is not None
        gone = sa.select(signings.c.id).where(
            signings.c.task_id.not_in([row.id for row in self.rows()]), signings.c.status.in_(OPEN)
        )
        assert self.conn.execute(gone).all() == []

    @invariant()
    def everything_verifies(self) -> None:
        (checked,) = check(self.conn, self.row.code)
        assert checked.is_sound, checked

    def finish(self) -> None:
        """End the case as people would who want it to end, whatever was begun with its tasks."""
        for _ in range(MOST_ROUNDS):
            if self.row.status == "ended":
                break
            self.signs_all()
            for row in self.rows():
                self.does(row)
            self.waits()
        assert (self.row.status, self.rows()) == ("ended", [])
        self.everything_verifies()

    def waits(self) -> None:
        """Let what the case waits for come, besides what people do."""

    def signs_all(self) -> None:
        for _ in range(12):
            self.signs(0, "agreed")

    def does(self, row: sa.Row[Any]) -> None:
        """Do one task: whoever has it gives it back, or sends it."""
        self.now += timedelta(minutes=1)
        for login in LOGINS:
            if row.owner is not None:
                self.tried(give_back, row.id, "办好了", by=login)
            elif self.tried(complete_task, row.id, self.answers(), by=login):
                return


def held_for(person: Person) -> set[UUID]:
    """Give whose tasks somebody may do: their own, and those of whom they stand in for."""
    return {person.id, *(one.person.id for one in person.represents)}


def test_improvising_loses_nothing(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, errand())
        save_roles(conn, {"clerk-supervisor": Names("内勤主管", "Chief clerk")})
        Improvising.staff = {login: somebody(conn, login, held) for login, held in STAFF.items()}
    Improvising.engine = database
    steps = settings(max_examples=EXAMPLES, stateful_step_count=25)
    run_state_machine_as_test(Improvising, settings=steps)
