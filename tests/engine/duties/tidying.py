"""Tidying: a duty of the clerk, on day 10 of each month or the working day before."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHLY = "每月10日，遇假日提前"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def drawn(text: str) -> datetime:
    return datetime.fromisoformat(text)


def tidying(rule: str = MONTHLY, condition: str = "", tag: str = "timeCycle") -> dict[str, bytes]:
    """Give a duty of the clerk; with a condition, it is asked before the step."""
    p = Process("tidying")
    p.timer_start(rule, tag=tag)
    p.user("tidy")
    p.end()
    if condition:
        p.xor("is_much", default="is_little")
        p.chain("opened", "is_much")
        p.flow("is_much", "tidy", condition)
        p.flow("is_much", "done", id_="is_little")
        p.chain("tidy", "done")
    else:
        p.chain("opened", "tidy", "done")
    return small(p, forms={"tidying/tidy": form(note=TEXT, kilos={"type": "integer"})})
