"""Deadlines, dates and sums in words, in the company's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from flask import g

from web.language import ago, clock, day, day_and_time, money, named, size, span, use_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.web.visiting import Visitor

NOW = datetime(2026, 11, 9, 17, 30, tzinfo=UTC)


@pytest.fixture
def asked(app: Flask) -> Iterator[None]:
    """Stand inside a request that began at 01:30 on 10 November in Shanghai."""
    with app.test_request_context():
        g.now = NOW
        yield


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW,en;q=0.8", "zh-CN"),
        ("fr,de;q=0.5", "zh-CN"),
        ("fr,en;q=0.3", "en"),
        ("en;q=0.4,zh;q=0.6", "zh-CN"),
        ("zh;q=0,en", "en"),
        ("*", "zh-CN"),
        ("\x01;;;q=x", "zh-CN"),
    ],
)
def test_before_sign_in_the_browser_s_language_is_spoken_until_one_is_chosen(
    visitor: Visitor, wanted: str, tag: str
) -> None:
    headers = {"Accept-Language": wanted}
    visitor.get("/sign-in", **headers)
    assert visitor.page.get("lang") == tag
    visitor.client.set_cookie("lang", "en" if tag == "zh-CN" else "zh")
    visitor.get("/sign-in", **headers)
    assert visitor.page.get("lang") != tag


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (timedelta(days=2, hours=4, minutes=50), "2天4小时", "2 days 4 hrs"),
        (timedelta(days=1), "1天", "1 day"),
        (timedelta(days=1, minutes=5), "1天", "1 day"),
        (timedelta(hours=3, minutes=5), "3小时5分钟", "3 hrs 5 mins"),
        (timedelta(seconds=59), "0分钟", "0 mins"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(length: timedelta, zh: str, en: str) -> None:
    assert span(length) == zh
    use_language("en")
    assert span(length) == en


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("left", "state", "text"),
    [
        (timedelta(minutes=-1), "late", "逾期 1分钟"),
        (timedelta(hours=23, minutes=59), "soon", "剩 23小时59分钟"),
        (timedelta(hours=24), "calm", "剩 1天"),
    ],
)
def test_a_deadline_has_a_word_and_not_only_a_colour(
    left: timedelta, state: str, text: str
) -> None:
    told = clock(NOW + left)
    assert (told.state, told.text) == (state, text)


@pytest.mark.usefixtures("asked")
def test_a_deadline_that_was_met_says_whether_in_time() -> None:
    assert clock(NOW, met=NOW).state == "met"
    assert clock(NOW, met=NOW + timedelta(seconds=1)).text == "逾期完成"


@pytest.mark.usefixtures("asked")
def test_dates_stand_in_the_companys_time_and_the_readers_language() -> None:
    assert day(NOW) == "11月10日星期二"
    assert day_and_time(NOW) == "11月10日 01:30"
    assert day_and_time(NOW - timedelta(days=365)) == "2025年11月10日 01:30"
    assert ago(NOW - timedelta(hours=3)) == "3小时前"
    use_language("en")
    assert day_and_time(NOW) == "10 Nov 01:30"


@pytest.mark.usefixtures("asked")
def test_sums_and_sizes() -> None:
    assert money("1280.50") == "¥1,280.50"
    assert [size(n) for n in (1, 300_000, 1_500_000)] == ["1 KB", "293 KB", "1.4 MB"]


@pytest.mark.usefixtures("asked")
def test_a_name_falls_back_to_the_other_language() -> None:
    from engine.spiff import Names

    use_language("en")
    assert named(Names("登记", "Register")) == "Register"
    assert named(Names("登记", "")) == "登记"
    assert named(None) == ""
