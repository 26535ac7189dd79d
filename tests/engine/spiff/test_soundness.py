"""Gateways that do not fit each other are refused, with the join, the choice and the cure."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from engine.spiff import BrokenFilesError, Compiled, Problem
from engine.spiff.survey import look_over
from tests.engine.spiff.differing import Runner
from tests.engine.spiff.drawing import Process, Scope, compiled
from tests.engine.spiff.random_diagrams import PLAIN, PLAIN_LEAVES, Artist
from tests.engine.spiff.random_races import Racer
from tests.engine.wording import foreign_words


def drawn(split: str, join: str) -> Process:
    """Draw one block of two steps between the gateways, with a step after it."""
    p = Process("demo")
    p.message_start()
    gateway(p, split, "fork")
    p.user("left")
    p.user("right")
    gateway(p, join, "join")
    p.user("after")
    p.end()
    p.chain("opened", "fork", "left", "join", "after", "done")
    p.flow("fork", "right", "" if split == "parallel" else "n == 1")
    p.flow("right", "join")
    return p


def gateway(p: Scope, kind: str, id_: str) -> None:
    if kind == "parallel":
        p.parallel(id_)
    else:
        getattr(p, kind)(id_, f"{id_}_to_left" if id_ == "fork" else "")


def refused(*processes: Process) -> tuple[Problem, ...]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(*processes, fields=("n",))
    files = {f"{each.process}.bpmn": each.bytes() for each in processes}
    for problem in caught.value.problems:
        assert not foreign_words(problem, files), problem.zh
    return caught.value.problems


def only(*processes: Process) -> Problem:
    (problem,) = refused(*processes)
    return problem


def accepted(*processes: Process) -> Compiled:
    return compiled(*processes, fields=("n",))


@pytest.mark.parametrize(
    ("split", "join"),
    [("parallel", "parallel"), ("parallel", "inclusive"), ("xor", "xor"), ("xor", "inclusive"),
     ("inclusive", "inclusive")],
)  # fmt: skip
def test_gateways_that_fit_are_published(split: str, join: str) -> None:
    assert accepted(drawn(split, join)).id == "demo"


def test_a_choice_that_a_parallel_gateway_joins_waits_for_ever() -> None:
    problem = only(drawn("xor", "parallel"))
    assert (problem.code, problem.element) == ("waits_for_ever", "join")
    assert problem.zh == (
        "网关“fork名（fork）”选了连线“fork名→left名（fork_to_left）”后，并行网关“join名（join）”会永远等下去："
        "连线“right名→join名（right_to_join）”上再也等不到。"
        "请把“join名（join）”改画为排他网关，或把“fork名（fork）”改画为并行网关。"
    )
    assert problem.en == (
        'Once the gateway "fork in English (fork)" takes the flow "fork in English → left in '
        'English (fork_to_left)", the parallel gateway "join in English (join)" waits for ever: '
        'nothing comes by the flow "right in English → join in English (right_to_join)" any more. '
        'Draw "join in English (join)" as an exclusive '
        'gateway, or "fork in English (fork)" as a parallel gateway.'
    )


def test_a_set_of_ways_that_a_parallel_gateway_joins_waits_for_ever() -> None:
    problem = only(drawn("inclusive", "parallel"))
    assert (problem.code, problem.element) == ("waits_for_ever", "join")


@pytest.mark.parametrize("split", ["parallel", "inclusive"])
def test_branches_that_an_exclusive_gateway_joins_are_done_twice(split: str) -> None:
    problem = only(drawn(split, "xor"))
    assert (problem.code, problem.element) == ("done_twice", "join")
    assert "“fork名（fork）”分出的几条路各自到达“join名（join）”" in problem.zh
    assert ("并行网关" if split == "parallel" else "包容网关") in problem.zh
    assert '"fork in English (fork)"' in problem.en


def hurried(*, interrupts: bool) -> Process:
    """Draw two branches; beside the left step a timer has a reminder to write."""
    p = drawn("parallel", "parallel")
    (p.interrupt if interrupts else p.deadline)("late", "left", "P1D")
    p.user("remind")
    p.end("reminded")
    p.chain("late", "remind", "reminded")
    return p


def test_an_event_that_interrupts_by_mistake_keeps_the_join_waiting() -> None:
    assert accepted(hurried(interrupts=False)).id == "demo"
    problem = only(hurried(interrupts=True))
    assert (problem.code, problem.element) == ("waits_for_ever", "join")
    assert "边界事件“late名（late）”发生后" in problem.zh
    assert "left_to_join" in problem.zh
    assert "改为不中断" in problem.zh
    assert 'make "late in English (late)" non-interrupting' in problem.en


def test_an_event_that_interrupts_and_comes_to_the_join_is_fine() -> None:
    p = hurried(interrupts=True)
    p.without("left_to_join")
    p.without("remind_to_reminded")
    p.without("reminded")
    p.xor("either")
    p.chain("left", "either", "join")
    p.chain("remind", "either")
    assert accepted(p).id == "demo"


def test_a_join_that_counts_on_an_event_beside_waits_for_ever() -> None:
    p = hurried(interrupts=False)
    p.without("remind_to_reminded")
    p.without("reminded")
    p.chain("remind", "join")
    problem = only(p)
    assert (problem.code, problem.element) == ("waits_for_ever", "join")
    assert "边界事件“late名（late）”不发生时" in problem.zh
    assert "自己结束" in problem.zh


def test_a_branch_beside_that_comes_to_a_join_alone_waits_for_ever() -> None:
    p = hurried(interrupts=False)
    p.without("remind_to_reminded")
    p.without("reminded")
    p.without("left_to_join")
    p.xor("either")
    p.chain("left", "either", "join")
    p.chain("remind", "either")
    problem = only(p)
    assert (problem.code, problem.element) == ("waits_for_ever", "join")
    assert "边界事件“late名（late）”发生后" in problem.zh
    p.without("done")
    p.terminate("done")
    assert accepted(p).id == "demo", "what ends all leaves nobody waiting"


def giving_up(p: Process, end: str) -> Process:
    """Let the left branch end before the join when it wants to."""
    p.without("left_to_join")
    p.xor("enough", "enough_to_join")
    getattr(p, end)("given_up")
    p.chain("left", "enough", "join")
    p.flow("enough", "given_up", "n == 2")
    return p


def test_a_branch_that_ends_before_the_join_ends_everything() -> None:
    problem = only(giving_up(drawn("parallel", "parallel"), "end"))
    assert (problem.code, problem.element) == ("waits_for_ever", "join")
    assert (
        "网关“enough名（enough）”选了连线“enough名→given_up名（enough_to_given_up）”后"
        in problem.zh
    )
    assert "终止结束事件" in problem.zh
    assert accepted(giving_up(drawn("parallel", "parallel"), "terminate")).id == "demo"


def sent_back(p: Process, frm: str, to: str) -> Process:
    """Let a step that was done be sent back to a place before it."""
    onward = next(each.split("_to_")[1] for each in p.flows if each.startswith(f"{frm}_to_"))
    before = next(each.split("_to_")[0] for each in p.flows if each.endswith(f"_to_{to}"))
    p.without(f"{frm}_to_{onward}")
    p.without(f"{before}_to_{to}")
    p.xor("merge")
    p.xor("good", f"good_to_{onward}")
    p.chain(frm, "good", onward)
    p.chain(before, "merge", to)
    p.flow("good", "merge", "n == 3")
    return p


@pytest.mark.parametrize(("frm", "to"), [("after", "fork"), ("left", "left"), ("after", "after")])
def test_what_is_sent_back_around_or_within_a_block_is_fine(frm: str, to: str) -> None:
    assert accepted(sent_back(drawn("parallel", "parallel"), frm, to)).id == "demo"


@pytest.mark.parametrize(("frm", "to"), [("after", "left"), ("left", "fork")])
def test_what_is_sent_back_into_or_out_of_a_branch_is_refused(frm: str, to: str) -> None:
    codes = {each.code for each in refused(sent_back(drawn("parallel", "parallel"), frm, to))}
    assert codes <= {"waits_for_ever", "done_twice"}


def test_a_branch_that_is_left_to_itself_may_lag_behind_in_a_loop() -> None:
    p = drawn("parallel", "parallel")
    for each in ("right_to_join", "join", "left_to_join", "join_to_after"):
        p.without(each)
    p.end("by_itself")
    p.chain("right", "by_itself")
    p.chain("left", "after")
    assert accepted(sent_back(p, "after", "fork")).id == "demo"


def test_a_loop_whose_ways_a_parallel_gateway_joins_never_begins() -> None:
    p = Process("demo")
    p.message_start()
    p.parallel("merge")
    p.user("does")
    p.xor("good", "good_to_done")
    p.end()
    p.chain("opened", "merge", "does", "good", "done")
    p.flow("good", "merge", "n == 1")
    problem = only(p)
    assert (problem.code, problem.element) == ("waits_for_ever", "merge")
    assert "按图走下去" in problem.zh
    assert "请把“merge名（merge）”改画为排他网关。" in problem.zh


def test_each_sub_process_is_judged_by_itself() -> None:
    inside = Scope("demo")
    inside.start("begun")
    inside.xor("fork", "fork_to_left")
    inside.user("left")
    inside.user("right")
    inside.parallel("join")
    inside.end("over")
    inside.chain("begun", "fork", "left", "join", "over")
    inside.flow("fork", "right", "n == 1")
    inside.chain("right", "join")
    p = Process("demo")
    p.message_start()
    p.sub("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    assert only(p).element == "join"


def test_the_first_of_several_events_comes_alone() -> None:
    p = Process("demo")
    p.message_start()
    p.message("m_yes", name="yes")
    p.catch("hears", "m_yes", 'banjie:offeredTo="qc"')
    p.timer("late", "P1D")
    p.choice("first", "hears", "late")
    p.parallel("join")
    p.end()
    p.chain("opened", "first")
    p.chain("hears", "join", "done")
    p.chain("late", "join")
    found = [each for each in refused(p) if each.code == "waits_for_ever"]
    assert [each.element for each in found] == ["join"]
    assert "“first名（first）”选了连线" in found[0].zh


@pytest.mark.parametrize("other", ["n>3", "n > 4"])
def test_two_gateways_that_ask_the_same_are_told_apart_from_others(other: str) -> None:
    p = drawn("parallel", "parallel")
    for way, condition in (("left", "n > 3"), ("right", other)):
        p.without(f"{way}_to_join")
        p.xor(f"is_{way}", f"is_{way}_to_{way}_over")
        p.end(f"{way}_over")
        p.chain(way, f"is_{way}", f"{way}_over")
        p.flow(f"is_{way}", "join", condition)
    problem = only(p)
    assert (problem.code, problem.element) == ("waits_for_ever", "join")
    same = other == "n>3"
    assert ("问的是同一件事，但所问的内容其间可能改变" in problem.zh) is same
    assert ("ask the same, but what they ask may change in between" in problem.en) is same


@pytest.mark.timeout(30)
def test_very_many_ways_are_judged_soon_or_not_at_all() -> None:
    p = Process("demo")
    p.message_start()
    p.inclusive("fork", "fork_to_u0")
    p.parallel("join")
    p.end()
    p.chain("opened", "fork")
    for number in range(100):
        p.user(f"u{number}")
        p.flow("fork", f"u{number}", "n == 1" if number else "")
        p.chain(f"u{number}", "join")
    p.chain("join", "done")
    assert accepted(p).id == "demo"


def test_random_blocks_are_published() -> None:
    for seed in range(30):
        for artist in (Artist(Random(seed)), Racer(Random(seed))):
            assert accepted(*artist.procedure(3)).id == "demo"


def spoilt(random: Random) -> list[Process]:
    """Draw blocks of which some gateways and boundary events are not what they should be."""
    processes = Artist(random, PLAIN, PLAIN_LEAVES).procedure(3)
    for process in processes:
        text = "\n".join(process.xml)
        for id_ in re.findall(r'<bpmn:parallelGateway id="(fork_\d+)"', text):
            if random.random() < 0.2:
                text = chosen(text, id_)
        text = re.sub(
            r'<bpmn:(parallel|exclusive|inclusive)Gateway id="((?:join|merge|gather)_\d+)"(.*?)'
            r"</bpmn:\1Gateway>",
            lambda found: joined(random, found),
            text,
        )
        text = re.sub(
            r'cancelActivity="false"',
            lambda found: found[0] if random.random() < 0.8 else "",
            text,
        )
        process.xml = text.split("\n")
    return processes


def chosen(text: str, fork: str) -> str:
    """Let a parallel split choose one of its ways."""
    first, *others = re.findall(rf'<bpmn:sequenceFlow id="({fork}_to_\w+)"', text)
    text = re.sub(
        rf'<bpmn:parallelGateway id="{fork}"(.*?)></bpmn:parallelGateway>',
        rf'<bpmn:exclusiveGateway id="{fork}"\1 default="{first}"></bpmn:exclusiveGateway>',
        text,
    )
    for each in others:
        condition = "<bpmn:conditionExpression>n % 2 == 0</bpmn:conditionExpression>"
        text = re.sub(rf'(id="{each}"[^>]*>)', rf"\1{condition}", text)
    return text


def joined(random: Random, found: re.Match[str]) -> str:
    """Draw a join as another kind now and then."""
    kind = found[1] if random.random() < 0.85 else random.choice(["parallel", "exclusive"])
    return f'<bpmn:{kind}Gateway id="{found[2]}"{found[3]}</bpmn:{kind}Gateway>'


def test_random_drawings_that_are_accepted_never_come_to_a_standstill() -> None:
    codes: Counter[str] = Counter()
    for seed in range(120):
        random = Random(seed)
        try:
            procedure = accepted(*spoilt(random))
        except BrokenFilesError as error:
            codes.update({problem.code for problem in error.problems})
            continue
        codes["accepted"] += 1
        for _ in range(3):
            walked(procedure, random, seed)
    assert codes.keys() == {"accepted", "waits_for_ever", "done_twice"}
    assert min(codes.values()) >= 5, codes


def walked(procedure: Compiled, random: Random, seed: int) -> None:
    """Walk at random to the end; AssertionError where nothing is left that could happen."""
    runner = Runner(procedure, stored=False)
    while not runner.case.completed:
        steps = len(runner.open())
        assert steps or look_over(runner.case).timers, f"seed {seed} waits for ever"
        if steps and random.random() < 0.8:
            runner.does(random.randrange(steps), random.randrange(12))
        else:
            runner.wakes(random.randint(1, 5))
