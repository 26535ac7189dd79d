"""A year's days from files as people and spreadsheets write them; faults are said by place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.calendars.cells import FIRST, LAST, hours_in, hours_said
from engine.calendars.files import (
    MOST_BYTES,
    MOST_LINES,
    BadCalendarFileError,
    Line,
    read,
    written,
)

FESTIVAL = date(2027, 2, 6)
PLAIN = "日期,休/班,上班时间,备注\n2027-02-06,休,,春节\n2027-02-14,班,,春节调休\n"


def days(content: str | bytes) -> list[tuple[date, object]]:
    given = content.encode() if isinstance(content, str) else content
    return [(line.day, line.spans) for line in read(given)]


def faults(content: str | bytes) -> list[tuple[int, str | None]]:
    given = content.encode() if isinstance(content, str) else content
    with pytest.raises(BadCalendarFileError) as refused:
        read(given)
    assert all(fault.text.zh and fault.text.en for fault in refused.value.faults)
    assert refused.value.zh.count("\n") == refused.value.en.count("\n") == len(refused.value.faults)
    return [
        (fault.line, None if fault.column is None else fault.column.en)
        for fault in refused.value.faults
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_way_in_which_a_spreadsheet_writes(
    encoding: str, ending: str, delimiter: str
) -> None:
    text = PLAIN.replace(",", delimiter).replace("\n", ending)
    lines = read(text.encode(encoding))
    assert [(line.number, line.day, line.spans, line.note) for line in lines] == [
        (2, FESTIVAL, (), "春节"),
        (3, date(2027, 2, 14), None, "春节调休"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        *("2027-02-06", "2027/2/6", "2027.2.6", "2027年2月6日", "20270206", "46424"),
        *("2027-02-06 00:00:00", "2027-02-06T00:00", "6-Feb-27", "06-Feb-2027", "6 February 2027"),
        *("２０２７－０２－０６", "２０２７年２月６日", " 2027-02-06 "),
    ],
)
def test_a_day_in_every_writing(written: str) -> None:
    assert days(f"{written},休") == [(FESTIVAL, ())]


@pytest.mark.parametrize("written", ["休", "放假", "节假日", "off", "OFF", "Holiday", "ｏｆｆ"])
def test_a_day_off_in_every_writing(written: str) -> None:
    assert days(f"2027-02-06,{written}") == [(FESTIVAL, ())]


@pytest.mark.parametrize("written", ["班", "上班", "补班", "调休上班", "work", "Workday"])
def test_a_working_day_in_every_writing(written: str) -> None:
    assert days(f"2027-02-06,{written}") == [(FESTIVAL, None)]


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("09:00-12:00 13:00-18:00", ((540, 720), (780, 1080))),
        ("9-12、13-18", ((540, 720), (780, 1080))),
        ("13:00~18:00 / 09:00至12:00", ((540, 720), (780, 1080))),
        ("０９：００－１２：００", ((540, 720),)),
        ("0:00-24:00", ((0, 1440),)),
        ("06:00-14:00；14:00-22:00；22:00-24:00", ((360, 840), (840, 1320), (1320, 1440))),
    ],
)
def test_hours_in_every_writing(written: str, minutes: object) -> None:
    assert days(f'2027-02-06,班,"{written}"') == [(FESTIVAL, minutes)]


def test_columns_stand_in_any_order_and_unknown_ones_are_passed_over() -> None:
    content = "note,week,kind,date\nSpring Festival,Sat,off,2027-02-06\n"
    (line,) = read(content.encode())
    assert (line.day, line.spans, line.note) == (FESTIVAL, (), "Spring Festival")


@pytest.mark.parametrize("kind", ["off|work", "Off/Work", "休|班", "休或班"])
def test_a_heading_may_say_both_kinds(kind: str) -> None:
    assert days(f"date,{kind},hours,note\n2027-02-06,off,,Spring Festival\n") == [(FESTIVAL, ())]


def test_a_file_without_headings_and_with_empty_lines() -> None:
    assert days("\n2027-02-06,休\n,,\n\n2027-02-14,班,8-12,补\n") == [
        (FESTIVAL, ()),
        (date(2027, 2, 14), ((480, 720),)),
    ]


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("2026-11-31", "2026 年 11 月只有 30 天", "November 2026 has 30 days"),
        ("20270229", "2027 年 2 月只有 28 天", "February 2027 has 28 days"),
        ("2026年4月0日", "2026 年 4 月只有 30 天", "April 2026 has 30 days"),
    ],
)
def test_a_day_that_its_month_has_not_is_told_with_its_line(written: str, zh: str, en: str) -> None:
    with pytest.raises(BadCalendarFileError) as caught:
        read(f"date,kind\n2026-11-30,off\n{written},off\n".encode())
    assert f"第 3 行“日期”：没有“{written}”这一天：{zh}" in caught.value.zh
    assert f"Line 3, “date”: There is no “{written}”: {en}" in caught.value.en


def test_every_bad_line_is_named_with_its_column_and_nothing_is_taken() -> None:
    content = (
        "日期,休/班,上班时间,备注\n"
        "2027-02-30,休,,\n"
        "2027-02-06,不知,,\n"
        "2027-02-07,班,18:00-09:00,\n"
        "2027-02-08,班,09:00-12:00 11:00-18:00,\n"
        "2027-02-09,休,09:00-12:00,\n"
        f"2027-02-10,休,,{'长' * 61}\n"
        "2027-02-11,休,,好\n"
        "2027-02-11,班,,又\n"
        "10/1/2027,休,,\n"
        "1927-10-01,休,,\n"
        "99999,休,,\n"
    )
    assert faults(content) == [
        *((2, "date"), (3, "kind"), (4, "hours"), (5, "hours"), (6, "hours"), (7, "note")),
        *((9, "date"), (10, "date"), (11, "date"), (12, "date")),
    ]


@pytest.mark.parametrize("heading", ["公历,休息吗,时间", "日期,休息吗,时间"])
def test_a_heading_that_nobody_knows_is_told_with_those_that_are_known(heading: str) -> None:
    with pytest.raises(BadCalendarFileError) as caught:
        read(f"{heading}\n2027-02-06,休,\n".encode())
    (fault,) = caught.value.faults
    assert "date,kind,hours,note" in fault.text.zh


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf\r\n",
        "日期,休/班\n".encode(),
        b"PK\x03\x04 a workbook",
        b"\xd0\xcf\x11\xe0 an old workbook",
        b"\xff\xfe\x00",
        b"2027-02-06,off\x00",
        b'2027-02-06,off,,"open',
        b"x" * (MOST_BYTES + 1),
        b"2027-02-06,off\n" * (MOST_LINES + 1),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_cure(content: bytes) -> None:
    ((line, column),) = faults(content)
    assert line >= 1
    assert column is None


@given(st.binary(max_size=400))
@example("日期\n，，，".encode())
@example(b'date\n"\n')
def test_no_bytes_break_it(content: bytes) -> None:
    try:
        found = read(content)
    except BadCalendarFileError as refused:
        assert refused.faults  # noqa: PT017 - either outcome is right
    else:
        assert found


@given(st.text(max_size=60))
def test_no_line_breaks_it(text: str) -> None:
    test_no_bytes_break_it.hypothesis.inner_test(f"date,kind\n{text}\n".encode())  # type: ignore[attr-defined]


SPANS = st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True).map(
    lambda found: tuple(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)


@given(SPANS)
def test_hours_are_read_as_they_are_said(spans: tuple[tuple[int, int], ...]) -> None:
    assert hours_in(hours_said(spans)) == spans


@given(
    st.lists(
        st.builds(
            Line,
            st.just(0),
            st.dates(FIRST, LAST),
            st.one_of(st.just(()), st.none(), SPANS),
            st.text("春节 abc,\"';\t1", max_size=20).map(str.split).map(" ".join),
        ),
        min_size=1,
        unique_by=lambda line: line.day,
    )
)
def test_days_are_read_as_they_are_written(lines: list[Line]) -> None:
    found = read(written(lines).encode())
    assert [replace(line, number=0) for line in found] == lines
