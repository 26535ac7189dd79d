"""The commands, as they are typed; every refusal in Chinese and English, with exit code 1."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text, update

from engine.cases.starts import open_case
from engine.procedures.bundles import SHIPPED
from engine.tables import calendar_revisions, cases, files, version_files, versions
from forms import Answered
from tests.engine.small import somebody
from tests.procedures.complaint import USUAL
from tests.procedures.walk import ACCEPTED

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Give a copy of the shipped procedures that a test may break."""
    for name in ("bpmn", "forms"):
        shutil.copytree(SHIPPED / name, tmp_path / name, ignore=shutil.ignore_patterns("*.py"))
    return tmp_path


def test_lint_finds_nothing_in_the_shipped_procedures(type_in: Typed) -> None:
    code, said, _ = type_in("lint")
    assert code == 0
    assert "manufacturer-complaint" in said


def test_lint_says_what_each_timer_means(type_in: Typed) -> None:
    _, said, _ = type_in("lint")
    assert "按“结案期限表”：5 天，不分工作日；7 天，不分工作日" in said
    assert 'by "Closing limits": 5 days, working or not; 7 days, working or not' in said


def test_lint_notes_a_calendar_that_only_the_company_can_have(type_in: Typed, copied: Path) -> None:
    drawn = copied / "bpmn/complaint/manufacturer-complaint.bpmn"
    before = drawn.read_text(encoding="utf-8")
    for code, noted in (("always", False), ("harbin", True)):
        named = before.replace(
            'cancelActivity="false"', f'cancelActivity="false" banjie:calendar="{code}"', 1
        )
        drawn.write_text(named, encoding="utf-8")
        left, said, complained = type_in("lint", str(copied))
        assert (left, f"日历：{code}" in said) == (0, True)
        assert (f"日历“{code}”不是产品自带的" in complained) is noted
        assert (f"the calendar “{code}”" in complained) is noted


def test_lint_and_publish_name_file_element_and_cure(
    type_in: Typed, copied: Path, url: str, database: Engine
) -> None:
    drawn = copied / "bpmn/complaint/manufacturer-complaint.bpmn"
    drawn.write_text("<definitions>", encoding="utf-8")
    for command in ("lint", "publish"):
        code, said, complained = type_in(command, str(copied), DATABASE_URL=url)
        assert code == 1
        assert said == ""
        assert "bpmn/complaint/manufacturer-complaint.bpmn" in complained
        assert "未发布" in complained
        assert "nothing is published" in complained
    with database.connect() as opened:
        assert opened.scalar(text("select count(*) from versions where in_force")) == 2
        assert opened.scalar(text("select max(number) from versions")) == 1


@pytest.mark.parametrize("command", ["lint", "publish"])
def test_a_folder_without_a_procedure_is_a_problem(
    type_in: Typed, copied: Path, url: str, command: str
) -> None:
    code, _, complained = type_in(command, str(copied / "bpmn"), DATABASE_URL=url)
    assert code == 1
    assert "没有 bpmn/ 与 forms/" in complained
    assert "1 problem; nothing is published" in complained

    (copied / "bpmn/roles.yaml").unlink()
    code, _, complained = type_in(command, str(copied), DATABASE_URL=url)
    assert (code, "bpmn/roles.yaml [no_file]" in complained) == (1, True)


@pytest.mark.parametrize("command", ["lint", "publish"])
def test_a_drawing_that_cannot_be_read_well_and_a_name_twice_are_refused(
    type_in: Typed, copied: Path, url: str, command: str
) -> None:
    drawn = copied / "bpmn/shared/petition.bpmn"
    drawn.write_text(
        drawn.read_text(encoding="utf-8").replace(
            'name="签呈人"',
            'name="签呈人签呈人签呈人签呈人签呈人签呈人签呈人签呈人签呈人签呈人签呈人签呈人"',
        ),
        encoding="utf-8",
    )
    code, _, complained = type_in(command, str(copied), DATABASE_URL=url)
    assert (code, "[name_too_long]" in complained) == (1, True)

    shutil.copy(drawn, copied / "bpmn/complaint/petition.bpmn")
    code, _, complained = type_in(command, str(copied), DATABASE_URL=url)
    assert (code, "[same_name]" in complained) == (1, True)
    assert "bpmn/complaint/petition.bpmn、bpmn/shared/petition.bpmn" in complained


def test_what_is_typed_wrong_is_told_in_both_languages(type_in: Typed) -> None:
    code, _, told = type_in("publish", "--from", "2027/01/01")
    assert code == 2
    assert "'--from' 的写法不对，日期请写成 2027-01-31 这样" in told
    assert "2027/01/01" in told
    code, _, told = type_in("publish", "--form")
    assert (code, "没有选项 --form" in told) == (2, True)
    assert type_in("publish", "--help")[0] == 0


