"""Every refusal has its status, every failure a reference, and no page needs what is missing."""

from __future__ import annotations

import importlib
import pkgutil
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask

import engine
from engine.errors import Refusal
from tests.web.visiting import START, filled
from web import create_app
from web.database import connection
from web.settings import Settings
from web.statuses import STATUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.visiting import Visitor


def refusals(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from refusals(one)


def test_every_refusal_of_the_engine_has_its_own_code_and_a_status() -> None:
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        importlib.import_module(module.name)
    ours = [one for one in refusals(Refusal) if one.__module__.startswith("engine.")]
    codes = [one.code for one in ours]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(STATUS), set(codes) - set(STATUS)
    assert len(codes) >= 10


@pytest.mark.parametrize("path", ["/nothing", "/tasks/not-a-uuid", "/cases/1"])
def test_an_address_of_nothing_is_a_page_that_leads_back(fang: Visitor, path: str) -> None:
    assert fang.get(path).status_code == 404
    assert fang.all("//a[@href='/']")
    assert "地址可能写错了" in fang.text
    fang.client.set_cookie("lang", "en")
    fang.get(path)
    assert "The address may be mistyped" in fang.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cases?q=%00", 400),
        ("/cases?q=a%1Fb", 400),
        ("/cases?%00=a", 400),
        ("/sign-in?next=/%00", 400),
        ("/cases?q=a%09b", 200),
        ("/procedures/%00", 404),
        ("/start/%00", 404),
        ("/start/a%0Ab", 404),
        ("/static/%00", 404),
        ("/versions/1/%00.bpmn", 404),
        ("/versions/2147483648/register.bpmn", 404),
        ("/versions/99999999999999999999/register.bpmn", 404),
        ("/versions/2147483647/register.bpmn", 404),
        ("/cases?page=99999999999999999999", 200),
    ],
)
def test_garbage_in_an_address_is_a_page_in_words(fang: Visitor, path: str, status: int) -> None:
    assert fang.get(path).status_code == status
    assert fang.all("//a[@href='/']")


def test_garbage_in_a_form_breaks_nothing(fang: Visitor) -> None:
    fang.get(START)
    posted = {
        **filled("complaint_received", customer="哈\x00密"),
        "_form": "\x00/\x00",
        "\x00": "\x00",
    }
    answers = [
        fang.post("/start/\x00", posted),
        fang.post(f"{START}/draft", posted),
        fang.post(f"/tasks/{UUID(int=7)}/claim", posted),
        fang.post(f"/tasks/{UUID(int=7)}/complete", posted),
        fang.post("/notices/seen", {"id": ["99999999999999999999", "-1", "\x00"]}),
        fang.post("/language/\x00"),
        fang.post("/language/zh", posted),
        fang.post(START, {**posted, "complaint_files": [(BytesIO(b"%PDF-1.7"), "a\x00b.pdf")]}),
    ]
    assert [answer.status_code for answer in answers] == [404, 303, 409, 409, 303, 404, 303, 303]


def test_a_task_that_never_was_is_refused_in_words(fang: Visitor) -> None:
    answer = fang.get("/tasks/00000000-0000-0000-0000-000000000007")
    assert answer.status_code == 409
    assert "没有这个待办" in fang.text


def test_an_unexpected_failure_has_a_reference_and_keeps_what_was_posted(
    app: Flask, sign_in: Callable[[str], Visitor], caplog: pytest.LogCaptureFixture
) -> None:
    broken = Blueprint("broken", __name__)

    @broken.post("/broken")
    def fail() -> str:
        raise RuntimeError("of the test")

    app.register_blueprint(broken)
    fang = sign_in("fang")
    assert fang.post("/broken", {"note": "抄送 <b>"}).status_code == 500
    assert fang.values("/broken")["note"] == "抄送 <b>"
    (reference,) = [one.text for one in fang.all("//*[@class='reference']")]
    assert reference in caplog.text
    assert "of the test" in caplog.text
    assert "of the test" not in fang.text


def test_health_tells_about_the_database_and_nothing_else(visitor: Visitor) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"database": "ok"})
    assert "Set-Cookie" not in answer.headers


def test_an_app_that_starts_before_its_database_works_once_it_is_there(
    database: sa.Engine, visitor: Visitor
) -> None:
    early = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none"))
    client = early.test_client()
    away = client.get("/sign-in")
    assert away.status_code == 503
    assert "数据库暂时没有应答" in away.text
    early.extensions["banjie.engine"] = database
    assert client.get("/sign-in").status_code == 200
    assert visitor.get("/sign-in").status_code == 200


def test_two_processes_read_each_others_sessions(
    app: Flask, fang: Visitor, database: sa.Engine
) -> None:
    fang.get("/")
    cookie = fang.client.get_cookie("banjie")
    assert cookie is not None
    other = create_app(Settings(), database).test_client()
    other.set_cookie("banjie", cookie.value)
    assert other.get("/").status_code == 200
    assert app.secret_key


def test_a_database_that_goes_away_at_the_end_does_not_spoil_the_page(
    app: Flask, database: sa.Engine
) -> None:
    with app.test_request_context("/"):
        mine = connection().scalar(sa.select(sa.func.pg_backend_pid()))
        with database.begin() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(mine)))
    with app.test_request_context("/"):
        assert connection().scalar(sa.select(1)) == 1
