"""Gateways that ask the same of what nothing writes any more choose the same."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import BrokenFilesError, Compiled, RunError, compile_procedure
from engine.spiff.errors import JoinLeftError, NoWayBackError
from tests.engine.spiff.drawing import OPERATORS, ROLES, Process, Scope, files_of, table, variable
from tests.engine.spiff.improvising import improvise
from tests.engine.spiff.random_diagrams import PLAIN, PLAIN_LEAVES, Artist
from tests.engine.spiff.test_soundness import accepted, walked
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable


def twice_asked(first: str = "n > 5000", again: str = "n > 5000", n: str = "null") -> Process:
    """Draw 金额大于 5000? before a fork of which one branch is for large amounts, and at its join.

    Large amounts are checked by finance and by the manager at once; small ones by finance alone.
    """
    p = Process("demo", extra=variable("m", "0") + variable("n", n))
    p.message_start()
    p.user("state")
    p.xor("is_large", "is_large_to_either")
    p.parallel("split")
    p.user("manager")
    p.xor("either")
    p.user("finance")
    p.xor("was_large", "was_large_to_paid")
    p.parallel("join")
    p.xor("paid")
    p.end()
    p.chain("opened", "state", "is_large", "either", "finance", "was_large", "paid", "done")
    p.flow("is_large", "split", first)
    p.chain("split", "manager", "join", "paid")
    p.chain("split", "either")
    p.flow("was_large", "join", again)
    return p


FORMS = {"opened": (), "state": ("n", "m"), "manager": ("note",), "finance": ("note",)}


def published(*drawn: Process, limits: bytes = b"", **forms: tuple[str, ...]) -> Compiled:
    keys = {f"demo/{id_}": fields for id_, fields in {**FORMS, **forms}.items()}
    files = files_of(*drawn) | {"bpmn/decisions/limits.dmn": limits}
    return compile_procedure(
        files, root="demo", roles=ROLES, clauses=(), forms=keys, operators=OPERATORS
    )


def told(*drawn: Process, limits: bytes = b"", **forms: tuple[str, ...]) -> set[str]:
    try:
        published(*drawn, limits=limits, **forms)
    except BrokenFilesError as error:
        return {each.code for each in error.problems}
    return set()


def test_what_is_asked_twice_of_what_is_filled_before_is_published() -> None:
    assert told(twice_asked()) == set()
    assert told(twice_asked(again="n>5000")) == set()


@pytest.mark.parametrize("again", ["n > 500", "n <= 5000", "m > 5000", "5000 < n"])
def test_gateways_that_do_not_say_the_same_choose_by_themselves(again: str) -> None:
    assert told(twice_asked(again=again)) & {"waits_for_ever", "done_twice"}


@pytest.mark.parametrize("writer", ["manager", "finance"])
def test_what_is_written_in_between_may_be_answered_otherwise(writer: str) -> None:
    with pytest.raises(BrokenFilesError) as refused:
        published(twice_asked(), limits=b"", **{writer: ("n",)})
    (problem, *_) = refused.value.problems
    assert problem.code in {"waits_for_ever", "done_twice"}
    assert "问的是同一件事，但所问的内容其间可能改变" in problem.zh


@pytest.mark.parametrize(
    ("n", "then"), [(6000, ["finance", "manager"]), (100, ["finance"]), (5000, ["finance"])]
)
def test_each_answer_goes_through_to_the_end(n: int, then: list[str]) -> None:
    walk = Walk(published(twice_asked()))
    walk.does("state", n=n, m=0)
    assert walk.waits == then
    for step in then[:0:-1]:
        walk.does(step, note="x")
    assert walk.does("finance", note="x").ended == "demo:done"


def test_a_token_is_moved_only_where_the_answer_brings_it() -> None:
    small, large, unasked = (Walk(published(twice_asked(n=n))) for n in ("100", "6000", "null"))
    small.places("state", "finance")
    assert small.does("finance", note="x").ended == "demo:done"
    for walk in (large, unasked):
        with pytest.raises(JoinLeftError) as refused:
            walk.places("state", "finance")
        assert "manager名" in refused.value.zh


def test_what_was_asked_is_not_filled_in_anew_by_itself() -> None:
    walk = Walk(published(twice_asked()))
    walk.does("state", n=6000, m=0)
    with pytest.raises(NoWayBackError) as refused:
        walk.asks_back("manager", "state")
    said = walk.way("manager", "state").no_straight
    assert said is not None
    assert (refused.value.zh, refused.value.en) == (said.zh, said.en)
    walk.does("finance", note="x")
    walk.returns("manager", "state")
    assert walk.waits == ["state"]
    walk.does("state", n=100, m=0)
    assert walk.does("finance", note="x").ended == "demo:done"


def test_what_was_asked_is_not_mended_to_another_answer() -> None:
    walk = Walk(published(twice_asked()))
    walk.does("state", n=6000, m=0)
    state, compiled = walk.move.state, walk.compiled
    with pytest.raises(RunError) as refused:
        spiff.repair(compiled, state, {"n": 100})
    assert "合不拢" in refused.value.zh
    walk.move = spiff.repair(compiled, state, {"n": 7000, "m": 3})
    walk.does("finance", note="x")
    assert walk.does("manager", note="x").ended == "demo:done"
    before = Walk(published(twice_asked(n="6000")))
    before.move = spiff.repair(before.compiled, before.move.state, {"n": 100})
    assert before.waits == ["state"]


def test_what_a_branch_beside_writes_may_be_answered_otherwise() -> None:
    p = twice_asked()
    p.without("opened_to_state")
    p.parallel("begin")
    p.user("amend")
    p.end("amended")
    p.chain("opened", "begin", "state")
    p.chain("begin", "amend", "amended")
    assert told(p, amend=("note",)) == set()
    assert told(p, amend=("n",)) & {"waits_for_ever", "done_twice"}


def test_what_is_sent_back_to_be_stated_anew_may_be_answered_otherwise() -> None:
    p = twice_asked()
    p.without("paid_to_done")
    p.without("opened_to_state")
    p.xor("good", "good_to_done")
    p.xor("anew")
    p.chain("opened", "anew", "state")
    p.chain("paid", "good", "done")
    p.flow("good", "anew", "m == 1")
    assert told(p) & {"waits_for_ever", "done_twice"}


@pytest.mark.timeout(30)
def test_very_many_answers_are_not_tried() -> None:
    p = Process("demo")
    p.message_start()
    p.end()
    for gate, merge in (("first", "middle"), ("second", "last")):
        p.inclusive(gate, f"{gate}_to_{gate}_0")
        p.inclusive(merge)
        for number in range(60):
            p.user(f"{gate}_{number}")
            p.flow(gate, f"{gate}_{number}", f"n == {number}" if number else "")
            p.flow(f"{gate}_{number}", merge)
    p.chain("opened", "first")
    p.chain("middle", "second")
    p.chain("last", "done")
    assert accepted(p).plan.steady == frozenset()
    fixed = {f"{gate}_{number}": () for gate in ("first", "second") for number in range(60)}
    assert told(p, limits=b"", **fixed, opened=("n",)) == set()


def by_script(p: Process, name: str) -> None:
    p.script("between", f"{name} = 7")


def by_table(p: Process, _name: str) -> None:
    p.rule("between", "limits")


def by_answer(p: Process, name: str) -> None:
    p.service("between", "ask", name, question="m")


def by_message(p: Process, name: str) -> None:
    p.message("m_news", carries=name)
    p.catch("between", "m_news", 'banjie:offeredTo="qc"')


def by_call(p: Process, _name: str) -> None:
    p.call("between", "part")


def by_sub_process(p: Process, name: str) -> None:
    inside = Scope("demo")
    inside.start("i")
    inside.script("deep", f"{name} = 7")
    inside.end("j")
    inside.chain("i", "deep", "j")
    p.sub("between", inside)


@pytest.mark.parametrize(
    "draw", [by_script, by_table, by_answer, by_message, by_call, by_sub_process]
)
@pytest.mark.parametrize("name", ["n", "k"])
def test_whatever_may_write_in_between_is_seen(
    draw: Callable[[Process, str], None], name: str
) -> None:
    p = twice_asked()
    p.without("finance_to_was_large")
    draw(p, name)
    p.chain("finance", "between", "was_large")
    part = Process("part")
    part.start("part_begun")
    part.script("sets", f"{name} = 7")
    part.end("part_done")
    part.chain("part_begun", "sets", "part_done")
    limits = table("limits", ["m"], [name], [(["1"], ["7"]), (["not(1)"], ["8"])])
    codes = told(p, part, limits=limits)
    if name == "n":
        assert codes & {"waits_for_ever", "done_twice"}
    else:
        assert codes == set()


WRITING = 0.1
"""How often a script writes between two gateways what both ask."""


@dataclass
class Twice(Artist):
    """An artist who also asks the same twice, of what is stated at the beginning alone."""

    kinds: tuple[str, ...] = (*PLAIN, "twice", "twice", "twice")
    leaves: tuple[str, ...] = PLAIN_LEAVES

    def twice(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw a choice before a fork, and the same one where its branches come together."""
        asks, split, either = self.id("asks"), self.id("split"), self.id("either")
        again, join, out = self.id("again"), self.id("join"), self.id("out")
        condition = self.random.choice(["k % 2 == 0", "k > 5", "k in [1, 2, 3]"])
        (first, last), (other, end) = (self.block(scope, depth) for _ in range(2))
        scope.xor(asks, f"{asks}_to_{either}")
        scope.parallel(split)
        scope.xor(either)
        scope.xor(again, f"{again}_to_{out}")
        scope.parallel(join)
        scope.xor(out)
        scope.chain(asks, either, first)
        scope.flow(asks, split, condition)
        scope.chain(split, either)
        scope.chain(split, other)
        scope.chain(end, join, out)
        scope.chain(last, again, out)
        scope.flow(again, join, condition)
        if self.random.random() < WRITING:
            script = self.id("script")
            scope.script(script, "k = k + 1")
            scope.without(f"{last}_to_{again}")
            scope.chain(last, script, again)
        return asks, out


