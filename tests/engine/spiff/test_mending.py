"""Mending data: the case stays where it is, and goes on by what it was told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import spiff
from engine.spiff import Compiled, RunError, ScopeGoneError
from engine.spiff.codec import load
from tests.engine.spiff.drawing import T0, Process, compiled, variable
from tests.engine.spiff.walking import Walk

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def carrying() -> Compiled:
    """Give a case that asks twice at a time how heavy something is, and once more when back."""
    heavy = Process("heavy")
    heavy.start()
    heavy.user("weigh")
    heavy.xor("is_heavy", "light")
    heavy.end("carried")
    heavy.end("left")
    heavy.chain("begun", "weigh", "is_heavy")
    heavy.flow("is_heavy", "carried", "kilos > limit")
    heavy.flow("is_heavy", "left", id_="light")
    p = Process("demo", extra=variable("limit", '"ten"') + variable("kilos", "null"))
    p.message_start()
    p.parallel("fork")
    p.parallel("join")
    p.call("first", "heavy")
    p.call("second", "heavy")
    p.timer("pause", "P1D")
    p.user("compare")
    p.xor("is_much", "little")
    p.end("much")
    p.end("done")
    p.chain("opened", "fork", "first", "join", "compare", "is_much")
    p.chain("fork", "second", "join")
    p.chain("fork", "pause", "join")
    p.flow("is_much", "much", "limit > 5")
    p.flow("is_much", "done", id_="little")
    return compiled(p, heavy, fields=("kilos", "limit"))


def stuck() -> Walk:
    walk = Walk(carrying())
    with pytest.raises(RunError) as failed:
        walk.does("weigh", kilos=12)
    assert failed.value.expression == "kilos > limit"
    return walk


def repaired(walk: Walk, scope: int = 0, **values: object) -> None:
    walk.move = spiff.repair(walk.compiled, walk.move.state, values, scope=scope)


def test_what_a_case_and_its_called_processes_know_is_shown() -> None:
    walk = Walk(carrying())
    case, first, second = spiff.variables(walk.compiled, walk.move.state)
    assert (case.id, case.process, case.path) == (0, "demo", ())
    assert (case.values, case.copied) == ({"limit": "ten", "kilos": None}, frozenset())
    assert [(each.process, each.path) for each in (first, second)] == [
        ("heavy", ("first",)),
        ("heavy", ("second",)),
    ]
    assert first.copied == {"limit", "kilos"}


def test_a_repair_moves_nothing() -> None:
    walk = stuck()
    before = spiff.position(walk.compiled, walk.move.state)

    repaired(walk, limit=10)

    move = walk.move
    assert spiff.position(walk.compiled, move.state) == before
    assert (move.opened, move.closed, move.flows, move.reached) == ((), (), (), ())
    assert (move.armed, move.fired, move.disarmed, move.effects) == ((), (), (), ())
    assert (move.next_due, move.ended) == (T0 + timedelta(days=1), None)


def test_what_failed_goes_on_after_the_repair_with_the_copies_that_still_agreed() -> None:
    walk = stuck()
    repaired(walk, limit=10)
    assert [s.values["limit"] for s in spiff.variables(walk.compiled, walk.move.state)] == [10] * 3
    assert "heavy:carried" in walk.does("weigh", kilos=12).reached


def test_a_called_process_keeps_a_value_of_its_own() -> None:
    walk = stuck()
    _, first, _ = spiff.variables(walk.compiled, walk.move.state)
    repaired(walk, first.id, limit=20)
    repaired(walk, limit=10)
    found = spiff.variables(walk.compiled, walk.move.state)
    assert [each.values["limit"] for each in found] == [10, 20, 10]
    assert [sorted(each.copied) for each in found] == [[], ["kilos"], ["kilos", "limit"]]


def test_a_called_process_hands_back_what_was_repaired_in_it() -> None:
    walk = stuck()
    for scope in spiff.variables(walk.compiled, walk.move.state)[1:]:
        repaired(walk, scope.id, limit=3)
    walk.does("weigh", kilos=2)
    walk.does("weigh", kilos=2)
    walk.wakes(days=1)
    assert walk.does("compare").ended == "demo:done"


def test_a_called_process_that_has_ended_cannot_be_repaired() -> None:
    walk = stuck()
    _, first, _ = spiff.variables(walk.compiled, walk.move.state)
    repaired(walk, limit=10)
    walk.does("weigh", kilos=1)
    with pytest.raises(ScopeGoneError):
        spiff.repair(walk.compiled, walk.move.state, {"limit": 1}, scope=first.id)


def expecting() -> Walk:
    p = Process("demo", extra=variable("claim", "17") + variable("other", "1"))
    p.message_start()
    p.message("m_paid", keys="claim", name="paid")
    p.catch("paid", "m_paid")
    p.end()
    p.chain("opened", "paid", "done")
    return Walk(compiled(p))


def test_what_waits_by_a_repaired_key_waits_by_it_anew() -> None:
    walk = expecting()
    (old,) = walk.move.awaited
    repaired(walk, claim=18)
    (new,) = walk.move.awaited
    assert (new.keys, walk.move.unawaited) == ({"claim": 18}, (old.id,))
    assert spiff.position(walk.compiled, walk.move.state).waits == (new,)
    move = spiff.deliver(walk.compiled, walk.move.state, new.id, {}, now=T0)
    assert move.ended == "demo:done"


def test_a_repair_of_something_else_leaves_the_wait_as_it_is() -> None:
    walk = expecting()
    repaired(walk, other=18, claim=17)
    assert (walk.move.awaited, walk.move.unawaited) == ((), ())


def test_a_key_that_nobody_can_wait_by_is_named() -> None:
    walk = expecting()
    with pytest.raises(RunError) as refused:
        repaired(walk, claim=None)
    assert (refused.value.element, refused.value.variable) == ("paid", "claim")


@given(values=st.dictionaries(st.sampled_from(["limit", "kilos"]), JSON))
def test_any_value_is_kept_as_it_was_given(values: dict[str, object]) -> None:
    walk = Walk(carrying())
    repaired(walk, 0, **values)
    assert load(walk.compiled.plan, walk.move.state).values == {
        "limit": "ten",
        "kilos": None,
        **values,
    }
