from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import process_time

import orjson
import pytest
import zstandard

from engine import spiff
from engine.spiff import codec, pruning
from engine.spiff.codec import UnknownStateError, dump, load
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, variable
from tests.engine.spiff.walking import Walk


def looping(more: str = "more") -> Process:
    """Draw a loop with everything in it that upstream keeps for ever."""
    inside = Scope("demo")
    inside.start("sub_begun")
    inside.user("check")
    inside.end("sub_done")
    inside.chain("sub_begun", "check", "sub_done")
    p = Process("demo", extra=variable("rounds", "0"))
    p.message_start()
    p.xor("merge")
    p.parallel("fork")
    p.user("left")
    p.sub("right", inside)
    p.parallel("join")
    p.inclusive("pick", "pick_to_third")
    p.user("third")
    p.user("fourth")
    p.inclusive("gather")
    p.script("counts", "rounds = rounds + 1")
    p.xor("again", "again_to_done")
    p.end()
    p.chain("opened", "merge", "fork", "left", "join", "pick", "third", "gather", "counts")
    p.chain("fork", "right", "join")
    p.flow("pick", "fourth", "True")
    p.chain("fourth", "gather")
    p.chain("counts", "again", "done")
    p.flow("again", "merge", more)
    p.deadline("left_late", "left", "P9D")
    p.end("left_late_done")
    p.chain("left_late", "left_late_done")
    return p


def test_the_state_is_small_and_flat_over_three_hundred_rounds() -> None:
    p = looping()
    walk = Walk(compiled(p, fields=("more",)))
    sizes, tokens = [], []
    for _ in range(300):
        walk.does("left")
        walk.does("check")
        walk.does("fourth", more=True)
        case = load(walk.compiled.plan, walk.move.state)
        tokens.append(len(case.tasks) + sum(len(s.tasks) for s in case.subprocesses.values()))
        sizes.append(len(walk.move.state))
    assert max(tokens) <= pruning.LIMIT + 30
    assert max(sizes[20:]) <= max(sizes[:20]) * 1.15
    assert max(sizes) < 2_048
    assert load(walk.compiled.plan, walk.move.state).values["rounds"] == 300


def test_a_step_of_a_long_case_takes_as_long_as_one_of_a_short_case() -> None:
    """Not a budget (tests/bench has those): a factor of three tells growth from noise."""
    walk = Walk(compiled(looping(), fields=("more",)))
    took = []
    for _ in range(300):
        before = process_time()
        walk.does("left")
        walk.does("check")
        walk.does("fourth", more=True)
        took.append(process_time() - before)
    assert min(took[280:]) < 3 * min(took[10:30])


def test_eight_threads_store_and_load_a_thousand_times_each() -> None:
    procedure = compiled(looping(), fields=("more",))
    states = []
    walk = Walk(procedure)
    for _ in range(20):
        states.append(walk.move.state)
        walk.does("left")
        walk.does("check")
        walk.does("fourth", more=True)

    def around(seed: int) -> int:
        random, wrong = Random(seed), 0
        for _ in range(1_000):
            state = random.choice(states)
            wrong += dump(load(procedure.plan, state)) != state
        return wrong

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(around, range(8))) == 0


def test_threads_move_cases_of_one_procedure_without_meeting() -> None:
    procedure = compiled(looping(), fields=("more",))

    def walked(seed: int) -> tuple[object, ...]:
        random = Random(seed)
        walk = Walk(procedure)
        while walk.tasks:
            task = random.choice(sorted(walk.tasks.values(), key=lambda t: t.element))
            walk.does(task.element, more=random.random() < 0.7)
        return tuple(move.flows for move in walk.moves)

    expected = [walked(seed) for seed in range(24)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(walked, range(24))) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"typename": "ACME-900"}, {"typename": "Decimal", "value": "1"}, {"__class__": "x"},
        [{"a": [1, {"b": None}]}], "𠮷野家" * 100, -(2**53), 1.5, True, None, "",
    ],
)  # fmt: skip
def test_no_answer_can_mean_anything_to_the_codec(value: object) -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.xor("which", "which_to_wrong")
    p.end()
    p.end("wrong")
    p.chain("opened", "ask", "which", "wrong")
    p.flow("which", "done", "again == typename")
    walk = Walk(compiled(p, fields=("typename", "again")), typename=value)
    assert walk.does("ask", again=value).ended == "demo:done"


def test_what_is_no_state_is_refused() -> None:
    procedure = compiled(looping(), fields=("more",))
    state = spiff.start(procedure, {}, now=T0).state
    assert state[:1] == codec.VERSION
    for broken in (b"", b"\x02" + state[1:], state[:-5], b"\x01{}", b"\x01"):
        with pytest.raises(UnknownStateError):
            load(procedure.plan, broken)


def test_a_state_that_unpacks_without_end_is_refused() -> None:
    procedure = compiled(looping(), fields=("more",))
    bomb = zstandard.ZstdCompressor().compress(b" " * (codec.MAX_BYTES + 1) + orjson.dumps([]))
    with pytest.raises(UnknownStateError):
        load(procedure.plan, codec.VERSION + bomb)
