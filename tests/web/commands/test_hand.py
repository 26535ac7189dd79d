"""Whoever publishes, moves or changes anything by a command is kept with what they did."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engine import people
from engine.procedures.bundles import SHIPPED
from engine.tables import calendar_revisions, duty_switches, versions
from engine.tables import people as staff
from tests.web.commands.conftest import HERE

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed

REVIEW = "monthly-complaint-review"
FORM = "forms/manufacturer-complaint/assign_staff.json"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("bpmn", "forms"):
        shutil.copytree(SHIPPED / name, tmp_path / name, ignore=shutil.ignore_patterns("*.py"))
    changed = tmp_path / FORM
    changed.write_bytes(changed.read_bytes() + b"\n")
    return tmp_path


def test_a_version_says_who_published_it_by_command(
    type_in: Typed, url: str, copied: Path, database: Engine
) -> None:
    assert type_in("publish", str(copied), "--note", "改了表单", DATABASE_URL=url)[0] == 0
    back = ("versions", "rollback", "manufacturer-complaint", "1", "--why", "表单有误")
    assert type_in(*back, "--as", "linna")[0] == 0
    code, said, _ = type_in("versions", "list", "manufacturer-complaint")
    assert code == 0
    assert f"{HERE}  改了表单" in said
    assert "林娜  表单有误" in said
    with database.connect() as conn:
        assert HERE not in {one.name for one in people.all_people(conn)}
        added = conn.execute(select(staff).where(staff.c.name == HERE)).one()
    assert (added.active, added.password, added.roles) == (False, "", [])


def test_an_unknown_login_is_refused_and_nothing_is_done(
    type_in: Typed, url: str, copied: Path, database: Engine
) -> None:
    words = ("publish", str(copied), "--note", "改了表单", "--as", "nobody")
    code, _, complained = type_in(*words, DATABASE_URL=url)
    assert (code, "没有人员“nobody”" in complained) == (1, True)
    with database.connect() as conn:
        assert conn.scalar(select(versions.c.id).where(versions.c.number > 1)) is None


def test_calendars_and_duties_keep_who_changed_them_too(
    type_in: Typed, url: str, tmp_path: Path, database: Engine
) -> None:
    days = tmp_path / "days.csv"
    days.write_text("date,kind,hours,note\n2027-03-15,off,,停电\n", encoding="utf-8")
    done = type_in("calendar", "import", str(days), "--why", "全厂停电", DATABASE_URL=url)
    assert done[0] == 0
    assert type_in("duties", "off", REVIEW, "--why", "本月不做", "--as", "linna")[0] == 0
    with database.connect() as conn:
        who = select(staff.c.name).join(calendar_revisions)
        assert conn.scalars(who.order_by(calendar_revisions.c.id.desc())).first() == HERE
        assert conn.scalars(select(staff.c.name).join(duty_switches)).all() == ["林娜"]
    assert HERE in type_in("calendar", "changes")[1]


def test_a_change_of_what_was_published_needs_a_note(
    type_in: Typed, url: str, copied: Path, database: Engine
) -> None:
    code, said, complained = type_in("publish", str(copied), DATABASE_URL=url)
    assert (code, said) == (1, "")
    assert "“客户投诉处理”已有发布的版本" in complained
    assert "--note" in complained
    with database.connect() as conn:
        assert conn.scalar(select(versions.c.id).where(versions.c.number > 1)) is None
    assert type_in("publish", str(copied), "--dry-run")[0] == 0
    assert type_in("publish")[0] == 0
