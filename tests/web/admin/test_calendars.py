"""The pages of calendars: a year, a file, a week; each change is seen before it is made."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.datastructures import FileStorage

from engine import calendars
from engine.calendars.edits import by_law
from engine.clocks.reckoning import reckon_next
from tests.engine.clocks.deskwork import deskwork, opened
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from tests.web.visiting import Visitor

HOME = "/admin/calendars"
PREVIEW, CONFIRM = f"{HOME}/preview", f"{HOME}/confirm"
STANDARD = f"{HOME}/of/standard"
NOTICE = "日期,休/班,上班时间,备注\n" + "".join(
    f"{day},休,,春节\n" for day in sorted({*by_law(2027), date(2027, 2, 11)})
)


@pytest.fixture
def lin(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of the process owner."""
    return sign_in("lin")


def upload(visitor: Visitor, content: str | bytes, **more: str) -> Any:  # noqa: ANN401
    visitor.get(f"{HOME}/import")
    given = content.encode() if isinstance(content, str) else content
    file = FileStorage(BytesIO(given), "放假安排2027.csv")
    values = {"change": "import", "calendar": "standard", "file": file, **more}
    return visitor.post(PREVIEW, values)


def confirm(visitor: Visitor, **more: Any) -> Any:  # noqa: ANN401
    return visitor.post(CONFIRM, {**visitor.values(CONFIRM), "why": "停产检修", **more})


