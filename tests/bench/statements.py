"""How many statements a step and the inbox page send, begin and commit left out."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tests.bench.company import LOGINS, LOOPING, PASSWORD, REPORT, open_cases
from web import create_app
from web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def of_a_step(engine: sa.Engine) -> list[str]:
    """Give the statements of one step through the whole app, once everything is warm."""
    client = create_app(Settings(), engine).test_client()
    token = _sign_in(client)
    task = open_cases(engine, LOOPING, 1, ago=timedelta(0))[0]
    path = _step(client, f"/tasks/{task}", token)
    with _listened(engine) as said:
        _step(client, path, token)
    return said


def _step(client: FlaskClient, path: str, token: str) -> str:
    answer = client.post(f"{path}/complete", data={**REPORT.texts, "csrf_token": token})
    assert answer.status_code == 303, answer.text
    return answer.location.partition("?")[0]


def _sign_in(client: FlaskClient) -> str:
    typed = {"login": LOGINS[0], "password": PASSWORD, "csrf_token": _token(client, "/sign-in")}
    assert client.post("/sign-in", data=typed).status_code == 303
    return _token(client, "/")


def _token(client: FlaskClient, path: str) -> str:
    found = _TOKEN.search(client.get(path).text)
    assert found is not None
    return found[1]


@contextmanager
def _listened(engine: sa.Engine) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        sa.event.remove(engine, "before_cursor_execute", hear)
