"""Interventions: a step is skipped, and a token is moved to any step of the version."""

from __future__ import annotations

from random import Random
from typing import NoReturn

import pytest

from engine import spiff
from engine.spiff import CaseOverError, NoPlaceError, TaskNotReadyError, pruning
from engine.spiff.errors import JoinLeftError
from engine.spiff.fixes import READY
from engine.spiff.going_back import placing, standing
from engine.spiff.markings import Markings, TooManyError
from tests.engine.spiff.differing import BARE, procedure_of
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, holding, timing
from tests.engine.spiff.improvising import Improviser
from tests.engine.spiff.test_returning import calling, forking
from tests.engine.spiff.walking import Walk

SEEDS = 60


@pytest.fixture(params=[pruning.LIMIT, BARE], autouse=True)
def _limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "LIMIT", request.param)


def nested() -> tuple[Process, Process]:
    """Draw a call around two steps, of which the second is a sub-process of a step."""
    p, called = calling()
    inside = Scope("part")
    inside.start("i")
    inside.user("deep")
    inside.end("j")
    inside.chain("i", "deep", "j")
    called.without("two")
    called.sub("two", inside)
    return p, called


def test_a_skipped_step_counts_as_done() -> None:
    walk = Walk(compiled(forking("left", "right"), fields=("n",)))
    walk.skips("first")
    assert walk.waits == ["left", "right"]
    with pytest.raises(TaskNotReadyError):
        spiff.skip(walk.compiled, walk.move.state, walk.move.closed[0], now=T0)


def test_every_step_call_and_sub_process_is_a_place() -> None:
    found = spiff.places(compiled(*nested()))
    assert {(at.process, at.path, at.route, at.element) for at in found} == {
        ("demo", (), (), "before"),
        ("demo", (), (), "after"),
        ("demo", (), (), "ask_part"),
        ("part", ("ask_part",), ("ask_part",), "one"),
        ("part", ("ask_part",), ("ask_part",), "two"),
        ("part", ("ask_part",), ("ask_part", "two"), "deep"),
    }


def test_a_token_moves_into_a_called_process_and_out_again() -> None:
    walk = Walk(compiled(*nested(), fields=("n",)))
    move = walk.places("before", "deep")
    assert (walk.waits, walk.task("deep").path, move.reached) == (
        ["deep"],
        ("ask_part",),
        ("part:deep",),
    )
    walk.places("deep", "one")
    assert walk.waits == ["one"]
    walk.does("one", n=3)
    assert walk.waits == ["deep"]
    walk.does("deep")
    assert spiff.known(walk.compiled, walk.move.state, walk.task("after").id)["n"] == 3
    assert walk.ways("after") == ["deep", "one"]
    walk.places("after", "before")
    walk.places("before", "ask_part")
    assert walk.waits == ["one"]
    walk.places("one", "after")
    assert walk.does("after").ended == "demo:done"


def test_a_call_that_is_left_says_what_stops_in_it() -> None:
    p, called = calling()
    called.deadline("late", "two", "P3D")
    called.end("late_done")
    called.chain("late", "late_done")
    called.without("one_to_two")
    called.parallel("fork")
    called.chain("one", "fork", "two")
    called.user("third")
    called.chain("fork", "third", "e")
    p.deadline("call_late", "ask_part", "P9D")
    p.user("urge")
    p.end("urged")
    p.chain("call_late", "urge", "urged")
    walk = Walk(compiled(p, called))
    walk.does("before")
    walk.does("one")
    at = {at.element: at for at in spiff.places(walk.compiled)}
    task = walk.task("third").id
    gone = spiff.placing(walk.compiled, walk.move.state, task, at["after"])
    assert [task.element for task in gone.tasks] == ["two"]
    assert [timer.element for timer in gone.timers] == ["late"]
    assert not spiff.placing(walk.compiled, walk.move.state, task, at["one"]).tasks
    walk.wakes(days=10)
    assert walk.waits == ["third", "two", "urge"]
    walk.places("third", "after")
    assert (walk.waits, walk.timers) == (["after", "urge"], [])
    walk.does("after")
    assert walk.does("urge").ended == "demo:urged"


def test_no_join_is_left_to_wait_for_ever() -> None:
    walk = Walk(compiled(forking("left", "right")))
    with pytest.raises(JoinLeftError) as refused:
        walk.places("first", "left")
    assert "汇合处“join名”会一直等“right名”那一路" in refused.value.zh
    assert "the way from “right in English”" in refused.value.en
    walk.does("first")
    with pytest.raises(JoinLeftError, match="the way from “left in English”"):
        walk.places("left", "last")
    walk.skips("left")
    walk.skips("right")
    with pytest.raises(JoinLeftError):
        walk.places("last", "left")
    walk.places("last", "first")
    walk.places("first", "last")
    assert walk.does("last").ended == "demo:done"


def test_no_join_is_passed_twice() -> None:
    walk = Walk(compiled(forking("left", "right")))
    walk.does("first")
    for element, to in ((None, "left"), (None, "first"), ("left", "right"), ("left", "first")):
        with pytest.raises(JoinLeftError):
            walk.places(element, to)
    with pytest.raises(JoinLeftError, match="“right in English” is not done yet, and as drawn"):
        walk.places("left", "first")


def test_where_a_drawing_is_too_much_to_look_at_it_goes_on_well_from_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standing, "reachable", lambda _: None)
    walk = Walk(compiled(forking("left", "right")))
    for element, to in (("first", "left"), (None, "left"), (None, "last")):
        with pytest.raises(JoinLeftError):
            walk.places(element, to)
    walk.places("first", "last")
    walk.places("last", "first")
    walk.does("first")
    with pytest.raises(JoinLeftError, match="never open beside"):
        walk.places(None, "first")


