"""What the lint says of timers, so that a process owner can check them."""

from __future__ import annotations

from engine.spiff import explain_timers
from tests.engine.spiff.drawing import Process, compiled, table

WORKING = "3 working days (weekends and holidays skipped)"
SAME_DAY = (
    "by the close of business of the same day; begun after hours or on a day off, of the next "
    "working day"
)


def test_each_timer_is_explained_in_both_languages() -> None:
    limits = table(
        "limits", ["kind"], ["limit", "kind_2"],
        [(['"a"'], ['"P5D"', "1"]), (['"b"'], ['"3 working days"', "1"]), (["-"], ['"P5D"', "1"])],
        'hitPolicy="FIRST"',
    )  # fmt: skip
    p = Process("demo")
    p.timer_start("每月10日，遇假日提前")
    p.rule("choose", "limits")
    p.user("work")
    p.timer("until", "2026-12-31", "timeDate")
    p.timer("said", "agreed", "timeDate")
    p.end()
    p.chain("opened", "choose", "work", "until", "said", "done")
    for id_, text, tag in (
        ("late", "limit", "timeDuration"),
        ("later", '"4 working hours"', "timeDuration"),
        ("day", "2026-12-31", "timeDate"),
        ("remind", "R/PT30M", "timeCycle"),
        ("hot", "当天", "timeDuration"),
    ):
        p.deadline(id_, "work", text, 'banjie:calendar="standard"' if id_ == "hot" else "", tag)
        p.end(f"{id_}_done")
        p.chain(id_, f"{id_}_done")
    procedure = compiled(p, fields=("kind", "agreed"), tables={"limits": limits})
    told = {each.element: each for each in explain_timers(procedure)}
    assert [(each.process, each.names.zh) for each in told.values()][:2] == [
        ("demo", "opened名"), ("demo", "until名"),
    ]  # fmt: skip
    assert {id_: each.words for id_, each in told.items()} == {
        "opened": (
            "每月 10 日 上班时，遇休息日提前到前一个工作日",
            "day 10 of each month at the opening, the working day before a day off",
        ),
        "until": (
            "2026-12-31（周四）上班时（休息日为 00:00）",
            "the opening of Thu 2026-12-31 (00:00 on a day off)",
        ),
        "said": ("由“agreed”决定", 'as "agreed" says'),
        "late": (
            "按“limits名”：5 天，不分工作日；3 个工作日（跳过周末和节假日）",
            f'by "limits in English": 5 days, working or not; {WORKING}',
        ),
        "later": ("4 个工作小时（只计上班时间）", "4 working hours (only while open)"),
        "day": (
            "2026-12-31（周四）下班前（休息日为 24:00）",
            "by the close of business of Thu 2026-12-31 (midnight on a day off)",
        ),
        "remind": ("每隔 30 分钟", "every 30 minutes"),
        "hot": (
            "当天下班前；下班后或休息日开始的，到下一个工作日下班前（日历：standard）",
            f"{SAME_DAY} (calendar: standard)",
        ),
    }


def test_a_procedure_without_timers_has_nothing_to_explain() -> None:
    p = Process("demo")
    p.message_start()
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    assert list(explain_timers(compiled(p))) == []
