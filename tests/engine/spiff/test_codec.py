from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from time import process_time

import orjson
import pytest
import zstandard

from engine import spiff
from engine.spiff import codec, pruning
from engine.spiff.codec import UnknownStateError, dump, load
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, deciding, variable
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
    walk = Walk(deciding("again == typename", "typename", "again"), typename=value)
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


def test_a_state_of_the_first_release_still_loads() -> None:
    """Stored before there were instances, waits and calls: open cases survive an update."""
    p, called = Process("demo"), Process("called")
    p.message_start()
    p.call("ask_called", "called")
    p.end()
    p.chain("opened", "ask_called", "done")
    p.deadline("ask_late", "ask_called", "P3D")
    p.end("late_done")
    p.chain("ask_late", "late_done")
    called.start("called_begun")
    called.user("step")
    called.xor("which", "which_to_called_done")
    called.end("called_done")
    called.end("other")
    called.chain("called_begun", "step", "which", "called_done")
    called.flow("which", "other", "n == 7")
    procedure = compiled(p, called, fields=("n",))
    (task,) = spiff.position(procedure, FIRST_RELEASE).tasks
    assert (task.path, task.due, task.item) == (("ask_called",), T0 + timedelta(days=3), None)
    move = spiff.complete(procedure, FIRST_RELEASE, task.id, {"n": 7}, now=T0)
    assert (move.ended, "called:other" in move.reached) == ("demo:done", True)


FIRST_RELEASE = bytes.fromhex(
    "0128b52ffd607b01250b00a6143f2240875807939dd487a8b1cca66352446ca7c15c407a69d8825fb2a8a8b7896518"
    "c6983300360035000105d9cfc30da221b17ecf64cf76407af5051f9bbb4e114f07fd12be10bea587158f3a153ee218"
    "9d0ab942042df50ac22f0b03036d1176096ea9a58cf6432ae4efda133f899c06bdfb22a7a190fcf584a4729d0e24c0"
    "eee0e362d7f5e63c8ec334bbc07010b19c0f288b4e20d82e7d838f31ee2e42ffae163e4634712cdb538aada635abbc"
    "b7acc6ac31bb44e35a5194d1c5740822d62b80528c52cc530131c618376ac604fd2db78cc661182c7c8ce8baa4b165"
    "599e6ccc2c5991abf55289424934cb2453461b124f0ab9dbaba327a9ed7c0428203042a218ab07ae0d05038e2e3838"
    "75342d9a00be6f50f3c207e676983a83dc16f7341a5b1e54d4e24472dd060c16a0e0c981462314438eb1bb96c0f770"
    "8b818ae2c66590717bda7711304fdfa4c7314443aab83b831226831487587cc483bc50193703"
)