def rows(visitor: Visitor) -> list[list[str]]:
    found = visitor.all("//main//table[contains(@class, 'plain-table')]/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found]


def now(database: sa.Engine) -> calendars.Stored:
    with database.connect() as conn:
        return calendars.current(conn)


def test_a_year_says_what_is_off_what_is_made_up_and_where_it_comes_from(lin: Visitor) -> None:
    lin.get(f"{STANDARD}?year=2026")
    (national,) = lin.all("//td[starts-with(@title, '2026-10-01 ')]")
    assert "cal-holiday" in national.get("class")
    assert national.get("title") == "2026-10-01 国庆节 休"
    (made_up,) = lin.all("//td[starts-with(@title, '2026-10-10 ')]")
    assert "cal-makeup" in made_up.get("class")
    assert [
        "2026-10-10（周六）",
        "班 09:00-12:00 13:00-18:00",
        "国庆节",
        "国务院放假通知",
    ] in rows(lin)
    assert lin.all("//td[starts-with(@title, 'chinesecalendar ')]"), "the version, in the detail"
    assert "暂定" not in lin.text
    assert len(lin.all("//table[@class='month']")) == 12

    lin.get(f"{STANDARD}?year=2027")
    assert "国务院还没有公布" in lin.text
    assert {row[3] for row in rows(lin)} == {"法定节假日推算 暂定"}
    lin.post("/language/en", {})
    lin.get(f"{STANDARD}?year=2027")
    assert {row[3] for row in rows(lin)} == {"statutory days, computed provisional"}


def test_a_file_is_seen_before_it_is_confirmed(lin: Visitor, database: sa.Engine) -> None:
    before = now(database)
    upload(lin, NOTICE)
    assert ["2027 年放假安排", "暂定", "已公布"] in rows(lin)
    assert ["2027-02-11（周四）", "班 09:00-12:00 13:00-18:00", "休（春节）"] in rows(lin)
    assert lin.all("//input[@name='announced'][@checked]/@value") == ["2027"]
    assert now(database).revision == before.revision

    answer = confirm(lin, why="国务院办公厅通知")
    assert answer.status_code == 303
    lin.follow(answer)
    assert "国务院办公厅通知" in lin.text
    assert "林娜" in lin.text
    after = now(database).kept["standard"]
    assert after.announced is not None
    assert 2027 in after.announced
    assert {day.source for each, day in after.days.items() if each.year == 2027} == {
        "放假安排2027.csv"
    }
    upload(lin, NOTICE)
    assert "没有变化" in lin.text
    assert not lin.all(f"//form[@action='{CONFIRM}']")


def test_a_year_is_announced_only_if_somebody_says_so(lin: Visitor, database: sa.Engine) -> None:
    upload(lin, "2027-05-10,休,,厂庆")
    values = {k: v for k, v in lin.values(CONFIRM).items() if k != "announced"}
    values["why"] = "厂庆"
    assert lin.all("//input[@name='announced']")
    assert lin.post(CONFIRM, values).status_code == 303
    after = now(database).kept["standard"]
    assert after.announced is not None
    assert 2027 not in after.announced
    assert any(day.is_provisional for day in after.days.values())


def test_a_bad_file_is_refused_line_by_line(lin: Visitor, database: sa.Engine) -> None:
    before = now(database)
    answer = upload(lin, "2027-02-06,休\n2027-13-01,休\n2027-02-08,哈\n")
    assert answer.status_code == 422
    said = [" ".join(one.text_content().split()) for one in lin.all("//div[@role='alert']/*")]
    assert said[0] == "有 2 处需要更正，没有导入任何一天。"
    assert said[1].startswith("第 2 行“日期”：")
    assert said[2].startswith("第 3 行“休/班”：")
    assert lin.all("//input[@name='file']")
    assert upload(lin, b"").status_code == 422
    assert upload(lin, NOTICE, calendar="nowhere").status_code == 404
    assert now(database).revision == before.revision


def test_a_change_needs_a_reason_and_its_page_says_what_changed(
    lin: Visitor, database: sa.Engine
) -> None:
    before = now(database)
    lin.get(STANDARD)
    day = {"change": "day", "calendar": "standard", "date": "2026-12-25", "kind": "off"}
    lin.post(PREVIEW, day)
    assert confirm(lin, why="  ").status_code == 422
    assert "请写明原因" in lin.text
    assert now(database).revision == before.revision
    lin.follow(confirm(lin, why="停产检修"))
    assert "停产检修" in lin.text
    assert ["2026-12-25（周五）", "标准日历", "班 09:00-12:00 13:00-18:00", "休"] in rows(lin)
    made = now(database).revision
    with database.connect() as conn:
        assert calendars.revision(conn, made).hash.hex()[:12] in lin.text


def test_one_day_and_a_week(lin: Visitor, database: sa.Engine) -> None:
    lin.get(STANDARD)
    day = {"change": "day", "calendar": "standard", "date": "2026-12-25"}
    assert lin.post(PREVIEW, {**day, "kind": "off", "hours": "9-12"}).status_code == 422
    assert "上班时间：休息日不写上班时间" in lin.text
    assert lin.all("//main//input[@name='date']/@value") == ["2026-12-25"]
    lin.post(PREVIEW, {**day, "kind": "off", "note": "厂庆"})
    assert rows(lin) == [["2026-12-25（周五）", "班 09:00-12:00 13:00-18:00", "休（厂庆）"]]
    assert confirm(lin).status_code == 303

    lin.get(STANDARD)
    week = {**lin.values(PREVIEW), "change": "calendar"}
    bad = {**week, "day5": "9点", "zone": "Mars/Base"}
    assert lin.post(PREVIEW, bad).status_code == 422
    assert lin.all("//main//input[@name='day5']/@value") == ["9点"]
    assert "周六：“9点”不是上班时间" in lin.text
    lin.post(PREVIEW, {**week, "day5": "9-12", "zone": "Asia/Urumqi"})
    zone, saturday, duty = rows(lin)
    assert zone == ["时区", "Asia/Shanghai", "Asia/Urumqi"]
    assert saturday == ["周六", "休", "班 09:00-12:00"]
    assert (duty[0], duty[1][-5:], duty[2][-5:]) == ("月度投诉审视", "09:00", "11:00")
    confirm(lin)
    kept = now(database).kept["standard"]
    assert (kept.zone, kept.week[5]) == ("Asia/Urumqi", ((540, 720),))


def test_a_new_calendar_and_who_uses_it(lin: Visitor, database: sa.Engine) -> None:
    lin.get(f"{HOME}/new")
    typed = {**lin.values(PREVIEW), "code": "plant-2", "zh": "二厂", "en": "Plant 2"}
    assert lin.post(PREVIEW, {**typed, "code": "standard"}).status_code == 422
    assert lin.all("//input[@name='zh']/@value") == ["二厂"]
    lin.post(PREVIEW, typed)
    assert rows(lin) == [["新日历", "—", "二厂"]]
    confirm(lin)
    kept = now(database).kept
    assert kept["plant-2"].days == kept["standard"].days

    lin.get(HOME)
    use = {"change": "use", "kind": "role", "role": "qc", "calendar": "plant-2"}
    lin.post(PREVIEW, {**use, "kind": "site", "site": ""})
    assert lin.status == 422
    lin.post(PREVIEW, use)
    assert rows(lin) == [["角色 品管部", "—", "二厂"]]
    confirm(lin)
    assert now(database).choose(named=None, role="qc", site=None).code == "plant-2"
    lin.get(HOME)
    assert ["角色 品管部", "二厂"] in rows(lin)


def test_two_people_at_once_and_strangers(
    lin: Visitor, sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    other = sign_in("lin")
    upload(lin, NOTICE)
    upload(other, NOTICE)
    assert confirm(other).status_code == 303
    assert confirm(lin).status_code == 409
    assert "刚刚被他人改动过" in lin.text

    fang, before = sign_in("fang"), now(database)
    for path in (HOME, STANDARD, f"{HOME}/import", f"{HOME}/new", f"{HOME}/revisions/1"):
        assert fang.get(path).status_code == 403
    for path in (PREVIEW, CONFIRM):
        values = {"change": "day", "calendar": "standard", "date": "2026-12-25", "kind": "off"}
        assert fang.post(path, {**values, "revision": str(before.revision)}).status_code == 403
    assert now(database).revision == before.revision
    assert lin.get(f"{HOME}/of/nowhere").status_code == 404
    assert lin.get(f"{HOME}/revisions/999999").status_code == 404
    assert lin.post(PREVIEW, {"change": "nothing"}).status_code == 422


def test_in_english(lin: Visitor) -> None:
    lin.post("/language/en", {})
    lin.get(f"{STANDARD}?year=2027")
    assert "provisional" in lin.text
    upload(lin, "2027-02-06,off\n2027-13-01,off\n")
    assert "Line 2, “date”" in lin.text
    upload(lin, NOTICE)
    assert ["Thu 2027-02-11", "work 09:00-12:00 13:00-18:00", "off (Spring Festival)"] in rows(lin)
    lin.get(HOME)
    assert "Public holidays that come with the product" in lin.text


def test_deadlines_are_foreseen_and_followed(lin: Visitor, database: sa.Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, deskwork())
        case_id = opened(conn, somebody(conn, "clerk-one", {"clerk"}))
    upload(lin, "2026-11-13,休,,厂休")
    code = lin.all(f"//a[@href='/cases/{case_id}']")[0].text
    assert [code, "prepare名step_late名", "11月16日 10:00", "11月17日 10:00"] in rows(lin)
    assert "将要移动的期限：2" in lin.text
    lin.follow(confirm(lin))
    assert "正在重新计算期限：0 / 1 个案件" in lin.text
    with database.begin() as conn:
        assert reckon_next(conn, now=datetime.now(UTC))
    lin.get(lin.path)
    assert "1 个办理中的案件已全部重新计算" in lin.text
    assert [code, "prepare名step_late名", "11月16日 10:00", "11月17日 10:00"] in rows(lin)
    lin.get(f"/cases/{case_id}")
    assert "日历修改，期限随之变动" in lin.text
    assert "由 2026-11-16 10:00 改为 2026-11-17 10:00" in lin.text


def test_reminders_are_counted_apart_from_deadlines(lin: Visitor, database: sa.Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, deskwork("每 4 个工作日", "timeCycle"))
        case_id = opened(conn, somebody(conn, "clerk-one", {"clerk"}))
    upload(lin, "2026-11-13,休,,厂休")
    assert "将要移动的期限：1，提醒：1" in lin.text
    code = lin.all(f"//a[@href='/cases/{case_id}']")[0].text
    reminder = [code, "prepare名step_late名（提醒）", "11月13日 10:00", "11月16日 10:00"]
    assert reminder in rows(lin)
    lin.get(f"/cases/{case_id}/clock")
    assert [h2.text for h2 in lin.all("//main//h2")] == ["会停下的时限", "会停下的提醒"]


def friday_off(lin: Visitor, database: sa.Engine) -> set[str]:
    """Take over a day that moves the deadlines of three cases; give their links."""
    with database.begin() as conn:
        put_in_force(conn, deskwork())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        links = {f"/cases/{opened(conn, clerk)}" for _ in range(3)}
    upload(lin, "2026-11-13,休,,厂休")
    lin.follow(confirm(lin))
    return links


def reckon_one(database: sa.Engine) -> None:
    with database.begin() as conn:
        assert reckon_next(conn, now=datetime.now(UTC))


def test_a_change_shows_which_deadlines_have_moved_while_others_still_wait(
    lin: Visitor, database: sa.Engine
) -> None:
    waiting = friday_off(lin, database)
    assert "正在重新计算期限：0 / 3 个案件" in lin.text
    assert "到目前为止没有；还在计算。" in lin.text
    reckoned: set[str] = set()
    for done in (1, 2):
        reckon_one(database)
        lin.get(lin.path)
        assert f"正在重新计算期限：{done} / 3 个案件" in lin.text
        (bar,) = lin.all("//progress")
        assert (bar.get("value"), bar.get("max")) == (str(done), "3")
        assert f"移动了的期限：{2 * done}" in lin.text, "a step's and the case's, of each case"
        shown = {link for link in lin.all("//main//a/@href") if link in waiting}
        assert reckoned < shown, "those that are reckoned stay, and one more has come"
        assert len(shown) == done
        reckoned = shown


def test_a_change_says_that_the_reckoning_runs_until_the_last_case(
    lin: Visitor, database: sa.Engine
) -> None:
    friday_off(lin, database)
    there = lin.path
    reckon_one(database)
    reckon_one(database)
    lin.get(HOME)
    assert "还有 1 个案件待重算" in lin.text
    lin.post("/language/en", {})
    lin.get(there)
    assert "Reckoning deadlines anew: 2 of 3 cases" in lin.text
    reckon_one(database)
    lin.get(there)
    assert not lin.all("//progress")
    assert "Every open case has been reckoned anew: 3." in lin.text
