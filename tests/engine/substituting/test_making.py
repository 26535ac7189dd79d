"""Substitutions made and ended: who may, what is refused, and never a ring."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import NotFoundError
from engine.reasons import BadReasonError
from engine.settings import company
from engine.spiff import Names
from engine.substituting import listing
from engine.substituting.handing_over import leave
from engine.substituting.making import Wanted, end, make
from engine.substituting.refusals import (
    BadPeriodError,
    BadScopeError,
    ForOneselfError,
    MayNotArrangeError,
    NobodyError,
    RingError,
    SubstitutedAlreadyError,
    SubstitutionOverError,
)
from engine.substituting.represented import standing_in
from tests.engine.errand import errand
from tests.engine.small import put_in_force, roles_file, somebody
from tests.engine.spiff.drawing import ROLES

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from engine.people import Person

TODAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""
MORE = {
    "clerk-supervisor": Names("内勤主管", "Clerks' supervisor"),
    "process-owner": Names("规程管理员", "Process owner"),
}


@pytest.fixture
def conn(connection: Connection) -> Connection:
    put_in_force(connection, {**errand(), "bpmn/roles.yaml": roles_file({**ROLES, **MORE})})
    return connection


@pytest.fixture
def five(conn: Connection) -> list[Person]:
    """Give five clerks."""
    return [somebody(conn, f"clerk-{number}", {"clerk"}) for number in range(5)]


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def wish(person: Person, substitute: Person, first: int = 0, last: int = 2, **more: Any) -> Wanted:  # noqa: ANN401
    return Wanted(person.id, substitute.id, days(first), days(last), **more)


def represented(conn: Connection, by: Person, now: datetime) -> set[str]:
    found = standing_in(conn, by.id, now=now)
    assert found is not None
    return {each.person.login for each in found.represents}


def test_it_holds_from_the_first_minute_of_its_first_day_to_the_last_of_its_last(
    conn: Connection, five: list[Person]
) -> None:
    ill, there = five[:2]
    make(conn, wish(ill, there, 1, 2, reason=" 出差 "), by=ill, now=NOW)

    zone = company(conn).zone
    for day, clock, holds in (
        (0, time(23, 59), False),
        (1, time(0, 0), True),
        (2, time(23, 59), True),
        (3, time(0, 0), False),
    ):
        moment = datetime.combine(days(day), clock, zone)
        assert represented(conn, there, moment) == ({"clerk-0"} if holds else set()), (day, clock)
        assert represented(conn, ill, moment) == set()
    (listed,) = listing.of_person(conn, ill.id, now=NOW)
    assert (listed.first, listed.last, listed.state) == (days(1), days(2), "planned")
    assert (listed.substitute, listed.reason, listed.arranger) == (there.name, "出差", None)
    assert listing.by_substitute(conn, there.id, now=NOW) == [listed]


def test_it_knows_whom_it_is_limited_to(conn: Connection, five: list[Person]) -> None:
    ill, there = five[:2]
    make(
        conn,
        wish(ill, there, procedure="errand", steps=frozenset({"errand:sign"})),
        by=ill,
        now=NOW,
    )

    found = standing_in(conn, there.id, now=NOW)
    assert found is not None
    (one,) = found.represents
    assert (one.person.id, one.person.roles) == (ill.id, ill.roles)
    assert one.covers("errand", "errand:sign")
    assert not one.covers("errand", "errand:prepare")
    assert not one.covers("other", "errand:sign")
    (listed,) = listing.arranged(conn, now=NOW)
    assert listed.procedure == Names("errand名", "errand in English")
    assert listed.steps == (Names("sign名", "sign in English"),)


def test_a_substitute_for_oneself_and_impossible_days_are_refused(
    conn: Connection, five: list[Person]
) -> None:
    ill, there = five[:2]
    with pytest.raises(ForOneselfError):
        make(conn, wish(ill, ill), by=ill, now=NOW)
    for first, last, said in ((2, 1, "before the first"), (-1, 1, "today"), (0, 366, "366 days")):
        with pytest.raises(BadPeriodError, match=said):
            make(conn, wish(ill, there, first, last), by=ill, now=NOW)
    far = replace(wish(ill, there), first=date.max, last=date.max)
    with pytest.raises(BadPeriodError):
        make(conn, far, by=ill, now=NOW)
    make(conn, wish(ill, there, 0, 365), by=ill, now=NOW)


def test_only_steps_and_people_that_are_there_are_taken(
    conn: Connection, five: list[Person]
) -> None:
    ill, there, gone = five[:3]
    leave(conn, gone.login, (), "离职", by=None, now=NOW)
    with pytest.raises(NobodyError):
        make(conn, wish(ill, gone), by=ill, now=NOW)
    with pytest.raises(NobodyError):
        make(conn, replace(wish(ill, there), substitute=uuid4()), by=ill, now=NOW)
    with pytest.raises(BadScopeError, match="Choose the procedure"):
        make(conn, wish(ill, there, steps=frozenset({"errand:sign"})), by=ill, now=NOW)
    wrong = wish(ill, there, procedure="errand", steps=frozenset({"errand:nowhere"}))
    with pytest.raises(BadScopeError, match="errand:nowhere"):
        make(conn, wrong, by=ill, now=NOW)
    with pytest.raises(NotFoundError):
        make(conn, wish(ill, there, procedure="nothing"), by=ill, now=NOW)


def test_others_are_arranged_for_by_supervisors_and_process_owners_with_a_reason(
    conn: Connection, five: list[Person]
) -> None:
    ill, there, colleague = five[:3]
    boss = somebody(conn, "boss", {"clerk-supervisor"})
    owner = somebody(conn, "owner", {"process-owner"})
    with pytest.raises(MayNotArrangeError, match="clerk-0君"):
        make(conn, wish(ill, there, reason="病假"), by=colleague, now=NOW)
    with pytest.raises(BadReasonError):
        make(conn, wish(ill, there), by=boss, now=NOW)
    with pytest.raises(MayNotArrangeError):
        make(conn, wish(owner, there, reason="病假"), by=boss, now=NOW)
    make(conn, wish(ill, there, reason="病假"), by=boss, now=NOW)
    make(conn, wish(ill, colleague, reason="病假"), by=owner, now=NOW)

    told = {each.substitute: each.arranger for each in listing.of_person(conn, ill.id, now=NOW)}
    assert told == {there.name: boss.name, colleague.name: owner.name}


def test_the_same_twice_is_refused_but_other_days_steps_and_people_are_not(
    conn: Connection, five: list[Person]
) -> None:
    ill, there, other = five[:3]
    make(conn, wish(ill, there), by=ill, now=NOW)
    with pytest.raises(SubstitutedAlreadyError, match=there.name):
        make(conn, wish(ill, there, 2, 4), by=ill, now=NOW)
    make(conn, wish(ill, there, 3, 4), by=ill, now=NOW)
    make(conn, wish(ill, there, procedure="errand"), by=ill, now=NOW)
    make(conn, wish(ill, other), by=ill, now=NOW)
    assert represented(conn, there, NOW) == represented(conn, other, NOW) == {"clerk-0"}


def test_a_ring_is_refused_and_named(conn: Connection, five: list[Person]) -> None:
    anna, bert, carl = five[:3]
    make(conn, wish(anna, bert, 0, 5), by=anna, now=NOW)
    make(conn, wish(bert, carl, 4, 8), by=bert, now=NOW)
    with pytest.raises(RingError, match="clerk-2君 → clerk-0君 → clerk-1君 → clerk-2君"):
        make(conn, wish(carl, anna, 0, 4), by=carl, now=NOW)
    make(conn, wish(carl, anna, 0, 3), by=carl, now=NOW)
    make(conn, wish(carl, anna, 6, 9), by=carl, now=NOW)


def test_it_is_ended_once_by_those_whom_it_concerns(conn: Connection, five: list[Person]) -> None:
    ill, there, colleague = five[:3]
    first = make(conn, wish(ill, there), by=ill, now=NOW)
    with pytest.raises(MayNotArrangeError):
        end(conn, first, by=colleague, now=NOW)
    end(conn, first, by=there, now=NOW)
    assert represented(conn, there, NOW) == set()
    with pytest.raises(SubstitutionOverError):
        end(conn, first, by=ill, now=NOW)
    make(conn, wish(there, ill), by=there, now=NOW)
    with pytest.raises(NotFoundError):
        end(conn, 999_999, by=ill, now=NOW)
    (listed,) = listing.of_person(conn, ill.id, now=NOW)
    assert (listed.state, listed.ended_early) == ("over", True)


def test_of_two_that_close_a_ring_at_once_only_one_is_made(
    database: Engine,
) -> None:
    with database.begin() as conn:
        put_in_force(conn, errand())
        anna, bert = (somebody(conn, login, {"clerk"}) for login in ("anna", "bert"))

    def arranges(person: Person, substitute: Person) -> str:
        with database.begin() as conn:
            make(conn, wish(person, substitute), by=person, now=NOW)
        return "made"

    with database.begin() as first, ThreadPoolExecutor() as pool:
        make(first, wish(anna, bert), by=anna, now=NOW)
        second = pool.submit(arranges, bert, anna)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        first.commit()
        with pytest.raises(RingError):
            second.result(timeout=30)


def test_nobody_represents_who_has_left(conn: Connection, five: list[Person]) -> None:
    ill, there = five[:2]
    make(conn, wish(ill, there), by=ill, now=NOW)
    leave(conn, ill.login, (), "离职", by=None, now=NOW)
    assert represented(conn, there, NOW) == set()


Deed = tuple[int, int, int, int, str | None]
"""Person, substitute, first and last day (or how many more), procedure."""


@dataclass
class Model:
    """What plain lists say: who stands in for whom, on which days, until when it was ended."""

    held: dict[int, Deed]

    def at(self, day: int) -> set[tuple[int, int]]:
        return {(p, s) for p, s, first, last, _ in self.held.values() if first <= day <= last}

    def has_ring(self, day: int) -> bool:
        return any(self._reaches(edge[1], edge[0], self.at(day)) for edge in self.at(day))

    def _reaches(self, start: int, goal: int, edges: set[tuple[int, int]]) -> bool:
        seen, more = {start}, {start}
        while more:
            more = {s for p, s in edges if p in more} - seen
            seen |= more
        return goal in seen


WISHES = st.tuples(
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(0, 8),
    st.integers(0, 6),
    st.sampled_from([None, "errand"]),
)
ENDINGS = st.integers(0, 8)
DEEDS = st.lists(st.one_of(WISHES, WISHES, ENDINGS), max_size=14)


@given(DEEDS)
@settings(max_examples=60, suppress_health_check=[*HealthCheck])
def test_no_accepted_substitutions_ever_hold_a_ring_and_all_are_represented_as_told(
    conn: Connection, five: list[Person], deeds: list[Deed | int]
) -> None:
    with conn.begin_nested() as trial:
        model = Model({})
        for deed in deeds:
            _do(conn, five, model, deed)
        for day in range(16):
            assert not model.has_ring(day)
            for number, person in enumerate(five):
                told = {five[p].login for p, s in model.at(day) if s == number}
                assert represented(conn, person, NOW + timedelta(days=day)) == told
        trial.rollback()


def _do(conn: Connection, five: list[Person], model: Model, deed: Deed | int) -> None:
    """End one of those that stand, or ask for one: refused exactly when the model says so."""
    if isinstance(deed, int):
        if deed < len(model.held):
            key = list(model.held)[deed]
            end(conn, key, by=five[model.held.pop(key)[0]], now=NOW)
        return
    person, substitute, first, length, procedure = deed
    said = (person, substitute, first, first + length, procedure)
    closes = any(Model({**model.held, -1: said}).has_ring(day) for day in range(16))
    again = any(
        (p, s, what) == (person, substitute, procedure) and begun <= said[3] and over >= first
        for p, s, begun, over, what in model.held.values()
    )
    wanted = wish(five[person], five[substitute], first, first + length, procedure=procedure)
    if closes or again:
        with pytest.raises((RingError, SubstitutedAlreadyError, ForOneselfError)):
            make(conn, wanted, by=five[person], now=NOW)
        return
    model.held[make(conn, wanted, by=five[person], now=NOW)] = said
