"""A task's page: completed once, refused with everything kept, drafted, told when it is gone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import pytest
import sqlalchemy as sa

from engine.incidents.kinds import is_over
from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from engine.tables import cases, drafts, entries, incidents, tasks
from tests.web.visiting import START, filled, task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.web.visiting import Visitor

STRANGE = '哈密 "天源" <b>& 水务'


@pytest.fixture
def path(fang: Visitor) -> str:
    """Give the address of the first task of a case that Fang has opened."""
    return task_path(fang.opens())


def test_completing_leads_straight_to_my_next_task_of_the_case(fang: Visitor, path: str) -> None:
    answer = fang.does(path, "establish_data")
    assert answer.status_code == 303
    fang.follow(answer)
    assert "填表并附样品标签" in fang.text
    assert "接着由您办理" in fang.text


def test_the_page_shows_case_clauses_and_the_forms_so_far(fang: Visitor, path: str) -> None:
    fang.get(path)
    assert "哈密天源水务有限公司" in fang.text
    assert "CM-06-1a" in fang.text
    assert "品质异常申诉" in fang.text


def test_a_wrong_field_returns_the_form_with_everything_typed(fang: Visitor, path: str) -> None:
    typed = {**filled("establish_data"), "order_no": STRANGE, "amount_delivered": "12,34x"}
    fang.get(path)
    assert fang.post(f"{path}/complete", typed).status_code == 422
    values = fang.values(f"{path}/complete")
    assert (values["order_no"], values["amount_delivered"]) == (STRANGE, "12,34x")
    assert values["remedy_requested"] == ["return", "exchange"]
    wrong = fang.all("//*[@data-field='amount_delivered']")[0]
    assert "field-wrong" in wrong.get("class")


def test_the_same_answers_sent_twice_get_the_same_answer(
    fang: Visitor, path: str, database: sa.Engine
) -> None:
    fang.get(path)
    values = fang.values(f"{path}/complete") | filled("establish_data")
    first, second = (fang.post(f"{path}/complete", values) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    with database.connect() as conn:
        done = sa.select(sa.func.count()).where(entries.c.kind == "step_completed")
        assert conn.scalar(done) == 1


def test_a_task_that_somebody_else_finished_is_told_and_the_input_stays(
    fang: Visitor, path: str, sign_in: Callable[[str], Visitor]
) -> None:
    late = sign_in("min")
    late.get(path)
    mine = late.values(f"{path}/complete") | filled("establish_data", order_no=STRANGE)
    fang.does(path, "establish_data")

    answer = late.post(f"{path}/complete", mine)
    assert answer.status_code == 409
    assert "王芳 已完成此待办" in late.text
    kept = late.all("//dl[@id='kept-values']")[0].text_content()
    assert STRANGE in kept
    assert "订单编号" in kept
    assert "退货、换货" in kept
    assert late.get(path).status_code == 409
    assert late.get(late.all("//a[starts-with(@href, '/cases/')]/@href")[0]).status_code == 200


def test_a_task_that_somebody_else_claimed_keeps_the_form_filled(
    fang: Visitor, path: str, sign_in: Callable[[str], Visitor]
) -> None:
    late = sign_in("min")
    late.get(path)
    fang.post(f"{path}/claim")
    values = late.values(f"{path}/complete") | filled("establish_data", order_no=STRANGE)
    assert late.post(f"{path}/complete", values).status_code == 409
    assert "王芳" in late.text
    assert late.values(f"{path}/complete")["order_no"] == STRANGE

    fang.post(f"{path}/release")
    again = late.values(f"{path}/complete")
    assert late.post(f"{path}/complete", again).status_code == 303


def test_a_task_of_another_role_is_refused(path: str, sign_in: Callable[[str], Visitor]) -> None:
    stranger = sign_in("yang")
    assert stranger.get(path).status_code == 403
    assert "销售部" in stranger.text
    assert stranger.post(f"{path}/complete", filled("establish_data")).status_code == 403


def test_a_draft_is_mine_alone_and_stands_in_the_form_again(
    fang: Visitor, path: str, sign_in: Callable[[str], Visitor]
) -> None:
    fang.get(path)
    half = {"order_no": STRANGE, "amount_delivered": "12x"}
    fang.follow(fang.post(f"{path}/draft", half))
    assert fang.values(f"{path}/complete")["order_no"] == STRANGE
    assert fang.values(f"{path}/complete")["amount_delivered"] == "12x"
    fang.get("/")
    assert "有草稿" in fang.text
    other = sign_in("min")
    other.get(path)
    assert other.values(f"{path}/complete")["order_no"] == ""


def test_a_script_saves_drafts_without_a_page(fang: Visitor, path: str) -> None:
    fang.get(path)
    script = {"X-Requested-With": "banjie"}
    typed = {**fang.values(f"{path}/complete"), "order_no": "A1"}
    answer = fang.post(f"{path}/draft", typed, **script)
    assert (answer.status_code, answer.data) == (204, b"")
    assert fang.does(path, "establish_data").status_code == 303
    assert fang.post(f"{path}/draft", {"order_no": "A2"}, **script).status_code == 409


@pytest.mark.parametrize("button", ["claim", "language"])
def test_buttons_beside_the_form_lose_nothing(fang: Visitor, path: str, button: str) -> None:
    fang.get(path)
    typed = {**fang.values(f"{path}/complete"), "order_no": STRANGE}
    beside = "contains(@formaction, '/claim')"
    if button == "language":
        beside = "contains(@formaction, '/language/')"
    action = fang.all(f"//button[@form='answers'][{beside}]/@formaction")[0]
    fang.follow(fang.post(action, typed))
    assert fang.path.startswith(path)
    assert fang.values(f"{path}/complete")["order_no"] == STRANGE


def test_a_session_that_ended_carries_the_values_through_the_sign_in(
    fang: Visitor, path: str
) -> None:
    fang.get(path)
    typed = {**fang.values(f"{path}/complete"), "order_no": STRANGE}
    fang.client.delete_cookie("banjie")
    assert fang.post(f"{path}/complete", typed).status_code == 401
    assert "登录已过期" in fang.text
    assert fang.sign_in("fang", "wrong").status_code == 401
    fang.follow(fang.sign_in("fang"))
    assert fang.path.startswith(path)
    assert fang.values(f"{path}/complete")["order_no"] == STRANGE
    assert "已找回" in fang.text


def test_a_stale_page_can_be_sent_again_as_it_is(fang: Visitor, path: str) -> None:
    fang.get(path)
    values = fang.values(f"{path}/complete") | filled("establish_data")
    fang.post(f"{path}/complete", {**values, "csrf_token": "stale"})
    assert "SO-2026-0815" in fang.text
    again = fang.values(f"{path}/complete")
    assert fang.post(f"{path}/complete", again).status_code == 303


def test_while_the_database_is_away_the_input_waits_in_the_page(
    app: Flask, fang: Visitor, path: str, database: sa.Engine
) -> None:
    fang.get(path)
    values = fang.values(f"{path}/complete") | filled("establish_data", order_no=STRANGE)
    reachable = app.extensions["banjie.engine"]
    app.extensions["banjie.engine"] = sa.create_engine(
        "postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1}
    )
    answer = fang.post(f"{path}/complete", values)
    assert answer.status_code == 503
    assert "数据库暂时没有应答" in fang.text
    assert "订单编号" in fang.text
    assert fang.get("/healthz").status_code == 503

    fang.post(f"{path}/complete", values)
    again = fang.values(f"{path}/complete")
    assert again["order_no"] == STRANGE
    app.extensions["banjie.engine"] = reachable
    assert fang.post(f"{path}/complete", again).status_code == 303
    with database.connect() as conn:
        assert conn.scalar(sa.select(cases.c.status)) == "open"


def publish_with(engine: sa.Engine, *, condition: str, instead: str) -> None:
    """Publish the complaint procedure anew, with another condition on one of its flows."""
    files = read_folder()
    path = "bpmn/complaint/manufacturer-complaint.bpmn"
    assert condition.encode() in files[path]
    files[path] = files[path].replace(condition.encode(), instead.encode())
    with engine.begin() as conn:
        publish(conn, files, by=None, now=datetime.now(UTC))


def test_a_procedure_that_fails_leaves_an_incident_a_draft_and_the_task(
    fang: Visitor, database: sa.Engine
) -> None:
    condition, wrong = "qc_available == True", "1 / number(qc_available) == 1"
    publish_with(database, condition=condition, instead=wrong)
    path = task_path(fang.opens(joint_inspection=True))
    answer = fang.does(path, "record_qc_answer", qc_answer=STRANGE)
    assert answer.status_code == 500
    with database.connect() as conn:
        incident = conn.execute(sa.select(incidents)).one()
        assert conn.scalar(sa.select(tasks.c.element)) == "record_qc_answer"
    assert incident.zh not in fang.text, "a clerk has no variables"
    assert "您填写的内容已存为草稿" in fang.text
    assert str(incident.id) in fang.text
    fang.get(path)
    assert fang.values(f"{path}/complete")["qc_answer"] == STRANGE


def damage(engine: sa.Engine) -> None:
    """Break the stored state of every case."""
    with engine.begin() as conn:
        conn.execute(sa.update(cases).values(state=b"\x01damaged"))


def test_what_nobody_has_foreseen_is_an_incident_too_with_its_step_and_a_reference_in_the_log(
    fang: Visitor, path: str, database: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    fang.get(path)
    kept = fang.values(f"{path}/complete")
    damage(database)

    answer = fang.post(f"{path}/complete", {**kept, **filled("establish_data", order_no=STRANGE)})
    assert answer.status_code == 500
    with database.connect() as conn:
        incident = conn.execute(sa.select(incidents)).one()
        typed = conn.scalar(sa.text("select typed from drafts"))
    assert (incident.process, incident.element) == ("register", "establish_data")
    (reference,) = re.findall(r"编号 ([0-9a-f]{8})", incident.zh)
    assert reference in caplog.text
    assert "UnknownStateError" in caplog.text
    assert str(incident.id) in fang.text
    assert orjson.loads(bytes(typed))["order_no"] == [STRANGE]


def test_more_than_a_draft_holds_is_kept_with_the_incident_and_shown_to_be_copied(
    fang: Visitor, path: str, database: sa.Engine
) -> None:
    fang.get(path)
    kept = fang.values(f"{path}/complete")
    damage(database)
    huge = {f"junk{n}": "长" * 5_000 for n in range(40)}

    posted = {**kept, **filled("establish_data", order_no=STRANGE), **huge}
    assert fang.post(f"{path}/complete", posted).status_code == 500
    assert STRANGE in fang.text
    assert "随异常一起保存" in fang.text
    with database.connect() as conn:
        answers = conn.scalar(sa.select(incidents.c.answers))
    assert answers is not None
    assert STRANGE in orjson.loads(answers)["order_no"]


def test_a_start_that_fails_opens_no_case_and_keeps_the_form(
    fang: Visitor, database: sa.Engine
) -> None:
    condition, wrong = "joint_inspection == True", "1 / number(joint_inspection) == 1"
    publish_with(database, condition=condition, instead=wrong)
    fang.get(START)
    sent = {**fang.values(START), **filled("complaint_received", customer=STRANGE)}
    assert fang.post(START, sent).status_code == 500
    with database.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(cases)) == 0
        assert conn.scalar(sa.select(sa.func.count()).select_from(incidents)) == 1
    fang.get(START)
    assert fang.values(START)["customer"] == STRANGE

    publish_with(database, condition=condition, instead=condition)
    sent = {**fang.values(START), **filled("complaint_received")}
    assert fang.post(START, sent).status_code == 303
    with database.connect() as conn:
        assert conn.scalars(sa.select(is_over()).select_from(incidents)).all() == [True]


def test_the_start_form_is_refused_drafted_and_carried_like_any_other(fang: Visitor) -> None:
    fang.get(START)
    assert fang.post(START, {"customer": STRANGE}).status_code == 422
    assert fang.values(START)["customer"] == STRANGE
    fang.follow(fang.post(f"{START}/draft", {"customer": STRANGE}))
    assert fang.values(START)["customer"] == STRANGE
    fang.client.delete_cookie("banjie")
    fang.post(START, {"customer": STRANGE, "product": "QJ200"})
    fang.follow(fang.sign_in("fang"))
    assert fang.values(START)["product"] == "QJ200"


def test_no_token_or_label_is_stored_in_a_draft(
    fang: Visitor, path: str, database: sa.Engine
) -> None:
    fang.get(path)
    fang.post(f"{path}/draft", {**fang.values(f"{path}/complete"), "order_no": "A1"})
    with database.connect() as conn:
        stored = conn.scalar(sa.text("select typed from drafts"))
    assert b"A1" in bytes(stored)
    assert b"csrf_token" not in bytes(stored)
    assert b"_labels" not in bytes(stored)


def test_a_stale_page_is_told_in_words(fang: Visitor) -> None:
    fang.get(START)
    values = fang.values(START) | filled("complaint_received", zone="in_xinjiang")
    fang.post(START, {**values, "csrf_token": "stale"})
    kept = fang.all("//dl[@id='kept-values']")[0].text_content()
    assert "疆内" in kept
    assert "in_xinjiang" not in kept
    assert not {"true", "false"} & set(kept.split())
    assert fang.values(START)["zone"] == "in_xinjiang"


def test_a_start_draft_is_seen_in_the_lists_and_can_be_thrown_away(fang: Visitor) -> None:
    fang.get("/start")
    assert "有草稿" not in fang.text
    fang.follow(fang.post(f"{START}/draft", {"customer": STRANGE}))
    for page in ("/", "/start"):
        fang.get(page)
        assert "有草稿" in fang.text, page
    fang.get(START)
    assert "存的草稿" in fang.text
    drop = fang.all("//form[contains(@action, '/draft/drop')]/@action")[0]
    fang.follow(fang.post(drop))
    assert fang.values(START)["customer"] == ""
    assert "草稿。" not in fang.text


def test_what_a_page_says_of_its_coming_it_says_once(fang: Visitor, path: str) -> None:
    fang.follow(fang.does(path, "establish_data"))
    assert "接着由您办理" in fang.text
    fang.get(fang.path)
    assert "接着由您办理" not in fang.text
    fang.get(f"{START}?kept=1")
    assert "已找回" not in fang.text
    assert fang.all("//form[@id='answers']/@autocomplete") == ["off"]


def test_my_own_finished_task_is_told_as_mine(fang: Visitor, path: str) -> None:
    fang.does(path, "establish_data")
    assert fang.get(path).status_code == 409
    assert "您已完成此待办" in fang.text


@pytest.mark.parametrize("act", ["claim", "language", "copy", "draft"])
def test_a_page_that_was_only_opened_leaves_no_draft(
    fang: Visitor, path: str, sign_in: Callable[[str], Visitor], database: sa.Engine, act: str
) -> None:
    next_one = task_path(fang.does(path, "establish_data"))
    min_ = sign_in("min")
    min_.get(next_one)
    shown = min_.values(f"{next_one}/complete")
    prefilled = {name for name in shown if shown[name] and not name.startswith(("_", "csrf"))}
    assert prefilled, "it begins with what is known"
    (address, *_) = min_.all(f"//button[contains(@formaction, '/{act}')]/@formaction")
    min_.follow(min_.post(address, shown))
    assert "已找回" not in min_.text
    with database.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(drafts)) == 0
