from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine import procedures
from engine.calendars import current
from engine.calendars.changes import change
from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from engine.spiff import BrokenFilesError, Names
from engine.tables import cases, files, roles, version_files, versions
from engine.tasks.taskview import open_task
from engine.versioning.again import roll_back
from engine.versioning.listing import all_versions
from engine.versioning.terms import Terms
from tests.engine.breaking import FORM, HANDLING, MEGABYTE, ROLES, WHOLE, swap
from tests.engine.breaks import BREAKS
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import TEXT, form, put_in_force, roles_file, somebody
from tests.engine.spiff.drawing import ROLES as SMALL_ROLES
from tests.engine.wording import foreign_words

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from tests.engine.breaking import Break, Files

PROCEDURE = "manufacturer-complaint"
CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{3}")


@pytest.fixture(scope="module")
def shipped() -> Files:
    return read_folder()


def stored(conn: Connection) -> dict[str, list[Any]]:
    """Give all that publishing writes."""
    return {
        "versions": list(conn.execute(sa.select(versions).order_by(versions.c.id))),
        "version_files": sorted(conn.execute(sa.select(version_files))),
        "files": sorted(conn.scalars(sa.select(files.c.sha256))),
        "roles": list(conn.execute(sa.select(roles).order_by(roles.c.code))),
    }


@pytest.fixture(scope="module")
def two(shipped: Files) -> Files:
    """Give the shipped procedure, and beside it the errand, run by the sales department."""
    small = {
        path: content.replace("内勤".encode(), "销售部".encode())
        for path, content in errand().items()
        if path != ROLES
    }
    return {**shipped, **small}


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name)
def test_broken_files_are_refused_by_file_element_and_cure_and_nothing_is_published(
    connection: Connection, two: Files, broken: Break
) -> None:
    before = stored(connection)

    with pytest.raises(BrokenFilesError) as refused:
        publish(connection, broken(two), by=None, now=NOW, note="must not stay")

    problems = refused.value.problems
    small = {path: each for path, each in broken(two).items() if len(each) < MEGABYTE}
    where = broken.told_at or broken.file
    assert any(
        each.code == broken.code
        and where in {"*", each.file}
        and broken.element in {None, each.element}
        for each in problems
    ), [(each.code, each.file, each.element) for each in problems]
    for each in problems:
        assert CHINESE.search(each.zh), each
        assert ENGLISH.search(each.en), each
        assert len(each.zh) + len(each.en) < 5000, each
        assert not foreign_words(each, small), each
    assert stored(connection) == before


def test_both_are_published_when_nothing_is_broken(connection: Connection, two: Files) -> None:
    now_in_force = {each.procedure: each for each in publish(connection, two, by=None, now=NOW)}

    assert not now_in_force[PROCEDURE].changed
    assert now_in_force["errand"].changed
    assert now_in_force["errand"].number == 1


def test_every_problem_of_every_procedure_is_told_at_once(
    connection: Connection, two: Files
) -> None:
    broken = {
        **two,
        FORM: b"{",
        HANDLING: swap('upheld in ["upheld", "partly"]', "uphold == 1")(two[HANDLING]),
        "forms/errand/sign.json": b"[]",
    }
    with pytest.raises(BrokenFilesError) as refused:
        publish(connection, broken, by=None, now=NOW)

    files = {each.file for each in refused.value.problems}
    assert {FORM, HANDLING, "forms/errand/sign.json"} <= files
    assert len(set(refused.value.problems)) == len(refused.value.problems)


