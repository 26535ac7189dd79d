"""Incidents for the operator: by cause, one with its diagram and data, retried, left, all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history
from engine.cases.moving import lock
from engine.history import Draft
from engine.incidents import recording
from engine.incidents.closing import settle
from engine.incidents.kinds import TIMER
from engine.spiff import RunError
from engine.tables import cases, entries, notices, tasks
from engine.tables import incidents as rows
from tests.web.admin.stuck import STEP, fail, mend, stuck_case, today
from tests.web.visiting import statements

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from engine.people import Person
    from tests.web.visiting import Visitor

INCIDENTS = "/admin/incidents"


def mended(engine: sa.Engine, case_id: UUID) -> None:
    with engine.begin() as conn:
        mend(conn, case_id)


def open_numbers(engine: sa.Engine) -> list[int]:
    with engine.connect() as conn:
        return [one.id for one in recording.unresolved(conn)]


def test_the_list_says_what_failed_where_and_why_once_for_all_cases_of_one_cause(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    he.get(INCIDENTS)
    assert "没有异常" in he.text
    for _ in range(4):
        stuck_case(database, staff["jie"])

    he.get(INCIDENTS)
    (cause,) = he.all("//section[contains(@class, 'cause')]")
    said = " ".join("".join(cause.itertext()).split())
    for words in ("结案逾期", "客户投诉处理", "close_limit", "4 件", "哈密天源水务", "陈洁"):
        assert words in said
    assert len(cause.xpath(".//li")) == 3
    assert [one.text for one in he.all("//nav[@class='places']//*[@class='count']")] == ["4"]
    he.get(cause.xpath(".//a[@class='cause-more']/@href")[0])
    assert len(he.all("//section//li")) == 4


def test_the_list_asks_as_many_statements_for_many_as_for_one(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    stuck_case(database, staff["jie"])
    he.get(INCIDENTS)
    with statements(database) as few:
        he.get(INCIDENTS)
    for _ in range(2):
        stuck_case(database, staff["jie"])
    with statements(database) as many:
        he.get(INCIDENTS)
    assert len(many) == len(few)


def test_one_incident_shows_its_element_its_case_and_what_was_filled_in(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    case_id, _, number = stuck_case(database, staff["jie"])
    assert he.get(f"{INCIDENTS}/{number}").status_code == 200
    (tab,) = he.all("//*[@data-process]")
    assert (tab.get("data-process"), tab.get("data-now")) == (
        "manufacturer-complaint",
        "handle_complaint_late",
    )
    assert he.client.get(tab.get("data-xml")).status_code == 200
    assert he.all(f"//a[@href='/cases/{case_id}']")
    for words in ("结案期限", "variant", "国内其他地区", "陈洁"):
        assert words in he.text
    assert [one.get("value") for one in he.all("//input[@name='value.variant']")] == ["5"]
    assert "“变体”当时是：5" in he.text
    assert "JSON" not in he.text


def test_an_incident_says_that_its_case_has_been_moved_since_it_failed(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    case_id, _, number = stuck_case(database, staff["jie"])
    he.get(f"{INCIDENTS}/{number}")
    assert "可以重试" not in he.text
    with database.begin() as conn:
        moved = Draft("case_moved", {"moved": [4, 1, "same"]})
        history.enter(conn, lock(conn, case_id), moved, by=staff["he"], now=datetime.now(UTC))
    he.get(f"{INCIDENTS}/{number}")
    assert "发生在第 4 版；案件已迁移到第 1 版，可以重试。" in he.text


def test_a_retry_that_fails_again_says_why_and_one_that_works_says_where_the_case_is_now(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    case_id, task, number = stuck_case(database, staff["jie"])
    he.follow(he.post(f"{INCIDENTS}/{number}/retry"))
    assert "重试后仍未成功" in he.text
    assert "2 次" in he.text
    with database.connect() as conn:
        assert conn.scalar(sa.select(tasks.c.id).where(tasks.c.id == task)) == task

    mended(database, case_id)
    he.follow(he.post(f"{INCIDENTS}/{number}/retry"))
    assert "重试成功" in he.text
    assert "审核投诉内容" in he.text
    assert open_numbers(database) == []
    assert he.get(f"{INCIDENTS}/{number}").status_code == 200
    assert "已解决" in he.text
    assert he.all("//dd[text()='何清']")
    assert he.all(f"//a[@href='/cases/{case_id}'][contains(@class, 'btn-primary')]")
    assert he.get(f"{INCIDENTS}/999999").status_code == 404
    with database.connect() as conn:
        kinds = conn.scalars(
            sa.select(entries.c.kind).where(entries.c.case_id == case_id).order_by(entries.c.seq)
        ).all()
        assert kinds[-1] == "incident_resolved"
        told = conn.execute(sa.select(notices).where(notices.c.person_id == staff["jie"].id)).all()
        assert ["重试成功" in one.zh for one in told] == [True]
        assert history.verify(conn, case_id) is None
    he.get(f"/cases/{case_id}")
    (said,) = he.all("//*[@data-retried]")
    assert f"提交，当时受阻（异常 {number}）；系统管理员 何清 于" in (said.text or "")


def test_the_person_is_told_that_what_they_typed_is_kept_and_sees_no_such_word_afterwards(
    he: Visitor,
    sign_in: Callable[[str], Visitor],
    database: sa.Engine,
    staff: dict[str, Person],
) -> None:
    case_id, task, number = stuck_case(database, staff["jie"])
    jie = sign_in("jie")
    answer = jie.does(f"/tasks/{task}", STEP, accepted_at=today(), zone="china", register_note="急")
    assert answer.status_code == 500
    assert "已存为草稿" in jie.text
    assert jie.all("//*[@class='reference']")[0].text == str(number)
    for _ in range(2):
        jie.get(f"/tasks/{task}")
        assert f"异常 {number}" in jie.text
        assert jie.values(f"/tasks/{task}/complete")["register_note"] == "急"

    mended(database, case_id)
    he.post(f"{INCIDENTS}/{number}/retry")
    jie.get("/")
    assert "重试成功" in jie.text
    assert jie.get(f"/tasks/{task}").status_code == 409


def test_all_with_one_cause_are_retried_and_those_that_fail_stay(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    stuck = [stuck_case(database, staff["jie"]) for _ in range(3)]
    for case_id, _, _ in stuck[:2]:
        mended(database, case_id)
    first = stuck[0][2]

    answer = he.post(f"{INCIDENTS}/{first}/all", {"total": "3"})
    while answer.status_code == 303:
        he.follow(answer)
        if he.all("//section[@id='run']//form"):
            answer = he.post(f"{INCIDENTS}/{first}/all", he.values(f"{INCIDENTS}/{first}/all"))
        else:
            break

    assert "2 件已排除" in he.text
    assert "1 件仍失败" in he.text
    assert open_numbers(database) == [stuck[2][2]]


def test_a_first_one_that_fails_of_something_else_now_does_not_lead_away_from_the_rest(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    stuck = [stuck_case(database, staff["jie"]) for _ in range(3)]
    for case_id, _, _ in stuck[1:]:
        mended(database, case_id)
    with database.begin() as conn:
        spoilt = sa.update(cases).where(cases.c.id == stuck[0][0])
        conn.execute(spoilt.values(state=b"\x01damaged"))

    path = f"{INCIDENTS}/{stuck[0][2]}/all"
    answer = he.post(path, {"total": "3"})
    he.follow(answer)
    while he.all("//section[@id='run']//form"):
        he.follow(he.post(path, he.values(path)))

    assert "2 件已排除" in he.text
    assert open_numbers(database) == [stuck[0][2]]


@pytest.mark.parametrize("value", ["-1", "x", "٣", "9" * 40, ""])
def test_garbage_in_the_count_of_a_run_is_read_as_none(he: Visitor, value: str) -> None:
    names = ("after", "last", "total", "done", "failed")
    he.get(f"{INCIDENTS}/1/all?" + "&".join(f"{name}={value}" for name in names))
    assert (he.status, "已试 0 件" in he.text) == (200, True)


def test_an_incident_is_left_undone_only_for_a_reason(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    case_id, _, number = stuck_case(database, staff["jie"])
    assert he.post(f"{INCIDENTS}/{number}/close", {"why": " "}).status_code == 422
    assert "请写明原因" in he.text
    assert open_numbers(database) == [number]

    he.follow(he.post(f"{INCIDENTS}/{number}/close", {"why": "客户已撤诉"}))
    assert "已搁下" in he.text
    assert open_numbers(database) == []
    he.get(f"/cases/{case_id}")
    assert "客户已撤诉" in he.text
    with database.connect() as conn:
        told = conn.execute(sa.select(notices).where(notices.c.case_id == case_id)).all()
    last = max(told, key=lambda row: row.id)
    assert last.person_id == staff["jie"].id
    assert "客户已撤诉。请改正后重新提交" in last.zh
    assert "send it again" in last.en


def test_a_deadline_that_failed_is_not_left_undone(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    case_id, _, _ = stuck_case(database, staff["jie"])
    with database.begin() as conn:
        now = datetime.now(UTC)
        number = recording.record(
            conn, TIMER, KeyError("x"), place=("register", ""), case_id=case_id, now=now
        )
    he.get(f"{INCIDENTS}/{number}")
    assert not he.all("//textarea[@name='reason']")
    assert he.post(f"{INCIDENTS}/{number}/close", {"why": "不想办"}).status_code == 409
    assert "不能搁下" in he.text
    assert he.all(f"//form[@action='{INCIDENTS}/{number}/retry']")


def test_a_start_that_failed_has_no_data_but_what_was_filled_in(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    failed = RunError(process="manufacturer-complaint", element="is_loss_caused", zh="错", en="no")
    with database.begin() as conn:
        number = recording.record_start(
            conn,
            "manufacturer-complaint",
            failed,
            posted={"customer": ["哈密天源水务"]},
            by=staff["fang"],
            now=datetime.now(UTC),
        )
    he.get(f"{INCIDENTS}/{number}")
    assert "还没有立案" in he.text
    assert "哈密天源水务" in he.text
    assert he.post(f"{INCIDENTS}/{number}/retry").status_code == 409
    assert "不合表单要求" in he.text
    assert "收到日期" in he.text


def test_what_somebody_has_done_meanwhile_needs_no_retry_and_is_closed_by_and_by(
    he: Visitor, database: sa.Engine, staff: dict[str, Person], sign_in: Callable[[str], Visitor]
) -> None:
    case_id, task, number = stuck_case(database, staff["jie"])
    mended(database, case_id)
    sign_in("jie").does(f"/tasks/{task}", STEP, accepted_at=today(), zone="overseas")
    for page in (INCIDENTS, f"{INCIDENTS}/{number}"):
        he.get(page)
        assert "已无需再办" in he.text
        assert not he.all("//nav[@class='places']//*[@class='count']")
    assert "不用重试" in he.text
    assert not he.all("//*[@id='close-reason']")
    with database.begin() as conn:
        assert settle(conn, now=datetime.now(UTC)) == 1
    assert open_numbers(database) == []
    assert he.get(f"{INCIDENTS}/{number}").status_code == 200
    assert "已解决" in he.text


def test_retrying_what_is_over_closes_it_and_claims_no_success(
    he: Visitor, database: sa.Engine, staff: dict[str, Person], sign_in: Callable[[str], Visitor]
) -> None:
    case_id, task, number = stuck_case(database, staff["jie"])
    mended(database, case_id)
    sign_in("jie").does(f"/tasks/{task}", STEP, accepted_at=today(), zone="overseas")
    he.follow(he.post(f"{INCIDENTS}/{number}/retry"))
    assert "没有剩下要办的事" in he.text
    assert "重试成功" not in he.text
    assert open_numbers(database) == []


def test_the_same_step_failing_again_is_one_incident_with_the_newest_answers(
    database: sa.Engine, staff: dict[str, Person]
) -> None:
    _, task, number = stuck_case(database, staff["jie"])
    assert fail(database, task, staff["jie"]) == number
    with database.connect() as conn:
        assert conn.execute(sa.select(rows.c.tries, rows.c.kind)).one() == (2, "step")


def test_a_case_whose_state_cannot_be_read_is_shown_without_its_data(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    _, _, number = stuck_case(database, staff["jie"])
    with database.begin() as conn:
        conn.execute(sa.update(cases).values(state=b"\x01damaged"))
    assert he.get(f"{INCIDENTS}/{number}").status_code == 200
    assert "无法读取" in he.text
    he.follow(he.post(f"{INCIDENTS}/{number}/retry"))
    assert "UnknownStateError" in he.text
    assert he.post(f"{INCIDENTS}/{number}/data", {"do": "repair"}).status_code == 409


@pytest.mark.parametrize("path", ["/0", "/1", "/99999999999999999999", "/1/alike", "/-1"])
def test_an_incident_that_is_not_there_is_not_found(he: Visitor, path: str) -> None:
    assert he.get(INCIDENTS + path).status_code == 404


def test_the_case_says_that_it_is_held_up_until_somebody_has_got_it_on(
    he: Visitor, database: sa.Engine, staff: dict[str, Person], sign_in: Callable[[str], Visitor]
) -> None:
    case_id, task, number = stuck_case(database, staff["jie"])
    now = "//section[@aria-labelledby='now']"
    jie = sign_in("jie")
    for visitor, links in ((he, 1), (jie, 0)):
        visitor.get(f"/cases/{case_id}")
        (section,) = visitor.all(now)
        assert f"异常 {number}：没能办下去" in section.text_content()
        assert "受阻，管理员已知" in section.text_content()
        assert len(section.xpath(f".//a[@href='{INCIDENTS}/{number}']")) == links
    mended(database, case_id)
    jie.does(f"/tasks/{task}", STEP, accepted_at=today(), zone="overseas")
    jie.get(f"/cases/{case_id}")
    assert "受阻" not in "".join(one.text_content() for one in jie.all(now))


def test_a_process_owner_sees_what_failed_and_leaves_it_to_the_operators(
    database: sa.Engine, staff: dict[str, Person], sign_in: Callable[[str], Visitor]
) -> None:
    _, _, number = stuck_case(database, staff["jie"])
    stuck_case(database, staff["jie"])
    lin = sign_in("lin")
    lin.get("/")
    assert [one.text for one in lin.all("//nav[@class='places']//*[@class='count']")] == ["2"]
    for path in (INCIDENTS, f"{INCIDENTS}/{number}", f"{INCIDENTS}/{number}/alike"):
        assert lin.get(path).status_code == 200
        assert "close_limit" in lin.text
        assert lin.all("//main//form") == []
    lin.get(f"{INCIDENTS}/{number}")
    assert "由系统管理员办理" in lin.text
    assert "哈密天源水务" in lin.text
    for path in ("/retry", "/close", "/all", "/data"):
        assert lin.post(f"{INCIDENTS}/{number}{path}").status_code == 403
    assert lin.get(f"{INCIDENTS}/{number}/all").status_code == 403
    assert len(open_numbers(database)) == 2


def test_what_is_over_offers_nothing_to_repair(
    he: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    case_id, task, number = stuck_case(database, staff["jie"])
    mended(database, case_id)
    with database.begin() as conn:
        conn.execute(sa.delete(tasks).where(tasks.c.id == task))
    he.get(f"{INCIDENTS}/{number}")
    assert "没有剩下要办的事" in he.text
    assert he.all(f"//form[contains(@action, '{number}/data')]") == []