def test_lint_names_what_no_procedure_uses(type_in: Typed, copied: Path) -> None:
    shutil.copy(copied / "bpmn/decisions/close-deadline.dmn", copied / "bpmn/decisions/c.DMN")
    (copied / "forms/register/register_case.json.txt").write_text("{}", encoding="utf-8")
    shutil.copy(copied / "forms/register/register_case.json", copied / "forms/register/gone.json")
    code, said, noted = type_in("lint", str(copied))
    assert code == 0
    assert "manufacturer-complaint" in said
    for path in (
        "forms/register/gone.json",
        "bpmn/decisions/c.DMN",
        "forms/register/register_case.json.txt",
    ):
        assert f"没有规程用到 {path}" in noted
        assert f"no procedure uses {path}" in noted
    assert noted.count("Note:") == 3


def test_publishing_a_changed_form_makes_the_next_version(
    type_in: Typed, copied: Path, url: str
) -> None:
    code, said, _ = type_in("publish", str(copied), "--note", "改了表单", DATABASE_URL=url)
    assert (code, "version 1, unchanged" in said) == (0, True)

    form = next((copied / "forms/register").glob("*[!i].json"))
    form.write_text(form.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    code, said, _ = type_in("publish", str(copied), "--note", "改了表单", DATABASE_URL=url)
    assert (code, "version 2, published" in said) == (0, True)


def test_a_person_is_added_once(type_in: Typed, url: str, database: Engine) -> None:
    words = ("person", "add", "lixia", "李霞", "--role", "qc", "--password", "long enough words")
    code, said, _ = type_in(*words, DATABASE_URL=url)
    assert (code, "李霞" in said) == (0, True)
    with database.connect() as opened:
        roles = opened.scalar(text("select roles from people where login = 'lixia'"))
    assert roles == ["qc"]

    code, _, complained = type_in(*words, DATABASE_URL=url)
    assert (code, "已存在" in complained, "is taken" in complained) == (1, True, True)


def test_a_person_gets_another_password_other_roles_and_leaves(type_in: Typed, url: str) -> None:
    words = ("person", "add", "lixia", "李霞", "--role", "qc", "--password", "long enough words")
    assert type_in(*words, DATABASE_URL=url)[0] == 0
    new = ("person", "password", "lixia", "--password")
    code, _, complained = type_in(*new, "too short", DATABASE_URL=url)
    assert (code, "10 至 200" in complained, "10 to 200" in complained) == (1, True, True)
    assert type_in(*new, "other long words", DATABASE_URL=url)[0] == 0
    code, said, _ = type_in("person", "roles", "lixia", "--role", "gm", "--role", "sales")
    assert (code, "now holds gm, sales" in said, "放回待办 0 项" in said) == (0, True, True)
    code, said, _ = type_in("person", "list")
    assert (code, "lixia  李霞  gm, sales\n" in said, "wangfang" in said) == (0, True, True)
    code, said, _ = type_in("person", "leave", "lixia", "--to", "wangfang", "--dry-run")
    assert (code, "没有改动" in said) == (0, True)
    code, _, complained = type_in("person", "leave", "lixia")
    assert (code, "请写明原因" in complained) == (1, True)
    assert type_in("person", "leave", "lixia", "--why", "离职")[0] == 0
    assert "lixia" not in type_in("person", "list")[1]
    code, _, complained = type_in("person", "leave", "lixia", "--why", "离职")
    assert (code, "没有人员" in complained, "nobody" in complained) == (1, True, True)


def test_an_unknown_role_is_refused_with_the_known_ones(type_in: Typed, url: str) -> None:
    words = ("person", "add", "x", "某", "--role", "king", "--password", "long enough words")
    code, _, complained = type_in(*words, DATABASE_URL=url)
    assert code == 1
    assert "king" in complained
    assert "sales-supervisor" in complained


def test_incidents_are_told_to_be_none(type_in: Typed, url: str) -> None:
    code, said, _ = type_in("incidents", DATABASE_URL=url)
    assert (code, "There are no open incidents" in said) == (0, True)
    code, _, complained = type_in("incidents", "retry", "7", DATABASE_URL=url)
    assert (code, "7" in complained) == (1, True)


def test_migrating_twice_changes_nothing(type_in: Typed, url: str) -> None:
    assert type_in("migrate", DATABASE_URL=url)[0] == 0
    assert type_in("migrate", DATABASE_URL=url)[0] == 0


def test_a_database_that_is_away_is_told_in_both_languages(type_in: Typed, tmp_path: Path) -> None:
    away = f"postgresql://banjie@/banjie?host={tmp_path}"
    code, _, complained = type_in("incidents", DATABASE_URL=away)
    assert code == 1
    assert "无法连接数据库" in complained
    assert "cannot be reached" in complained


def test_a_senseless_setting_is_told_before_anything_starts(type_in: Typed) -> None:
    code, _, complained = type_in("run", BANJIE_PORT="eighty")
    assert code == 1
    assert "BANJIE_PORT=eighty" in complained


def test_a_demo_refuses_a_company_s_database(type_in: Typed, url: str) -> None:
    words = ("person", "add", "lixia", "李霞", "--role", "qc", "--password", "long enough words")
    assert type_in(*words, DATABASE_URL=url)[0] == 0
    code, _, complained = type_in("prepare", "demo", DATABASE_URL=url)
    assert code == 1
    assert "demo people must not be" in complained


def test_verifying_says_what_does_not_hold_and_ends_with_a_line_to_file(
    type_in: Typed, database: Engine, url: str
) -> None:
    with database.begin() as conn:
        by = somebody(conn, "seller", {"sales"})
        given = Answered({**USUAL["complaint_received"], "received_at": "2026-11-09"})
        case_id = open_case(conn, "manufacturer-complaint", given, by=by, now=ACCEPTED).case_id
    code, said, _ = type_in("verify", DATABASE_URL=url)
    last = said.splitlines()[-1]
    assert (code, "Everything verifies" in said) == (0, True)
    assert re.fullmatch(r"banjie verify \S+Z cases=1 entries=\d broken=0 sha256=[0-9a-f]{64}", last)

    with database.begin() as conn:
        renamed = update(cases).where(cases.c.id == case_id).values(customer="别家")
        conn.execute(renamed)
    code, said, _ = type_in("verify", DATABASE_URL=url)
    assert code == 1
    assert "与履历不符：客户" in said
    assert "differs from the history: customer" in said
    with database.begin() as conn:
        conn.execute(update(calendar_revisions).values(note="另一个原因"))
    code, said, _ = type_in("verify", DATABASE_URL=url)
    assert "日历第 1 次修改校验不符" in said
    assert "Change 1 of the calendars does not verify" in said
    code, _, complained = type_in("verify", "C0", DATABASE_URL=url)
    assert (code, "没有案件“C0”" in complained) == (1, True)


def test_verifying_tells_a_changed_file_once_and_first_and_versions_by_name(
    type_in: Typed, database: Engine, url: str
) -> None:
    with database.begin() as conn:
        by = somebody(conn, "seller", {"sales"})
        given = Answered({**USUAL["complaint_received"], "received_at": "2026-11-09"})
        for _ in range(3):
            open_case(conn, "manufacturer-complaint", given, by=by, now=ACCEPTED)
    filed = type_in("verify", DATABASE_URL=url)[1].splitlines()[-1].rpartition("=")[2]
    with database.begin() as conn:
        conn.execute(update(versions).values(note="另一个理由"))
        path = "bpmn/complaint/manufacturer-complaint.bpmn"
        of_it = select(version_files.c.sha256).where(version_files.c.path == path)
        conn.execute(update(files).where(files.c.sha256.in_(of_it)).values(content=b"<x/>"))
    code, said, _ = type_in("verify", DATABASE_URL=url)
    lines = said.splitlines()
    assert code == 1
    assert lines[0].startswith(f"文件 {path} 与发布时不符，涉及“客户投诉处理”第 1 版")
    assert "其 3 个案件" in lines[0]
    assert "“客户投诉处理”第 1 版与日志不符：发布理由" in lines
    assert len(lines) == 2 + 2 * 2 + 1
    assert "broken=3" in lines[-1]
    assert lines[-1].rpartition("=")[2] == filed


def test_publishing_changes_the_digest_that_is_filed(
    type_in: Typed, copied: Path, url: str
) -> None:
    before = type_in("verify", DATABASE_URL=url)[1].splitlines()[-1].rpartition("=")[2]
    form = copied / "forms/manufacturer-complaint/assign_staff.json"
    form.write_bytes(form.read_bytes() + b"\n")
    assert type_in("publish", str(copied), "--note", "改了表单", DATABASE_URL=url)[0] == 0
    code, said, _ = type_in("verify", DATABASE_URL=url)
    assert (code, said.splitlines()[0]) == (0, "全部核对无误。")
    assert said.splitlines()[-1].rpartition("=")[2] != before
