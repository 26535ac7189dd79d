"""What a timer's expression may come to is held against what timers can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.calendar.writing import EXAMPLES
from engine.spiff import Asked, BrokenFilesError, compile_procedure
from tests.engine.calendar.some import at
from tests.engine.spiff.drawing import ROLES, Process, compiled, files_of, table
from tests.engine.spiff.test_working_time import FRIDAY, ONE
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from datetime import datetime

    from engine.spiff import Problem

FIELDS = {
    "days": Asked("number"),
    "agreed": Asked("date"),
    "choice": Asked("choice", ("P3D", "三五天", "2026-12-31")),
    "good_choice": Asked("choice", ("P3D", "3 个工作日")),
    "note": Asked("text"),
    "yes": Asked("boolean"),
}


def waiting(text: str, tag: str = "timeDuration", script: str = "x = 1") -> Process:
    p = Process("demo")
    p.message_start()
    p.script("reckon", script)
    p.rule("choose", "limits")
    p.user("work")
    p.end()
    p.chain("opened", "reckon", "choose", "work", "done")
    p.deadline("late", "work", text, tag=tag)
    p.end("late_done")
    p.chain("late", "late_done")
    return p


LIMITS = table("limits", ["yes"], ["limit"], [(["true"], ['"P5D"']), (["false, null"], ['"5 天"'])])


def problems(process: Process, limits: bytes = LIMITS) -> list[Problem]:
    forms = {f"demo/{id_}": FIELDS for id_ in process.ids}
    files = files_of(process) | {"bpmn/decisions/limits.dmn": limits}
    try:
        compile_procedure(files, root="demo", roles=ROLES, clauses=(), forms=forms)
    except BrokenFilesError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("limit", "timeDuration"),
        ("good_choice", "timeDuration"),
        ("note", "timeDuration"),
        ('"3 天" if yes else limit', "timeDuration"),
        ("duration(note)", "timeDuration"),
        ("agreed", "timeDate"),
        ("date(agreed)", "timeDate"),
        ("note", "timeCycle"),
    ],
)
def test_what_can_be_read_is_taken(text: str, tag: str) -> None:
    assert problems(waiting(text, tag)) == []


@pytest.mark.parametrize(
    ("text", "tag", "code", "reason"),
    [
        ("days", "timeDuration", "bad_duration", "never a limit"),
        ("days * 2", "timeDuration", "bad_duration", "never a limit"),
        ("yes", "timeDate", "bad_date", "never a date"),
        ("agreed", "timeDuration", "bad_duration", "Write it in timeDate"),
        ("agreed", "timeCycle", "bad_cycle", "Write it in timeDate"),
        ('"3 jours" if yes else limit', "timeDuration", "bad_duration", '"3 jours" is no limit'),
        ('"P3D" if yes else agreed', "timeDate", "bad_date", "Write it in timeDuration"),
        ("reckoned", "timeDuration", "bad_duration", '"soon" is no limit'),
    ],
)
def test_what_can_never_be_read_is_refused(text: str, tag: str, code: str, reason: str) -> None:
    (problem,) = problems(waiting(text, tag, 'reckoned = "soon"'))
    assert (problem.code, problem.element) == (code, "late")
    assert reason in problem.en
    assert "late" in problem.zh


@pytest.mark.parametrize(
    ("text", "tag", "code", "instead"),
    [
        ("tomorrow", "timeDuration", "bad_duration", "请写 次日下班前。"),
        ("Today", "timeDuration", "bad_duration", "请写 当天下班前。"),
        ("asap", "timeDuration", "bad_duration", "请写 1 个工作小时、当天下班前或 次日下班前。"),
        ("soon", "timeDuration", "bad_duration", "请写 1 个工作小时、当天下班前或 次日下班前。"),
        ("right away", "timeDuration", "bad_duration", "请写 1 个工作小时、"),
        ("Tuesdays", "timeDuration", "bad_duration", "请写到 timeCycle 中。"),
        ("long_while", "timeDuration", "bad_duration", EXAMPLES.zh),
        ("someday", "timeDate", "bad_date", "2026-12-31"),
        ("often", "timeCycle", "bad_cycle", "每"),
    ],
)
def test_a_word_that_is_no_time_and_no_variable_is_told_what_to_write(
    text: str, tag: str, code: str, instead: str
) -> None:
    (problem,) = problems(waiting(text, tag))
    assert (problem.code, problem.element) == (code, "late")
    assert instead in problem.zh
    assert "引号" not in problem.zh, "in quotes it would be no time either"


def test_a_word_that_is_nearly_a_variable_is_told_which() -> None:
    (problem,) = problems(waiting("limt"))
    assert problem.code == "unfilled_name"
    assert "是否为“limit”？" in problem.zh


@pytest.mark.parametrize("text", ["end-of-day", "same-day", "next-working-day"])
def test_words_may_have_hyphens_between_them(text: str) -> None:
    assert problems(waiting(text)) == []


@pytest.mark.parametrize("tag", ["timeDuration", "timeDate", "timeCycle"])
@pytest.mark.parametrize("text", ["", "  "])
def test_a_timer_that_says_nothing_is_told_what_it_may_say(tag: str, text: str) -> None:
    (problem,) = problems(waiting(text, tag))
    assert (problem.code, problem.element) == ("timer_kind", "late")
    assert "如 3 个工作日" in problem.zh


def test_every_choice_of_a_form_is_looked_at() -> None:
    found = problems(waiting("choice"))
    assert [problem.zh.partition("：")[2] for problem in found] == [
        "“2026-12-31”是日期，不是期限。请写到 timeDate 中。",
        f"“三五天”不是期限。{EXAMPLES.zh}",
    ]


def test_what_a_table_says_is_told_at_its_row_only() -> None:
    (problem,) = problems(waiting("limit"), LIMITS.replace("5 天".encode(), b"soon"))
    assert (problem.file, problem.element) == ("bpmn/decisions/limits.dmn", "limits_r2")
    assert problem.code == "bad_duration"


def test_dates_and_durations_of_expressions_are_read() -> None:
    def due(text: str, tag: str) -> datetime | None:
        procedure = compiled(
            waiting(text, tag), fields=("agreed", "note", "yes"), tables={"limits": LIMITS}
        )
        walk = Walk(procedure, FRIDAY, ONE, agreed="2026-11-25", note="P3D", yes=True)
        return walk.task("work").due

    assert due("date(agreed)", "timeDate") == at(2026, 11, 25, 18)
    assert due("duration(note)", "timeDuration") == at(2026, 11, 23, 16)
