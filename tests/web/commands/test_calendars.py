"""The commands of calendars and duties."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine import calendars
from engine.calendars.edits import by_law
from tests.engine.duties.tidying import tidying
from tests.engine.small import put_in_force

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed

NOTICE = "".join(f"{day},休,,春节\n" for day in sorted({*by_law(2027), date(2027, 2, 11)}))


def test_a_file_is_tried_and_then_taken_over(
    type_in: Typed, url: str, database: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE, encoding="gb18030")
    words: tuple[str, ...] = ("calendar", "import", str(file))
    code, said, _ = type_in(*words, "--dry-run", DATABASE_URL=url)
    assert code == 0
    assert "2027-02-11（周四）  班 09:00-12:00 13:00-18:00 → 休（春节）" in said
    assert "2027 年放假安排  暂定 → 已公布" in said
    with database.connect() as conn:
        before = calendars.current(conn).revision

    for why in ((), ("--why", "  ")):
        code, said, complained = type_in(*words, *why)
        assert (code, said) == (1, "")
        assert "请用 --why 写明原因" in complained
        assert "say why with --why" in complained
    with database.connect() as conn:
        assert calendars.current(conn).revision == before

    words = (*words, "--why", "国办通知")
    code, said, _ = type_in(*words)
    assert (code, f"Saved as change {before + 1}" in said) == (0, True)
    assert type_in(*words)[1] == "没有变化。\nNothing changes.\n"
    code, said, _ = type_in("calendar", "changes")
    assert said.splitlines()[0].startswith(f"{before + 1}  ")
    assert said.splitlines()[0].endswith("国办通知")
    with database.connect() as conn:
        assert calendars.current(conn).kept["standard"].days[date(2027, 2, 11)].source == file.name


def test_a_bad_file_and_an_unknown_calendar_are_refused(
    type_in: Typed, url: str, tmp_path: Path
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text("2027-02-06,休\n2027-02-30,休\n", encoding="utf-8")
    words = ("calendar", "import", str(file), "--why", "国办通知")
    code, said, complained = type_in(*words, DATABASE_URL=url)
    assert (code, said) == (1, "")
    assert "第 2 行“日期”" in complained
    assert "Line 2, “date”" in complained
    code, _, complained = type_in(*words, "--calendar", "mars")
    assert (code, "没有日历“mars”" in complained) == (1, True)


def test_a_year_is_shown_with_its_sources(type_in: Typed, url: str) -> None:
    code, said, _ = type_in("calendar", "show", "2026", DATABASE_URL=url)
    assert code == 0
    assert "2026-10-10（周六）  班 09:00-12:00 13:00-18:00  国庆节  [chinesecalendar" in said
    assert "provisional" not in said
    assert "provisional" in type_in("calendar", "show", "2027")[1]
    assert type_in("calendar", "show", "2027", "--calendar", "always")[1] == ""


def test_duties_are_listed_and_switched(type_in: Typed, url: str, database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, tidying())
    code, said, _ = type_in("duties", DATABASE_URL=url)
    assert code == 0
    assert "tidying  tidying名 tidying in English  启用 on" in said
    assert "每月 10 日" in said
    code, said, _ = type_in("duties", "off", "tidying", "--why", "盘库")
    assert (code, "停用 off\n" in said) == (0, True)
    code, said, _ = type_in("duties", "on", "tidying", "--why", "盘完")
    assert (code, "启用 on\n" in said) == (0, True)
    code, _, complained = type_in("duties", "on", "nothing", "--why", "盘完")
    assert (code, "没有定期任务“nothing”" in complained) == (1, True)
