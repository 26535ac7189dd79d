"""*After A always B* and *every end passes C*: drawings that keep it and that break it."""

from __future__ import annotations

import pytest

from engine.spiff import BrokenFilesError, Problem
from tests.engine.spiff.drawing import Process, Scope, compiled, messaging, variable

WORDS = 'zh="凡结案必经归档" en="Every case is archived"'
EVERY = f'<banjie:guarantee id="archived" kind="every-end" what="archive" {WORDS}/>'
ALWAYS = (
    f'<banjie:guarantee id="archived" kind="always-after" what="archive" after="taken" {WORDS}/>'
)


def begun(promise: str) -> Process:
    """Draw a case that is taken and, later, archived; what lies between is drawn by each test."""
    p = Process("demo", extra=promise)
    p.message_start()
    p.user("taken")
    p.user("archive")
    p.end()
    p.chain("opened", "taken")
    p.chain("archive", "done")
    return p


def problems(*processes: Process) -> list[Problem]:
    try:
        compiled(*processes, fields=("yes", "tired"))
    except BrokenFilesError as error:
        return list(error.problems)
    return []


def way(*processes: Process) -> str:
    (problem,) = problems(*processes)
    assert (problem.code, problem.element) == ("guarantee_broken", "archived")
    return problem.en


both = pytest.mark.parametrize("promise", [EVERY, ALWAYS])


@both
def test_one_way_through_keeps_it(promise: str) -> None:
    p = begun(promise)
    p.chain("taken", "archive")
    assert not problems(p)


@both
def test_a_way_past_it_is_told_in_both_languages(promise: str) -> None:
    p = begun(promise)
    p.xor("sure", "sure_to_archive")
    p.end("dropped")
    p.chain("taken", "sure", "archive")
    p.flow("sure", "dropped", "tired")
    (problem,) = problems(p)
    assert "taken名（taken） → sure名（sure） → dropped名（dropped）" in problem.zh
    assert "“archive名”" in problem.zh
    assert "凡结案必经归档" in problem.zh
    assert "sure in English (sure) → dropped in English (dropped)" in problem.en


@both
def test_a_loop_may_turn_for_ever(promise: str) -> None:
    p = begun(promise)
    p.xor("merge")
    p.xor("sure", "again")
    p.user("mend")
    p.chain("taken", "merge", "mend", "sure")
    p.flow("sure", "merge", id_="again")
    p.flow("sure", "archive", "yes")
    assert not problems(p)


def forked(promise: str, *, join: str = "", aside: str = "end") -> Process:
    """Draw archiving in one branch, and something beside it in another."""
    p = begun(promise)
    p.parallel("fork")
    p.user("beside")
    p.chain("taken", "fork", "archive")
    p.chain("fork", "beside")
    if join:
        p.without("archive_to_done")
        getattr(p, join)("join")
        p.chain("archive", "join", "done")
        p.chain("beside", "join")
    else:
        getattr(p, aside)("beside_done")
        p.chain("beside", "beside_done")
    return p


@both
def test_one_branch_is_enough_unless_the_other_ends_them_both(promise: str) -> None:
    assert not problems(forked(promise, join="parallel"))
    assert not problems(forked(promise, join="xor"))
    assert not problems(forked(promise))
    assert "beside_done in English (beside_done)" in way(forked(promise, aside="terminate"))


@both
def test_an_inclusive_gateway_may_leave_its_branch_out(promise: str) -> None:
    p = begun(promise)
    p.inclusive("some", "some_to_beside")
    p.user("beside")
    p.end("beside_done")
    p.chain("taken", "some", "beside", "beside_done")
    p.flow("some", "archive", "yes")
    assert "some in English (some) → beside" in way(p)


@both
def test_reminders_beside_it_end_nothing_but_what_interrupts_does(promise: str) -> None:
    p = begun(promise)
    p.user("work")
    p.chain("taken", "work", "archive")
    p.deadline("late", "work", "P1D")
    p.end("urged")
    p.chain("late", "urged")
    assert not problems(p)
    p.without("urged")
    p.terminate("urged")
    assert "late in English (late) → urged" in way(p)
    p.without("urged")
    p.without("late")
    p.without("late_to_urged")
    p.interrupt("late", "work", "P1D")
    p.end("urged")
    p.chain("late", "urged")
    assert "late in English (late) → urged" in way(p)


@both
def test_a_call_may_be_ended_from_outside_or_by_what_it_throws(promise: str) -> None:
    p, called = begun(promise), Process("working")
    p.call("work", "working")
    p.chain("taken", "work", "archive")
    called.start("begun")
    called.user("toil")
    called.xor("sure", "sure_to_ended")
    called.end("ended")
    called.chain("begun", "toil", "sure", "ended")
    called.terminate("early")
    called.flow("sure", "early", "tired")
    assert not problems(p, called), "a terminate end ends what is called, and no more"
    called.without("early")
    called.throws("early", "error", "W1")
    p.catches("caught", "work", "error", "W1")
    p.end("failed")
    p.chain("caught", "failed")
    assert "caught in English (caught) → failed" in way(p, called)


@both
def test_many_may_be_none(promise: str) -> None:
    p = begun(promise + variable("lots", "[]"))
    p.chain("taken", "archive")
    p.each("archive", "lots", "lot")
    assert "archive in English (archive) → done" in way(p)


