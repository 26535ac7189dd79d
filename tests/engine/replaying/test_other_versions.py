"""A case replayed in another version: the same path, a new step, another path, or no way on."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from engine import spiff
from engine.calendar import STANDARD
from engine.history import Draft
from engine.procedures.bundles import prepare
from engine.replaying.judging import judge
from engine.replaying.play import Terms
from engine.replaying.playing import play
from engine.replaying.record import record
from engine.replaying.verdicts import Verdict
from tests.engine.replaying.recording import Recording, bundle_of
from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process, compiled, messaging, variable
from tests.engine.spiff.test_transferring import late, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.procedures.bundles import Bundle
    from engine.replaying.verdicts import Replayed
    from engine.spiff import Compiled

DAY = timedelta(days=1)
OFFERED = 'banjie:offeredTo="clerk"'


def lived(procedure: Compiled, *steps: str, days: float = 1, **answers: object) -> Recording:
    """Let each step of a case take so many days."""
    case = Recording(procedure)
    for step in steps:
        case.passes(days=days)
        case.completes(step, **answers)
    return case


def replayed(case: Recording, to: Compiled, days: float = 0) -> Replayed:
    """Replay a case until so many days after its last entry."""
    terms = Terms(bundle_of(to), bundle_of(case.compiled), STANDARD)
    return judge(case.record, terms, until=case.now + days * DAY)


def test_other_names_and_the_same_steps_are_the_same_path() -> None:
    case = lived(compiled(row("ask", "check")), "ask", "check")
    found = replayed(case, compiled(row("ask", "check", draw=late("P3D"))))
    assert (found.verdict, found.missed) == (Verdict.SAME, ())
    assert found.outcome == "demo:done"


def test_a_new_step_waits_at_its_role() -> None:
    case = lived(compiled(row("ask", "check")), "ask", "check")
    new = row("ask", "look", "check", draw=lambda p: p.lane("品管部", "look"))
    found = replayed(case, compiled(new))
    assert found.verdict is Verdict.WAITING
    assert [(step.element, step.role) for step in found.waiting] == [("look", "qc")]
    assert found.unused == ("demo:check",)
    assert found.done == ("demo:ask",)


def test_a_step_that_another_role_would_do_is_told() -> None:
    case = lived(compiled(row("ask", "check")), "ask", "check")
    found = replayed(case, compiled(row("ask", "check", draw=lambda p: p.lane("品管部", "check"))))
    assert found.verdict is Verdict.SAME
    assert [(step.element, step.role) for step in found.others] == [("check", "qc")]
    assert replayed(case, case.compiled).others == ()


def test_a_step_that_is_gone_leaves_its_answers_unused() -> None:
    case = lived(compiled(row("ask", "look", "check")), "ask", "look", "check")
    found = replayed(case, compiled(row("ask", "check")))
    assert (found.verdict, found.unused) == (Verdict.OTHER, ("demo:look",))
    assert found.outcome == "demo:done"


def test_steps_in_another_order_take_their_own_answers() -> None:
    case = lived(compiled(row("ask", "look", "check")), "ask", "look", "check")
    found = replayed(case, compiled(row("ask", "check", "look")))
    assert (found.verdict, found.unused) == (Verdict.OTHER, ())
    assert found.done == ("demo:ask", "demo:check", "demo:look")


def test_a_shorter_deadline_is_missed_by_what_it_was_late() -> None:
    case = lived(compiled(row("ask", "check", draw=late("P9D"))), "ask", "check", days=4)
    found = replayed(case, compiled(row("ask", "check", draw=late("P1D"))))
    assert found.verdict is Verdict.URGED
    assert [step.element for step in found.waiting] == ["urge"]
    missed, = found.missed  # fmt: skip
    assert (missed.element, missed.host, missed.passed) == ("late", "check", False)
    assert missed.late == 3 * DAY


def test_a_longer_deadline_is_met() -> None:
    case = lived(compiled(row("ask", "check", draw=late("P1D"))), "ask")
    case.passes(days=2)
    case.completes("urge")
    case.completes("check")
    found = replayed(case, compiled(row("ask", "check", draw=late("P9D"))))
    assert (found.missed, found.met) == ((), ("demo:late",))
    assert (found.verdict, found.unused) == (Verdict.URGED, ("demo:urge",))
    assert found.spared == ("demo:urge",)


@pytest.mark.parametrize("urged_last", [True, False])
def test_an_urging_that_would_fall_away_is_no_other_path(*, urged_last: bool) -> None:
    case = lived(compiled(row("ask", "check", draw=late("P1D"))), "ask")
    case.passes(days=2)
    case.completes("check")
    if urged_last:
        case.completes("urge")
    found = replayed(case, compiled(row("ask", "check")), days=1)
    assert found.outcome == "demo:done"
    assert (found.verdict, found.spared) == (Verdict.URGED, ("demo:urge",))
    assert found.verdict.names.zh == "走同一条路，催办不同"


def test_an_urging_beside_another_path_is_that_path() -> None:
    case = lived(compiled(row("ask", "look", "check")), "ask", "look", "check", days=2)
    found = replayed(case, compiled(row("ask", "check", draw=late("P1D"))))
    assert (found.verdict, found.unused) == (Verdict.WAITING, ("demo:look",))
    found = replayed(case, compiled(row("ask", "check", "look", draw=late("P1D"))))
    assert [step.element for step in found.waiting] == ["urge"]
    assert found.verdict is Verdict.WAITING


def test_what_a_message_beside_a_step_begins_is_no_urging() -> None:
    case = lived(compiled(row("ask", "check", draw=late("P1D"))), "ask")
    case.passes(days=2)
    case.completes("urge")
    case.completes("check")

    def also_by_hand(p: Process) -> None:
        p.deadline("late", "check", "P9D")
        p.beside("asked", "check", messaging(p.message("m_asked")), OFFERED)
        p.user("urge")
        p.end("urged")
        p.chain("late", "urge", "urged")
        p.chain("asked", "urge")

    found = replayed(case, compiled(row("ask", "check", draw=also_by_hand)))
    assert found.verdict is Verdict.OTHER


def test_a_deadline_that_the_case_never_comes_to_is_not_met() -> None:
    case = lived(compiled(row("ask", "check", draw=late("P1D"))), "ask")
    case.passes(days=2)
    case.completes("urge")
    case.completes("check")
    found = replayed(case, compiled(row("ask", "look", "check", draw=late("P1D"))))
    assert [step.element for step in found.waiting] == ["look"]
    assert (found.missed, found.met, found.unreached) == ((), (), ("demo:late",))


def test_a_deadline_of_an_open_step_passes_until_now() -> None:
    case = lived(compiled(row("ask", "check")), "ask")
    new = compiled(row("ask", "check", draw=late("P3D")))
    assert replayed(case, new, days=2).verdict is Verdict.SAME
    found = replayed(case, new, days=5)
    assert [missed.late for missed in found.missed] == [2 * DAY]


def test_a_new_step_beside_the_others_is_told_though_the_case_ends_without_it() -> None:
    case = lived(compiled(row("ask", "check")), "ask", "check")
    new = row("ask", "check")
    new.deadline("late", "check", "PT1H")
    new.user("urge")
    new.end("urged")
    new.chain("late", "urge", "urged")
    new.without("done")
    new.terminate("done")
    found = replayed(case, compiled(new))
    assert (found.verdict, found.outcome) == (Verdict.URGED, "demo:done")
    assert [step.element for step in found.waiting] == ["urge"]


def test_answers_of_one_call_are_not_lent_to_another() -> None:
    inner = Process("inner")
    inner.start()
    inner.user("look")
    inner.end("looked")
    inner.chain("begun", "look", "looked")

    def calling(*calls: str) -> Compiled:
        p = Process("demo")
        p.message_start()
        for call in calls:
            p.call(call, "inner")
        p.end()
        p.chain("opened", *calls, "done")
        return compiled(p, inner)

    case = lived(calling("second"), "look")
    said = case.record
    said.paths = dict.fromkeys(said.openings, ("second",))
    terms = Terms(bundle_of(calling("first", "second")), bundle_of(case.compiled), STANDARD)
    found = judge(said, terms, until=case.now)
    assert (found.verdict, found.unused) == (Verdict.WAITING, ("inner:look",))


def test_a_deadline_that_passed_before_is_no_news() -> None:
    case = lived(compiled(row("ask", "check", draw=late("P1D"))), "ask")
    case.passes(days=2)
    found = replayed(case, case.compiled)
    assert found.verdict is Verdict.SAME
    assert [missed.passed for missed in found.missed] == [True]


def which(condition: str) -> Compiled:
    """Draw a way to `small` or to `large`, by what was answered."""
    p = Process("demo")
    p.extra = variable("n", "0")
    p.message_start()
    p.user("ask")
    p.xor("gate", "otherwise")
    p.end("small")
    p.end("large")
    p.chain("opened", "ask", "gate")
    p.flow("gate", "small", condition)
    p.flow("gate", "large", id_="otherwise")
    return compiled(p, fields=("n",))


def test_another_condition_leads_to_another_end() -> None:
    case = lived(which("n < 10"), "ask", n=7)
    assert case.move.ended == "demo:small"
    found = replayed(case, which("n < 5"))
    assert (found.verdict, found.outcome) == (Verdict.OTHER, "demo:large")


def test_a_service_that_was_never_asked_holds_it_up() -> None:
    case = lived(compiled(row("ask")), "ask")

    new = Process("demo")
    new.message_start()
    new.user("ask")
    new.service("look_up", "ping")
    new.end()
    new.chain("opened", "ask", "look_up", "done")
    found = replayed(case, compiled(new))
    assert found.verdict is Verdict.CANNOT
    assert found.obstacle is not None
    assert (found.obstacle.element, found.waiting) == ("look_up", ())


@pytest.mark.parametrize(("element", "draw"), [
    ("hear", lambda p: p.hear("hear", p.signal("s_all"))),
    ("pause", lambda p: p.timer("pause", "P30D")),
])  # fmt: skip
def test_what_never_came_holds_it_up(element: str, draw: Callable[[Process], str]) -> None:
    case = lived(compiled(row("ask")), "ask")
    new = Process("demo")
    new.message_start()
    new.user("ask")
    draw(new)
    new.end()
    new.chain("opened", "ask", element, "done")
    found = replayed(case, compiled(new))
    assert found.verdict is Verdict.CANNOT
    assert found.obstacle is not None
    assert found.obstacle.element == element


def test_erased_answers_cannot_be_given_again() -> None:
    case = lived(compiled(row("ask", "check")), "ask", "check")
    seq = next(r.seq for r in case.book.rows if r.kind == "step_completed")
    case.book.rows[seq - 1] = SimpleNamespace(**{**vars(case.book.rows[seq - 1]), "answers": None,
                                                 "salt": None})  # fmt: skip
    case.book.erases(case, seq)
    found = replayed(case, case.compiled)
    assert found.verdict is Verdict.CANNOT
    assert found.obstacle is not None
    assert "erased" in found.obstacle.en


def test_a_history_that_does_not_verify_is_no_ground() -> None:
    case = lived(compiled(row("ask", "check")), "ask", "check")
    del case.book.rows[1]
    found = replayed(case, case.compiled)
    assert found.obstacle is not None
    assert "does not verify from entry 2" in found.obstacle.en


def test_what_somebody_did_by_hand_is_told_and_never_passed_over() -> None:
    case = lived(compiled(row("ask", "check")), "ask")
    case.book.acts(case, "token_conjured")
    found = replayed(case, case.compiled)
    assert found.verdict is Verdict.CANNOT
    assert found.obstacle is not None
    assert "token_conjured" in found.obstacle.zh


def test_a_form_that_asks_for_more_stops_it_there() -> None:
    def drawn(*required: str, **fields: dict[str, Any]) -> Bundle:
        p = Process("demo")
        p.extra = variable("n", '""') + variable("m", '""')
        p.message_start()
        p.user("ask")
        p.xor("gate", "otherwise")
        p.end("small")
        p.end()
        p.chain("opened", "ask", "gate")
        p.flow("gate", "small", 'm == "1"' if fields.get("m") else 'n == "1"')
        p.flow("gate", "done", id_="otherwise")
        forms = {"demo/opened": form(said=TEXT), "demo/ask": form(*required, **fields)}
        return prepare(small(p, forms=forms), "demo")

    case = lived(drawn(n=TEXT).compiled, "ask", n="1")
    terms = Terms(drawn("m", n=TEXT, m=TEXT), drawn(n=TEXT), STANDARD)
    found = judge(record(case.book.rows), terms, until=case.now)
    assert found.verdict is Verdict.CANNOT
    assert found.obstacle is not None
    assert (found.obstacle.element, "The m" in found.obstacle.en) == ("ask", True)
    terms = Terms(drawn(n=TEXT, m=TEXT), drawn(n=TEXT), STANDARD)
    assert judge(record(case.book.rows), terms, until=case.now).outcome == "demo:done"


def test_a_case_that_was_moved_is_moved_again_or_stays_in_the_other_version() -> None:
    old, new = compiled(row("ask", "check")), compiled(row("ask", "check", draw=late("P2D")))
    case = lived(old, "ask")
    assert case.transfers(new).move is not None
    case.book.enter(case, Draft("case_moved", {"moved": [1, 2, "same_place"]}))
    case.passes(days=3)
    own = Terms(bundle_of(old), bundle_of(old), STANDARD, own={2: bundle_of(new)})
    found = judge(case.record, own, until=case.now)
    assert (found.verdict, found.notes) == (Verdict.SAME, ())
    assert [missed.passed for missed in found.missed] == [True]
    found = replayed(case, old)
    assert found.met == ("demo:late",)
    assert "passes over" in found.notes[0].en


def test_data_that_was_repaired_is_repaired_again() -> None:
    case = lived(which("n < 10"))
    case.move = spiff.repair(case.compiled, case.move.state, {"n": 5})
    told = {"from": {"n": 0}, "to": {"n": 5}}
    case.book.enter(case, Draft("data_repaired", {"process": "demo"}, answers=told))
    terms = Terms(bundle_of(case.compiled), bundle_of(case.compiled), STANDARD)
    state = play(case.record, terms, until=case.now).stage.state
    assert spiff.variables(case.compiled, state)[0].values["n"] == 5
