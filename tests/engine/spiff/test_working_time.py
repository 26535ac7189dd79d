"""Timers on working calendars: words, dates, cycles, and whose calendar counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import RunError
from tests.engine.calendar.some import COMPANY, HOTLINE, NEVER, at
from tests.engine.spiff.drawing import Process, compiled, table
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from engine.calendar import Calendar, Calendars

FRIDAY = at(2026, 11, 20, 16)


class Known:
    """Calendars as a company has them: by code, and whose is which."""

    def __init__(self, *calendars: Calendar, **owners: str) -> None:
        self.calendars = {calendar.code: calendar for calendar in calendars}
        self.owners = owners
        self.asked: list[tuple[str | None, str | None, str | None]] = []

    def choose(self, *, named: str | None, role: str | None, site: str | None) -> Calendar:
        self.asked.append((named, role, site))
        if named is not None:
            return self.get(named)
        return self.get(self.owners.get(role or "") or self.owners.get(site or "") or "company")

    def get(self, code: str) -> Calendar:
        return self.calendars[code]


ONE: Calendars = Known(COMPANY)


def waiting(
    limit: str, tag: str = "timeDuration", more: str = "", fields: tuple[str, ...] = ()
) -> spiff.Compiled:
    """Compile a step with a reminder beside it that goes straight to an end."""
    p = Process("demo")
    p.message_start()
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    p.deadline("late", "work", limit, more, tag)
    p.end("late_done")
    p.chain("late", "late_done")
    return compiled(p, fields=fields, calendars=("standard", "hotline"))


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("3 个工作日", at(2026, 11, 25, 16)),
        ("4 working hours", at(2026, 11, 23, 11)),
        ('"工作小时 4"', at(2026, 11, 23, 11)),
        ("3 天", at(2026, 11, 23, 16)),
        ("P3D", at(2026, 11, 23, 16)),
        ("当天", at(2026, 11, 20, 18)),
        ("by the 22nd", at(2026, 11, 20, 18)),
        ('"2 天" if 1 > 2 else limit', at(2026, 11, 30, 16)),
    ],
)
def test_a_limit_counts_on_the_calendar(limit: str, due: datetime) -> None:
    walk = Walk(waiting(limit, fields=("limit",)), FRIDAY, ONE, limit="6 working days")
    assert walk.task("work").due == due
    assert walk.move.next_due == due
    (timer,) = walk.move.armed
    assert (timer.since, timer.calendar) == (FRIDAY, "company")


def test_an_armed_timer_says_what_its_rule_was() -> None:
    walk = Walk(waiting("limit", fields=("limit",)), FRIDAY, ONE, limit="3 个工作日")
    assert walk.move.armed[0].rule == "3 个工作日"
    assert walk.timer("late") == walk.move.armed[0]
    lines = spiff.derivation(walk.compiled, walk.move.state, walk.timer("late").id, calendars=ONE)
    assert lines.at == walk.timer("late").due
    calendar, begun, *_ = lines.lines
    assert calendar == ("日历：公司日历", "Calendar: Company calendar")
    assert begun.zh == "2026-11-20（周五）16:00 起，期限：3 个工作日"
    walk.wakes(days=9)
    gone = walk.move.fired[0].id
    passed = spiff.derivation(walk.compiled, walk.move.state, gone, calendars=ONE)
    assert passed.at == lines.at, "a passed deadline is still explained"
    walk.does("work")
    with pytest.raises(spiff.NotAwaitedError):
        spiff.derivation(walk.compiled, walk.move.state, gone, calendars=ONE)


def test_the_calendar_is_that_of_the_drawing_else_of_the_role_else_of_the_site() -> None:
    clerks = replace(HOTLINE, code="clerks")
    site = replace(HOTLINE, code="shanghai")
    known = Known(COMPANY, HOTLINE, clerks, site, clerk="clerks", shanghai="shanghai")
    named = Walk(waiting("1 working hour", more='banjie:calendar="hotline"'), FRIDAY, known)
    assert known.asked == [("hotline", "clerk", None)]
    assert named.move.armed[0].calendar == "hotline"
    assert Walk(waiting("1 working hour"), FRIDAY, known).move.armed[0].calendar == "clerks"
    known.owners.pop("clerk")
    at_site = Walk(waiting("1 working hour", fields=("site",)), FRIDAY, known, site="shanghai")
    assert at_site.move.armed[0].calendar == "shanghai"
    assert at_site.reckons(known).shifted == ()
    assert known.asked[-1] == (None, "clerk", "shanghai"), "known when it is reckoned anew"
    assert Walk(waiting("1 working hour"), FRIDAY, known).move.armed[0].calendar == "company"


def test_the_role_may_come_from_a_variable() -> None:
    p = Process("demo")
    p.message_start()
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    p.deadline("late", "work", "1 working hour")
    p.end("late_done")
    p.chain("late", "late_done")
    p.lane("由谁", "work", role_from="whose")
    procedure = compiled(p, fields=("whose",))
    known = Known(COMPANY, HOTLINE, qc="hotline")
    assert Walk(procedure, FRIDAY, known, whose="qc").move.armed[0].calendar == "hotline"
    assert Walk(procedure, FRIDAY, known, whose="gm").move.armed[0].calendar == "company"


def test_a_calendar_that_is_gone_is_an_error_of_the_timer() -> None:
    with pytest.raises(RunError) as caught:
        Walk(waiting("1 working hour", more='banjie:calendar="hotline"'), FRIDAY, ONE)
    assert caught.value.element == "late"
    assert "没有代码为“hotline”的日历" in caught.value.zh


def test_a_calendar_that_is_never_open_is_an_error_of_the_timer() -> None:
    known = Known(replace(NEVER, code="company"))
    with pytest.raises(RunError) as caught:
        Walk(waiting("1 working hour"), FRIDAY, known)
    assert (caught.value.element, "没有工作时间" in caught.value.zh) == ("late", True)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("2026-11-25", at(2026, 11, 25, 18)),
        ("2026-11-25 10:00", at(2026, 11, 25, 10)),
        ("2026-11-25T10:00:00Z", at(2026, 11, 25, 18)),
        ("agreed", at(2026, 11, 26, 18)),
    ],
)
def test_a_date_beside_a_step_is_a_deadline_on_the_calendars_own_clock(
    value: str, due: datetime
) -> None:
    walk = Walk(waiting(value, "timeDate", fields=("agreed",)), FRIDAY, ONE, agreed="2026-11-26")
    assert walk.task("work").due == due


def test_a_date_that_is_waited_for_begins_with_its_day() -> None:
    p = Process("demo")
    p.message_start()
    p.timer("until", "agreed", "timeDate")
    p.user("work")
    p.end()
    p.chain("opened", "until", "work", "done")
    walk = Walk(compiled(p, fields=("agreed",)), FRIDAY, ONE, agreed="2026-11-26")
    assert walk.move.next_due == at(2026, 11, 26, 9)
    assert Walk(walk.compiled, FRIDAY, ONE, agreed="2026-11-02").waits == ["work"], "already past"
    for wrong in ("3 天", 20261126, None, "9999-12-31"):
        with pytest.raises(RunError) as caught:
            Walk(walk.compiled, FRIDAY, ONE, agreed=wrong)
        assert (caught.value.element, caught.value.variable) == ("until", "agreed")


def test_a_cycle_beside_a_step_fires_again_and_again() -> None:
    walk = Walk(waiting("每 30 分钟", "timeCycle"), FRIDAY, ONE)
    assert walk.task("work").due is None, "a reminder is no deadline"
    for n in range(1, 5):
        assert walk.move.next_due == FRIDAY + n * timedelta(minutes=30)
        move = walk.wakes(minutes=30)
        assert [timer.due for timer in move.fired] == [walk.now]
        assert [timer.since for timer in move.armed] == [walk.now]
        assert move.flows == ("demo:late_to_late_done",)
    done = walk.does("work")
    assert [timer.element for timer in done.disarmed] == ["late"]
    assert done.ended == "demo:done"


def test_a_counted_cycle_comes_to_its_end() -> None:
    walk = Walk(waiting("R3/PT1H", "timeCycle"), FRIDAY, ONE)
    fired = [len(walk.wakes(hours=1).fired) for _ in range(5)]
    assert fired == [1, 1, 1, 0, 0]
    assert walk.move.next_due is None
    assert walk.does("work").ended == "demo:done"


@pytest.mark.parametrize(
    ("cycle", "late", "fired", "then"),
    [
        ("R/PT1H", timedelta(hours=10, minutes=1), 1, FRIDAY + timedelta(hours=11)),
        ("R3/PT1H", timedelta(hours=10), 1, None),
        ("R12/PT1H", timedelta(hours=10), 1, FRIDAY + timedelta(hours=11)),
        ("R/PT1M", timedelta(days=3650, seconds=1), 1, FRIDAY + timedelta(days=3650, minutes=1)),
        ("每天 09:00、15:00", timedelta(days=10), 1, FRIDAY + timedelta(days=10, hours=17)),
        ("每 2 个工作小时", timedelta(days=10), 1, at(2026, 11, 30, 18)),
        ("每 2 个工作日", timedelta(days=10), 1, at(2026, 12, 2, 16)),
        ("每月30日", timedelta(days=20), 1, at(2026, 12, 30, 9)),
    ],
)
def test_rounds_that_were_missed_are_caught_up_once(
    cycle: str, late: timedelta, fired: int, then: datetime | None
) -> None:
    walk = Walk(waiting(cycle, "timeCycle"), FRIDAY, ONE)
    move = walk.wakes(seconds=late.total_seconds())
    assert len(move.fired) == fired
    assert move.next_due == then
    assert walk.wakes().fired == ()


def test_what_a_cycle_leaves_behind_does_not_pile_up() -> None:
    walk = Walk(waiting("R/PT1H", "timeCycle"), FRIDAY, ONE)
    sizes = []
    for n in range(300):
        walk.wakes(hours=1)
        if n >= 100:
            sizes.append(len(walk.move.state))
    assert max(sizes) < 1_000


def test_an_interrupting_cycle_and_one_that_is_waited_for_come_round_once() -> None:
    p = Process("demo")
    p.message_start()
    p.user("work")
    p.timer("rest", "每个工作日 09:00", "timeCycle")
    p.user("later")
    p.end()
    p.chain("opened", "work", "rest", "later", "done")
    p.interrupt("given_up", "work", "R3/PT1H", tag="timeCycle")
    p.chain("given_up", "rest")
    walk = Walk(compiled(p), FRIDAY, ONE)
    assert walk.task("work").due == FRIDAY + timedelta(hours=1)
    move = walk.wakes(hours=1)
    assert (walk.waits, [timer.element for timer in move.armed]) == ([], ["rest"])
    assert move.next_due == at(2026, 11, 23, 9)
    walk.wakes(days=3)
    assert walk.waits == ["later"]
    assert walk.timers == []


def test_a_table_may_give_limits_in_words() -> None:
    limits = table("limits", ["kind"], ["limit"], [(['"a"'], ['"3 个工作日"']), (["-"], ['"P1D"'])],
                   'hitPolicy="FIRST"')  # fmt: skip
    p = Process("demo")
    p.message_start()
    p.rule("choose", "limits")
    p.user("work")
    p.end()
    p.chain("opened", "choose", "work", "done")
    p.deadline("late", "work", "limit")
    p.end("late_done")
    p.chain("late", "late_done")
    procedure = compiled(p, fields=("kind",), tables={"limits": limits})
    assert Walk(procedure, FRIDAY, ONE, kind="a").task("work").due == at(2026, 11, 25, 16)
    assert Walk(procedure, FRIDAY, ONE, kind="b").task("work").due == at(2026, 11, 21, 16)


def test_a_new_calendar_moves_what_runs_and_nothing_else() -> None:
    p = Process("demo")
    p.message_start()
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    for id_, limit in (("soon", "PT1H"), ("late", "2 个工作日"), ("days", "4 天")):
        p.deadline(id_, "work", limit)
        p.end(f"{id_}_done")
        p.chain(id_, f"{id_}_done")
    walk = Walk(compiled(p), FRIDAY, ONE)
    walk.wakes(hours=2)
    assert [timer.element for timer in walk.move.fired] == ["soon"]
    off = {at(2026, 11, 23).date(): COMPANY.days[at(2026, 10, 1).date()]}
    move = walk.reckons(Known(replace(COMPANY, days=off)))
    (shift,) = move.shifted
    assert (shift.timer.element, shift.before, shift.timer.due) == (
        "late", at(2026, 11, 24, 16), at(2026, 11, 25, 16),
    )  # fmt: skip
    assert move.retimed == (), "the first deadline was passed before"
    assert (move.opened, move.closed, move.armed, move.fired, move.disarmed) == ((), (), (), (), ())
    assert move.next_due == at(2026, 11, 24, 16), "four days are four days"
    back = walk.reckons(ONE)
    assert [(s.before, s.timer.due) for s in back.shifted] == [(shift.timer.due, shift.before)]
    assert walk.reckons(ONE).shifted == ()


def test_a_new_calendar_tells_which_steps_are_due_when() -> None:
    walk = Walk(waiting("2 个工作日"), FRIDAY, ONE)
    off = {at(2026, 11, 23).date(): COMPANY.days[at(2026, 10, 1).date()]}
    (work,) = walk.reckons(Known(replace(COMPANY, days=off))).retimed
    assert (work.element, work.due) == ("work", at(2026, 11, 25, 16))
    week = replace(COMPANY, week=(((0, 1440),),) * 7)
    (earlier,) = walk.reckons(Known(week)).shifted
    assert earlier.timer.due == at(2026, 11, 22, 16)
    walk.now = at(2026, 11, 23, 9)
    assert len(walk.wakes().fired) == 1


def test_a_year_may_be_run_through_in_a_moment() -> None:
    p = Process("demo")
    p.message_start()
    p.xor("merge")
    p.timer("month", "每月10日，遇假日提前", "timeCycle")
    p.user("work")
    p.xor("more", "more_to_merge")
    p.end()
    p.chain("opened", "merge", "month", "work", "more", "merge")
    p.flow("more", "done", "n == 1")
    walk = Walk(compiled(p, fields=("n",)), at(2025, 12, 31, 12), ONE, n=0)
    seen = []
    for _ in range(12):
        assert walk.move.next_due is not None
        walk.now = walk.move.next_due
        walk.wakes()
        seen.append(walk.now.astimezone(UTC).date().isoformat()[5:])
        walk.does("work")
    assert seen == ["01-09", "02-10", "03-10", "04-10", "05-08", "06-10", "07-10", "08-10", "09-10",
                    "10-10", "11-10", "12-10"]  # fmt: skip