@pytest.mark.parametrize(
    "path",
    ["forms/approve-by-authority/decide.json", "bpmn/decisions/stage-deadline.dmn",
     "bpmn/shared/investigate.bpmn"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_once_and_nothing_that_follows_from_it(
    connection: Connection, shipped: Files, path: str
) -> None:
    with pytest.raises(BrokenFilesError) as refused:
        publish(connection, {**shipped, path: b"{"}, by=None, now=NOW)
    assert [each.file for each in refused.value.problems] == [path]


def test_the_way_around_a_guarantee_tells_the_branch_by_which_it_leaves(
    connection: Connection, shipped: Files
) -> None:
    broken = next(each for each in BREAKS if each.name == "sent back means approved")
    with pytest.raises(BrokenFilesError) as refused:
        publish(connection, broken(shipped), by=None, now=NOW)
    ways = [each for each in refused.value.problems if each.code == "guarantee_broken"]
    assert ways
    for way in ways:
        assert "退回？（is_handling_sent_back） —退回→ 投诉成立？" in way.zh
        assert "Sent back? (is_handling_sent_back) —sent back→ Upheld?" in way.en
        assert "《投诉调查、核决与结案》退回？" in way.zh


def test_the_same_files_again_are_no_new_version(connection: Connection) -> None:
    put_in_force(connection, errand())
    before = stored(connection)

    (again,) = publish(connection, errand(), by=None, now=NOW, note="again")

    assert (again.number, again.changed) == (1, False)
    assert stored(connection) == before


def test_a_changed_form_is_a_new_version_and_open_cases_stay_on_theirs(
    connection: Connection,
) -> None:
    put_in_force(connection, errand())
    by = somebody(connection, "clerk-one", {"clerk"})
    old = asked(connection, by)
    changed = {
        **errand(),
        "forms/errand/prepare.json": form("weight", weight=TEXT),
    }
    changed.pop("forms/errand/prepare.ui.json")

    (published,) = publish(connection, changed, by=by, now=NOW, note="weighed now")
    new = asked(connection, by)

    assert (published.number, published.changed) == (2, True)
    shown = [
        open_task(connection, waiting(connection, opened.case_id)["prepare"], by=by).form.names
        for opened in (old, new)
    ]
    assert ["weight" in names for names in shown] == [False, True]
    numbers = sa.select(versions.c.number).join(cases, cases.c.version_id == versions.c.id)
    of = {
        opened.case_id: connection.scalar(numbers.where(cases.c.id == opened.case_id))
        for opened in (old, new)
    }
    assert of == {old.case_id: 1, new.case_id: 2}
    row = connection.execute(sa.select(versions).where(versions.c.number == 2)).one()
    assert (row.note, row.published_by, row.in_force) == ("weighed now", by.id, True)


def test_going_back_to_old_files_is_a_third_version(connection: Connection) -> None:
    put_in_force(connection, errand())
    put_in_force(connection, errand(urging="interrupt"))

    (back,) = publish(connection, errand(), by=None, now=NOW)

    assert (back.number, back.changed) == (3, True)
    in_force = procedures.in_force(connection, "errand")
    assert in_force.number == 3
    assert dict(in_force.bundle.files) == errand()


def test_a_role_keeps_its_row_under_a_new_name(connection: Connection) -> None:
    put_in_force(connection, errand())
    renamed = {**SMALL_ROLES, "gm": Names("总经理", "The chief")}

    publish(connection, {**errand(), ROLES: roles_file(renamed)}, by=None, now=NOW)

    found = connection.execute(sa.select(roles).where(roles.c.code == "gm")).one()
    assert (found.zh, found.en) == ("总经理", "The chief")


def test_a_promise_of_the_version_in_force_is_dropped_only_with_a_reason(
    connection: Connection, shipped: Files
) -> None:
    weaker = {
        **shipped,
        WHOLE: re.sub(rb'<banjie:guarantee id="no_final[^>]*/>', b"", shipped[WHOLE]),
        HANDLING: shipped[HANDLING].replace(b"CM-06-13", b"CM-06-14a"),
    }
    before = stored(connection)

    with pytest.raises(BrokenFilesError) as refused:
        publish(connection, weaker, by=None, now=NOW, note="a note that names nothing")

    ids = ["no_final_reply_before_decision", "CM-06-13"]
    assert [(each.code, each.element) for each in refused.value.problems] == [
        ("guarantee_dropped", ids[0]),
        ("clause_dropped", ids[1]),
    ]
    clauses = refused.value.problems[1]
    assert "CM-06-13" in clauses.zh
    assert "CM-06-13" in clauses.en
    for id_, each in zip(ids, refused.value.problems, strict=True):
        assert f"--drops {id_}" in each.zh
        assert f"--drops {id_}" in each.en
    for drops, note in (({ids[0]}, "the board decided so"), (ids, " ")):
        terms = Terms(drops=frozenset(drops))
        with pytest.raises(BrokenFilesError):
            publish(connection, weaker, by=None, now=NOW, note=note, terms=terms)
    assert stored(connection) == before

    terms = Terms(drops=frozenset(ids))
    told = publish(connection, weaker, by=None, now=NOW, note="the board decided so", terms=terms)
    (published,) = (each for each in told if each.changed)
    line = all_versions(connection, published.procedure)
    assert [said.zh for said in line[0].dropped] == [
        "取消保证“未经最后核决不得转告最终决定”",
        "不再落实条款 CM-06-13",
    ]
    (back,) = (each for each in publish(connection, shipped, by=None, now=NOW) if each.changed)
    assert back.changed, "more promises than before need no reason"
    with pytest.raises(BrokenFilesError) as refused:
        roll_back(
            connection, published.procedure, published.number,
            reason="x", by=None, now=NOW, seen={back.number},
        )  # fmt: skip
    assert [each.element for each in refused.value.problems] == ids


def test_a_promise_that_says_something_else_needs_a_reason_too(
    connection: Connection, shipped: Files
) -> None:
    weaker = {**shipped, WHOLE: shipped[WHOLE].replace(b"negotiate:tell_customer ", b"")}
    assert weaker != shipped

    with pytest.raises(BrokenFilesError) as refused:
        publish(connection, weaker, by=None, now=NOW)

    (problem,) = refused.value.problems
    assert (problem.code, problem.element) == ("guarantee_altered", "no_reply_before_approval")
    assert "换了内容" in problem.zh
    renamed = {**shipped, WHOLE: shipped[WHOLE].replace("先登记后调查".encode(), "先登记".encode())}
    (told,) = (each for each in publish(connection, renamed, by=None, now=NOW) if each.changed)
    assert told.number == 2


def test_publishers_at_once_give_consecutive_numbers(database: Engine) -> None:
    ready = Barrier(4)

    def publishes(turn: int) -> int:
        changed = {**errand(), "forms/errand/sign.json": form(note=TEXT, **{f"more_{turn}": TEXT})}
        ready.wait()
        with database.begin() as conn:
            (published,) = publish(conn, changed, by=None, now=NOW)
        return published.number

    with ThreadPoolExecutor(4) as publishers:
        numbers = list(publishers.map(publishes, range(4)))

    assert sorted(numbers) == [1, 2, 3, 4]
    with database.connect() as conn:
        last = conn.scalars(
            sa.select(versions.c.number).where(
                versions.c.procedure == "errand", versions.c.in_force
            )
        )
        assert last.all() == [4]


def test_a_folder_with_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "bpmn").mkdir()
    with (tmp_path / "bpmn" / "huge.bpmn").open("wb") as huge:
        huge.truncate(50 * MEGABYTE)

    with pytest.raises(BrokenFilesError) as refused:
        read_folder(tmp_path)

    (problem,) = refused.value.problems
    assert (problem.file, problem.code) == ("bpmn/huge.bpmn", "file_too_large")


def test_a_copied_diagram_that_kept_its_process_id_is_one_problem(connection: Connection) -> None:
    files = errand()
    (path,) = (path for path in files if path.endswith("errand.bpmn"))
    copy = path.replace("errand.bpmn", "another.bpmn")
    with pytest.raises(BrokenFilesError) as refused:
        put_in_force(connection, {**files, copy: files[path]})
    (problem,) = refused.value.problems
    assert (problem.file, problem.element, problem.code) == (copy, "errand", "same_process")
    assert f"与 {path} 相同" in problem.zh
    assert '"another"' in problem.en


def begun_by(message: str) -> Files:
    """Give the errand with another start message."""
    return {
        path: content.replace(b"errand_opened", message.encode())
        for path, content in errand().items()
    }


def test_a_message_opens_cases_of_one_procedure(connection: Connection) -> None:
    shipped_message = "manufacturer_complaint_received"
    with pytest.raises(BrokenFilesError) as refused:
        put_in_force(connection, begun_by(shipped_message))
    (problem,) = refused.value.problems
    assert (problem.code, problem.element) == ("start_message_taken", "asked")
    assert all(name in problem.zh for name in ("客户投诉处理", "errand名"))
    assert begins(connection, shipped_message) == PROCEDURE

    put_in_force(connection, begun_by("errand_wanted"))
    put_in_force(connection, begun_by("errand_asked"))
    assert begins(connection, "errand_wanted") is None
    assert begins(connection, "errand_asked") == "errand"


@pytest.mark.parametrize("code", ["standard", "always", "harbin"])
def test_a_timer_may_name_a_calendar_that_the_company_has(
    connection: Connection, code: str
) -> None:
    files = errand()
    (path,) = (path for path in files if path.endswith("errand.bpmn"))
    files[path] = files[path].replace(
        b"<bpmn:boundaryEvent ", f'<bpmn:boundaryEvent banjie:calendar="{code}" '.encode()
    )
    if code == "harbin":
        with pytest.raises(BrokenFilesError) as refused:
            publish(connection, files, by=None, now=NOW)
        assert [problem.code for problem in refused.value.problems] == ["unknown_calendar"]
        assert "always, standard" in refused.value.problems[0].en
        known = current(connection)
        harbin = replace(known.kept["standard"], code=code)
        after = replace(known, kept={**known.kept, code: harbin})
        change(connection, after, by=None, now=NOW, note="试验")
    assert publish(connection, files, by=None, now=NOW)[0].changed


def begins(conn: Connection, message: str) -> str | None:
    version = procedures.started_by(conn, message)
    return None if version is None else version.compiled.id