def beside(*, ends: str, joined: bool = True) -> Process:
    """Draw `taken` in one of two branches, of which the other may end the case."""
    p = begun(ALWAYS)
    p.without("opened_to_taken")
    p.parallel("fork")
    p.parallel("join")
    p.user("other")
    p.xor("sure", "sure_to_join")
    p.chain("opened", "fork", "taken", "join")
    p.chain("fork", "other", "sure", "join")
    getattr(p, ends)("dropped")
    if joined:
        p.chain("join", "archive")
        p.flow("sure", "dropped", "tired")
    return p


def test_another_branch_may_end_the_case_after_it() -> None:
    assert "taken in English (taken) → dropped in English (dropped)" in way(
        beside(ends="terminate")
    )
    codes = [problem.code for problem in problems(beside(ends="end"))]
    assert codes == ["waits_for_ever"], "the join never fires then, so the case does not end"


def test_who_waits_at_a_join_may_be_cut_off_there() -> None:
    p = beside(ends="terminate")
    p.extra = ALWAYS.replace('what="archive" after="taken"', 'what="join" after="taken_to_join"')
    assert "join in English (join) → dropped in English (dropped)" in way(p)


def test_an_end_behind_the_join_is_no_other_branch() -> None:
    p = beside(ends="terminate")
    p.without("sure_to_dropped")
    p.without("archive_to_done")
    p.without("done")
    p.chain("archive", "dropped")
    p.without("sure")
    p.without("other_to_sure")
    p.without("sure_to_join")
    p.chain("other", "join")
    assert not problems(p)


def test_what_is_done_before_does_not_count_as_after() -> None:
    p = forked(ALWAYS, join="parallel")
    p.without("taken_to_fork")
    p.without("opened_to_taken")
    p.without("fork_to_beside")
    p.without("beside")
    p.without("beside_to_join")
    p.chain("opened", "fork", "taken", "join")
    assert "taken in English (taken) → join in English (join) → done" in way(p)


def test_what_happens_beside_may_be_too_late_for_it() -> None:
    p = begun(ALWAYS)
    p.without("opened_to_taken")
    p.message("m_called", name="called")
    p.user("work")
    p.beside("called", "work", messaging("m_called"), 'banjie:offeredTo="gm"')
    p.end("taken_down")
    p.chain("opened", "work", "archive")
    p.chain("called", "taken", "taken_down")
    assert "taken in English (taken) → taken_down" in way(p)


def repeated(**more: str) -> Process:
    """Draw what is taken and archived for each of a list."""
    p, inside = begun(ALWAYS + variable("lots", "[]")), Scope("demo")
    p.without("opened_to_taken")
    p.without("taken")
    p.without("archive")
    p.without("archive_to_done")
    inside.start("begun")
    inside.user("taken")
    inside.user("archive")
    inside.end("ended")
    inside.chain("begun", "taken", "archive", "ended")
    p.sub("part", inside)
    p.chain("opened", "part", "done")
    p.each("part", "lots", "lot", **more)
    return p


def test_an_instance_may_be_ended_by_the_others() -> None:
    first = "nrOfCompletedInstances >= 1"
    assert not problems(repeated())
    assert "taken in English (taken) → " in way(repeated(until=first))
    assert not problems(repeated(until=first, sequential="true"))


@pytest.mark.parametrize(
    "promise",
    ['kind="never" what="taken"', 'kind="every-end"', 'kind="always-after" what="archive"',
     'kind="every-end" what="archive" after="taken"', 'kind="not-same-person" what="taken"',
     'what="archive" after="taken"'],
)  # fmt: skip
def test_a_sentence_that_is_not_whole_is_refused(promise: str) -> None:
    p = begun(f'<banjie:guarantee id="archived" {promise} {WORDS}/>')
    p.chain("taken", "archive")
    (problem,) = problems(p)
    assert (problem.code, problem.element) == ("bad_guarantee", "archived")


@pytest.mark.parametrize(
    ("promise", "name"),
    [('kind="not-same-person" what="taken" other="done"', "demo:done"),
     ('kind="never-by" what="opened" person="yes"', "demo:opened"),
     ('kind="never-by" what="taken" person="accused"', "accused"),
     ('kind="every-end" what="archived"', "demo:archived")],
)  # fmt: skip
def test_a_sentence_about_nothing_is_refused(promise: str, name: str) -> None:
    p = begun(f'<banjie:guarantee id="archived" {promise} {WORDS}/>')
    p.chain("taken", "archive")
    (problem,) = problems(p)
    assert (problem.code, problem.element) == ("unknown_in_guarantee", "archived")
    assert f"“{name}”" in problem.zh
    assert f'"{name}"' in problem.en


def test_sentences_about_people_are_published() -> None:
    promise = 'kind="not-same-person" what="taken" other="archive"'
    p = begun(f'<banjie:guarantee id="archived" {promise} {WORDS}/>')
    p.chain("taken", "archive")
    kept = compiled(p, fields=("yes",)).guarantees
    assert [(g.what, g.other) for g in kept] == [(("demo:taken",), ("demo:archive",))]
    promise = 'kind="never-by" what="taken" person="yes"'
    p.extra = f'<banjie:guarantee id="archived" {promise} {WORDS}/>'
    assert "yes" in compiled(p, fields=("yes",)).variables
