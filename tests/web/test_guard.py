"""No route without a guard, no change without this session's token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from werkzeug.routing import UUIDConverter

from web import create_app
from web.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask import Flask
    from werkzeug.routing import Rule

    from tests.web.visiting import Visitor

OPEN_TO_ALL = {
    "static",
    "health.check",
    "people.sign_in",
    "people.sign_in_page",
    "people.switch_language",
}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SOME = {
    "task_id": UUID(int=7),
    "case_id": UUID(int=7),
    "key": UUID(int=7),
    "procedure": "manufacturer-complaint",
    "process": "register",
    "version_id": 1,
    "lang": "en",
    "name": "complaint-handling-form",
    "seq": 1,
    "filename": "mark.svg",
    "code": "standard",
}


def guarded(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN_TO_ALL]


def address(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        wanted = {name: SOME.get(name, _like(rule, name)) for name in rule.arguments}
        built = app.url_map.bind("localhost").build(rule.endpoint, wanted)
    return str(built).removeprefix("http://localhost")


def _like(rule: Rule, name: str) -> object:
    """Give something that stands in an address where `name` does."""
    if isinstance(rule._converters[name], UUIDConverter):  # noqa: SLF001 - nowhere else told
        return UUID(int=7)
    return 7


def test_no_route_is_open_but_the_listed_ones(app: Flask, visitor: Visitor) -> None:
    assert len(guarded(app)) > 20
    for rule in guarded(app):
        path = address(app, rule)
        if "GET" in (rule.methods or ()):
            answer = visitor.get(path)
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/sign-in?next="), path
        if "POST" in (rule.methods or ()):
            assert visitor.post(path).status_code == 401, path
            assert visitor.all("//input[@name='password']"), path


def test_what_changes_something_refuses_get(app: Flask, fang: Visitor) -> None:
    for rule in app.url_map.iter_rules():
        path = address(app, rule)
        alone = {r.endpoint for r in app.url_map.iter_rules() if str(r) == str(rule)} == {
            rule.endpoint
        }
        if "POST" in (rule.methods or ()) and alone:
            assert fang.get(path).status_code == 405, path


def test_a_post_without_the_token_changes_nothing_and_keeps_the_values(
    app: Flask, fang: Visitor
) -> None:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint != "people.sign_in":
            path = address(app, rule)
            answer = fang.post(path, {"csrf_token": "stale", "customer": "哈密 <b>"})
            assert answer.status_code == 400, path
            assert fang.values(path)["customer"] == "哈密 <b>", path
            assert fang.values(path)["csrf_token"] != "stale", path


@pytest.mark.parametrize(
    ("sent", "said", "not_said"),
    [
        ({}, "没有带上本站", "打开得太久"),
        ({"csrf_token": "stale"}, "打开得太久", "校验码"),
    ],
)
def test_a_missing_token_is_told_from_a_stale_one(
    fang: Visitor, sent: dict[str, str], said: str, not_said: str
) -> None:
    answer = fang.client.post("/notices/seen", data=sent)
    assert answer.status_code == 400
    assert said in answer.text
    assert not_said not in answer.text


def test_a_sign_in_without_a_token_is_told_to_be_out_of_date(visitor: Visitor) -> None:
    answer = visitor.client.post("/sign-in", data={"login": "fang", "password": "correct horse"})
    assert answer.status_code == 400
    assert "登录页已失效" in answer.text


def test_a_token_is_of_one_session_only(app: Flask) -> None:
    mine, yours = app.test_client(), app.test_client()
    tokens = [TOKEN.findall(client.get("/sign-in").text)[0] for client in (mine, yours)]
    asked = {"login": "nobody", "password": "x"}

    assert mine.post("/sign-in", data={**asked, "csrf_token": tokens[1]}).status_code == 400
    assert mine.post("/sign-in", data=asked).status_code == 400
    assert mine.post("/sign-in", data={**asked, "csrf_token": tokens[0]}).status_code == 401


def test_a_stale_token_for_a_script_comes_back_fresh(fang: Visitor) -> None:
    values = {"csrf_token": "stale"}
    answer = fang.post("/notices/seen", values, **{"X-Requested-With": "banjie"})
    assert answer.status_code == 400
    fresh = {"csrf_token": answer.headers["X-CSRFToken"]}
    assert fang.post("/notices/seen", fresh).status_code == 303


def test_every_page_carries_the_headers(app: Flask, fang: Visitor) -> None:
    for path in ("/", "/cases", "/procedures/manufacturer-complaint", "/nothing-here"):
        headers = fang.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-eval" not in policy
        assert ("'unsafe-inline'" in policy) == path.startswith("/procedures/"), path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
    assert app.config["SESSION_COOKIE_HTTPONLY"]


@pytest.mark.parametrize(("url", "secure"), [("https://example.org", True), ("", False)])
def test_cookies_are_secure_when_the_configured_address_is_https(
    database: sa.Engine, url: str, *, secure: bool
) -> None:
    client = create_app(Settings(url=url), database).test_client()
    cookie = client.get("/sign-in", base_url=url or "http://localhost").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == secure
