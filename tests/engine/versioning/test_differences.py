"""What a version changed, told by file and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import procedures
from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from engine.versioning.differences import differences
from engine.versioning.terms import Terms
from tests.engine.breaking import HANDLING
from tests.engine.conftest import NOW
from tests.engine.errand import errand
from tests.engine.small import TEXT, form, put_in_force

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHARED = "bpmn/shared/investigate.bpmn"


def test_a_changed_shared_diagram_tells_the_procedures_that_it_reaches(
    connection: Connection,
) -> None:
    shipped = read_folder()
    altered = {**shipped, "bpmn/roles.yaml": shipped["bpmn/roles.yaml"] + b"\n"}
    told = publish(connection, altered, by=None, now=NOW, note="x")
    assert {one.procedure: one.files.changed for one in told if one.changed} == {
        "manufacturer-complaint": ("bpmn/roles.yaml",),
        "monthly-complaint-review": ("bpmn/roles.yaml",),
    }

    altered[SHARED] = altered[SHARED] + b"\n"
    told = publish(connection, altered, by=None, now=NOW, note="x")
    assert {one.procedure: one.files.changed for one in told if one.changed} == {
        "manufacturer-complaint": (SHARED,)
    }
    assert {one.procedure: one.files.changed for one in told if not one.changed} == {
        "monthly-complaint-review": ()
    }


def test_steps_fields_and_files_are_told_in_words(connection: Connection) -> None:
    put_in_force(connection, errand())
    before = procedures.in_force(connection, "errand")
    files = errand(urging="interrupt")
    (drawn,) = (path for path in files if path.endswith(".bpmn"))
    files[drawn] = files[drawn].replace("check名".encode(), "复核".encode())
    files["forms/errand/prepare.json"] = form("note", note=TEXT, weight=TEXT)
    del files["forms/errand/prepare.ui.json"]
    put_in_force(connection, files)

    told = differences(before, procedures.in_force(connection, "errand"))

    assert told.files.removed == ("forms/errand/prepare.ui.json",)
    assert told.files.changed == (drawn, "forms/errand/prepare.json")
    said = {part.kind.zh: [each.zh for each in part.changes] for part in told.parts}
    assert said["流程图"] == ["“check名”改名为“复核”", "“late名”的中断该步骤由“否”改为“是”"]
    assert "新增字段“weight项”" in said["表单"]
    assert "删除字段“urgent项”" in said["表单"]
    english = [each.en for part in told.parts for each in part.changes]
    assert "Field “The weight” is new" in english


def test_dropped_promises_and_changed_rows_are_told(connection: Connection) -> None:
    shipped = read_folder()
    before = procedures.in_force(connection, "manufacturer-complaint")
    table = "bpmn/decisions/approval-authority.dmn"
    weaker = {
        **shipped,
        HANDLING: shipped[HANDLING].replace(b"CM-06-13", b"CM-06-14a"),
        table: shipped[table].replace(b"10000", b"12000").replace(b"10,000", b"12,000"),
    }
    terms = Terms(drops=frozenset({"CM-06-13"}))
    publish(connection, weaker, by=None, now=NOW, note="the board decided so", terms=terms)

    told = differences(before, procedures.in_force(connection, "manufacturer-complaint"))

    words = {part.kind.zh: part.changes for part in told.parts}
    assert any("不再落实的条款：CM-06-13" in each.zh for each in words["承诺"])
    assert any(each.en.startswith("New row: ") for each in words["决策表"])
    assert differences(before, before).parts == ()