def stated(random: Random) -> list[Process]:
    """Draw a procedure that states once what is asked in it."""
    artist = Twice(random)
    drawn, *called = artist.procedure(2)
    first = next(each for each in drawn.flows if each.startswith("opened_to_"))
    drawn.without(first)
    drawn.user("states")
    drawn.script("keeps", "k = n")
    drawn.chain("opened", "states", "keeps", first.removeprefix("opened_to_"))
    drawn.extra += variable("k", "0")
    return [drawn, *called]


def test_random_drawings_that_ask_twice_never_come_to_a_standstill() -> None:
    codes: Counter[str] = Counter()
    for seed in range(100):
        random = Random(seed)
        try:
            procedure = accepted(*stated(random))
        except BrokenFilesError as error:
            codes.update({problem.code for problem in error.problems})
            continue
        codes["steady" if procedure.plan.steady else "accepted"] += 1
        for _ in range(4):
            walked(procedure, random, seed)
    assert codes["steady"] >= 20, codes
    assert codes.keys() <= {"accepted", "steady", "waits_for_ever", "done_twice"}


def one_that_relies_on_it(seed: int) -> Compiled:
    """Draw the first procedure from a seed on in which gateways must choose alike."""
    for again in range(seed * 100, seed * 100 + 100):
        with suppress(BrokenFilesError):
            procedure = accepted(*stated(Random(again)))
            if procedure.plan.steady:
                return procedure
    raise AssertionError(seed)


def test_people_may_go_back_where_the_same_is_asked_twice() -> None:
    done: Counter[str] = Counter()
    for seed in range(20):
        done.update(improvise(seed, one_that_relies_on_it))
    assert min(done[act] for act in ("returned", "asked_back", "withdrawn", "placed")) >= 5, done
