"""What was typed into any page is back in it after an expired session or in another language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.tables import messages, people
from tests.engine.duties.tidying import tidying
from tests.engine.letters import send
from tests.engine.small import put_in_force
from tests.web.admin.stuck import stuck_case
from tests.web.visiting import task_path
from web.kept import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

    from engine.people import Person
    from tests.web.visiting import Visitor

TYPED = "等客户寄回样品"
NOBODY = UUID(int=0)
PROCEDURE = "manufacturer-complaint"
OF_NOBODY = {
    "people.sign_in": "a password is never kept",
    "people.sign_out": "a button alone, and nobody is signed in afterwards",
    "people.switch_language": "carries what was typed itself",
}


def places(app: Flask) -> list[str]:
    """Return where pages post to, but for those that keep drafts of their own."""
    texts = {"act": "cancel", "procedure": PROCEDURE, "key": 0, "number": 0}
    found = []
    for rule in app.url_map.iter_rules():
        own = hasattr(app.view_functions[rule.endpoint], "keeps_typed")
        if "POST" not in (rule.methods or ()) or own or rule.endpoint in OF_NOBODY:
            continue
        values = {name: texts.get(name, NOBODY) for name in rule.arguments}
        values |= {"key": NOBODY} if "<uuid:key>" in rule.rule else {}
        found.append(app.url_map.bind("localhost").build(rule.endpoint, values, method="POST"))
    return found


@pytest.fixture
def everybody(sign_in: Callable[[str], Visitor], database: sa.Engine) -> Visitor:
    """Give the browser of somebody who may see every page."""
    roles = ["operator", "process-owner", "sales", "sales-supervisor"]
    with database.begin() as conn:
        conn.execute(sa.update(people).where(people.c.login == "he").values(roles=roles))
    return sign_in("he")


def test_every_page_shows_again_what_was_typed_before_the_session_ended(
    app: Flask, everybody: Visitor
) -> None:
    found = places(app)
    assert len(found) > 25
    for path in found:
        everybody.client.delete_cookie("banjie")
        own = (f"why.{PROCEDURE}", f"reason.{NOBODY}")
        typed = dict.fromkeys(("reason", "opinion", "why", "scope", *own), TYPED)
        sent = everybody.post(path, typed)
        assert sent.status_code == 401, path
        everybody.follow(everybody.sign_in("he"))
        assert everybody.status != 405, path
        assert TYPED in everybody.text, (path, everybody.path, everybody.text[:300])


def test_every_box_of_our_pages_has_words_for_what_was_typed_into_it() -> None:
    own = {"login", "password", "q", "scope", "file"}
    boxes = re.compile(r'<(?:textarea|input)\b[^>]*?\bname="(\w+)"[^>]*>')
    chosen = re.compile(r'type="(?:hidden|radio|checkbox|search|\{\{)')
    names = {
        found[1]
        for page in Path("web/templates").rglob("*.html")
        if page.parent.name != "forms"
        for found in boxes.finditer(page.read_text())
        if not chosen.search(found[0])
    }
    assert {"reason", "opinion", "day"} <= names
    assert names - own - WORDS.keys() == set()


def expires(visitor: Visitor, path: str, typed: Mapping[str, object]) -> None:
    """Post with a session that has ended, sign in again, and go where that leads."""
    visitor.client.delete_cookie("banjie")
    assert visitor.post(path, typed).status_code == 401
    visitor.follow(visitor.sign_in("fang"))


def test_an_action_is_filled_in_again_until_it_is_done(fang: Visitor) -> None:
    path = task_path(fang.does(task_path(fang.opens()), "establish_data")) + "/acts/return"
    fang.get(path)
    target = fang.all("//input[@name='target']/@value")[0]
    sent = {**fang.values(path), "reason": TYPED, "way": "straight", "target": target}
    expires(fang, path, sent)
    assert fang.path == path
    fang.get(path)
    assert "还没有提交" in fang.text
    assert [dt.text for dt in fang.all("//dl[@id='kept-values']//dt")] == ["原因"]
    again = fang.values(path)
    assert (again["reason"], again["way"], again["target"]) == (TYPED, "straight", target)
    assert fang.post(path, again).status_code == 303
    fang.get("/notices")
    assert not fang.all("//dl[@id='kept-values']")


def test_a_page_whose_address_says_what_it_is_about_is_found_again(
    sign_in: Callable[[str], Visitor], fang: Visitor
) -> None:
    task = task_path(fang.opens())
    fang.get(task)
    case = fang.all("//a[contains(@href, '/cases/')]/@href")[0]
    he = sign_in("he")
    number = case.rpartition("/")[2]
    page = f"/admin/interventions/{number}/act"
    he.get(f"{page}?kind=skip&task={task.rpartition('/')[2]}")
    sent = {**he.values(page), "reason": TYPED}
    he.client.delete_cookie("banjie")
    assert he.post(page, sent).status_code == 401
    he.follow(he.sign_in("he"))
    assert he.status == 200
    assert he.values(page) == sent | {"csrf_token": he.token}


@pytest.mark.parametrize("refused", ["", "refused"])
def test_another_language_leaves_an_action_as_it_was_typed(fang: Visitor, refused: str) -> None:
    path = task_path(fang.does(task_path(fang.opens()), "establish_data")) + "/acts/return"
    fang.get(path)
    typed = {**fang.values(path), "way": "straight", "reason": "" if refused else TYPED}
    if refused:
        assert fang.post(path, typed).status_code == 422
        typed = {**fang.values(path), "reason": TYPED}
    (button,) = fang.all("//button[@form='answers' and @lang='en']/@formaction")
    fang.follow(fang.post(button, typed))
    assert fang.path == path
    assert fang.page.get("lang") == "en"
    assert (fang.values(path)["reason"], fang.values(path)["way"]) == (TYPED, "straight")


def test_another_language_after_a_refusal_comes_back_to_its_page(fang: Visitor) -> None:
    address = "/settings/substitutions"
    assert fang.post(address, {"reason": TYPED}).status_code == 422
    (button,) = fang.all("//button[@form='answers' and @lang='en']/@formaction")
    fang.follow(fang.post(button, fang.values(address)))
    assert fang.path == "/settings"
    assert fang.values(address)["reason"] == TYPED


def test_what_pages_post_for_themselves_is_no_text_of_a_person(fang: Visitor) -> None:
    address = f"/signatures/{NOBODY}"
    given = {"answer": "agreed", "opinion": TYPED, "kind": "skip", "task": str(NOBODY)}
    expires(fang, address, given)
    read = [dd.text for dd in fang.all("//dl[@id='kept-values']/div/*")]
    assert read == ["会签", "同意", "意见", TYPED]


def test_a_previewed_change_of_calendars_is_previewed_again(
    sign_in: Callable[[str], Visitor],
) -> None:
    lin, confirm = sign_in("lin"), "/admin/calendars/confirm"
    lin.get("/admin/calendars/new")
    made = {**lin.values("/admin/calendars/preview"), "code": "plant-2", "zh": "二厂", "en": "Two"}
    assert lin.post("/admin/calendars/preview", made).status_code == 200
    sent = {**lin.values(confirm), "why": TYPED}
    (button,) = lin.all("//button[@form='answers' and @lang='en']/@formaction")
    lin.follow(lin.post(button, sent))
    assert lin.values(confirm)["why"] == TYPED
    lin.client.delete_cookie("banjie")
    assert lin.post(confirm, sent).status_code == 401
    lin.follow(lin.sign_in("lin"))
    again = lin.values(confirm)
    assert (again["why"], again["code"]) == (TYPED, "plant-2")
    assert lin.post(confirm, again).status_code == 303


def switches(visitor: Visitor, path: str, **typed: str) -> dict[str, str]:
    """Type into the boxes of a page and press its language button; give what stands there then."""
    visitor.get(path)
    (form,) = visitor.all("//form[@id='answers']/@action")
    (button,) = visitor.all("//button[@form='answers' and @lang]/@formaction")
    assert typed.keys() <= visitor.values(form).keys()
    visitor.follow(visitor.post(button, {**visitor.values(form), **typed}))
    assert visitor.status == 200
    (again,) = visitor.all("//form[@id='answers']/@action")
    return {name: visitor.values(again)[name] for name in typed}


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (
            "/admin/duties",
            {"why.monthly-complaint-review": TYPED, "why.tidying": "盘库"},
        ),
        ("/admin/calendars", {"kind": "site", "site": "二厂", "calendar": "standard"}),
        ("/admin/calendars/import", {"calendar": "standard"}),
        (
            "/admin/calendars/of/standard?year=2027",
            {
                "date": "2027-12-25",
                "note": "厂庆",
                "zh": "一厂日历",
                "day5": "9-12",
                "year": "2027",
            },
        ),
    ],
)
def test_another_language_keeps_what_was_typed_for_any_act_of_a_page(
    sign_in: Callable[[str], Visitor], database: sa.Engine, path: str, typed: dict[str, str]
) -> None:
    with database.begin() as conn:
        put_in_force(conn, tidying())
    lin = sign_in("lin")
    for lang in ("en", "zh-CN"):
        assert switches(lin, path, **typed) == typed
        assert lin.page.get("lang") == lang


def test_another_language_keeps_why_messages_are_dropped_on_the_list_that_was_chosen(
    sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    with database.begin() as conn:
        keys = [send(conn, "question", keys={}).id for _ in range(2)]
        conn.execute(sa.update(messages).values(status="stuck"))
    typed = {f"reason.{key}": f"{TYPED}{key}" for key in keys}
    he = sign_in("he")
    assert switches(he, "/admin/messages?status=stuck", **typed) == typed
    assert len(he.all("//details[@open]//textarea")) == len(keys)


def test_another_language_keeps_data_to_be_repaired_and_why_an_incident_is_closed(
    sign_in: Callable[[str], Visitor], database: sa.Engine, staff: dict[str, Person]
) -> None:
    *_, number = stuck_case(database, staff["jie"])
    path, typed = f"/admin/incidents/{number}", {"value.rounds": "7", "why": TYPED}
    he = sign_in("he")
    assert switches(he, path, **typed) == typed
    assert he.path == path
    assert he.post(f"{path}/close", {**he.values(f"{path}/data"), "why": " "}).status_code == 422
    assert he.values(f"{path}/data")["value.rounds"] == "7", "what another act lacks wipes nothing"