def test_whether_every_join_fits_is_known_unless_there_was_too_much_to_look_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walk = Walk(compiled(forking("left", "right")))

    def is_known() -> bool:
        return spiff.joins_fit(walk.compiled, walk.move.state)

    assert is_known()
    monkeypatch.setattr(standing, "reachable", lambda _: None)
    assert is_known(), "it goes on well from here"
    monkeypatch.setattr(Markings, "wrong", too_many)
    assert not is_known()


def too_many(_: object) -> NoReturn:
    raise TooManyError


def urging() -> Walk:
    """Begin a case of one step, of which two others urge each time that its date has passed."""
    p = Process("demo")
    p.message_start()
    p.user("first")
    p.end()
    p.beside("late", "first", timing("R/P2D", "timeCycle"))
    p.parallel("fork")
    p.parallel("join")
    p.end("urged")
    p.chain("opened", "first", "done")
    for branch in ("call", "write"):
        p.user(branch)
        p.chain("fork", branch, "join")
    p.chain("late", "fork")
    p.chain("join", "urged")
    return Walk(compiled(p))


def test_no_join_behind_an_event_that_may_happen_again_waits_for_ever() -> None:
    walk = urging()
    for element in ("first", None):
        with pytest.raises(JoinLeftError, match="the way from “write in English”"):
            walk.places(element, "call")
    walk.wakes(days=2)
    walk.does("call")
    walk.wakes(days=2)
    assert walk.waits == ["call", "first", "write", "write"]
    with pytest.raises(JoinLeftError):
        walk.places("first", "call")
    for each in ("call", "write", "write"):
        walk.does(each)
    assert walk.does("first").ended == "demo:done"


def test_a_case_that_stands_as_no_drawing_would_is_mended_freely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walk = Walk(compiled(forking("left", "right")))
    with monkeypatch.context() as unseen:
        unseen.setattr(placing, "misfit", lambda *_: None)
        walk.places("first", "left")
    assert not spiff.joins_fit(walk.compiled, walk.move.state)
    walk.places(None, "right")
    walk.does("left")
    walk.does("right")
    assert walk.does("last").ended == "demo:done"


def test_a_token_more_joins_a_called_process_that_is_open() -> None:
    p, called = nested()
    called.deadline("hurry", "one", "P3D")
    called.end("hurried")
    called.user("urge")
    called.chain("hurry", "urge", "hurried")
    walk = Walk(compiled(p, called))
    walk.does("before")
    walk.places(None, "urge")
    assert walk.waits == ["one", "urge"]
    assert len(spiff.variables(walk.compiled, walk.move.state)) == 2
    for at in ("one", "deep", "before", "ask_part"):
        with pytest.raises(JoinLeftError, match="would be done twice"):
            walk.places(None, at)


def test_one_of_several_instances_is_moved_only_inside_or_with_all() -> None:
    p, called = nested()
    p.each("ask_part", "items", "item")
    walk = Walk(compiled(p, called, fields=("items",)))
    with pytest.raises(NoPlaceError) as refused:
        walk.places("before", "deep")
    assert (refused.value.path, refused.value.element) == (("ask_part",), "deep")
    walk.does("before", items=["x", "y"])
    walk.places("one", "deep")
    assert walk.waits == ["deep", "one"]
    walk.places("deep", "after")
    assert walk.waits == ["after"]
    walk.places("after", "ask_part")
    assert walk.waits == ["one", "one"]


def test_a_call_that_is_interrupted_at_once_is_told_as_that() -> None:
    p, called = calling()
    p.instead("when", "ask_part", holding("n == 7"))
    p.user("instead")
    p.end("other")
    p.chain("when", "instead", "other")
    walk = Walk(compiled(p, called, fields=("n",)))
    walk.does("before", n=7)
    assert walk.waits == ["instead"]
    with pytest.raises(NoPlaceError, match="interrupts that activity") as refused:
        walk.places("instead", "one")
    assert "中断" in refused.value.zh
    assert (refused.value.path, refused.value.element) == (("ask_part",), "one")


def test_a_case_that_is_over_is_opened_again_first() -> None:
    walk = Walk(compiled(forking("left", "right")))
    task = walk.task("first").id
    walk.cancels()
    with pytest.raises(CaseOverError):
        walk.places(None, "left")
    at = spiff.places(walk.compiled)[0]
    with pytest.raises(CaseOverError):
        spiff.place(walk.compiled, walk.move.state, task, at, now=T0)
    with pytest.raises(TaskNotReadyError):
        spiff.placing(walk.compiled, walk.move.state, task, at)


def test_tokens_are_moved_anywhere_in_random_procedures() -> None:
    """What follows need not end; it is the same in memory and stored, and can be cancelled."""
    moved = sum(wandered(seed) for seed in range(SEEDS))
    assert moved > SEEDS


def wandered(seed: int) -> int:
    procedure, random, moved = procedure_of(seed), Random(seed), 0
    both = [Improviser(procedure, stored=False), Improviser(procedure, stored=True)]
    for _ in range(12):
        kept, stored = both
        assert kept.seen() == stored.seen()
        waiting = kept.open()
        steps = [n for n, token in enumerate(waiting) if token.state == READY]
        if kept.case.completed or not waiting:
            break
        at = random.choice(spiff.places(procedure))
        chance, place, n = random.random(), random.randrange(len(waiting)), random.randrange(12)
        try:
            for runner in both:
                if chance < 0.5 and steps:
                    runner.places(steps[0] if chance < 0.4 else None, at)
                    moved += 1
                else:
                    runner.does(place, n)
        except NoPlaceError:
            return moved
    for runner in both:
        runner.cancels()
        assert not runner.open()
    return moved
