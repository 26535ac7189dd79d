"""A browser without JavaScript: it follows forms as they stand in the page."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from lxml import html
from werkzeug.datastructures import MultiDict

from forms.definition import COMPANY_ZONE
from forms.posted import Answered
from tests.procedures.complaint import USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

PASSWORD = "correct horse"
START = "/start/manufacturer-complaint"
TYPED = "not(@type) or contains(' text date number email tel ', concat(' ', @type, ' '))"


class Visitor:
    """One browser with its cookies; `page` is what it shows."""

    def __init__(self, app: Flask) -> None:
        """Open a browser on the app."""
        self.client = app.test_client()
        self.status = 0
        self.path = "/"
        self.page: html.HtmlElement = html.fromstring("<html></html>")
        self.token = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """Go to an address, without following redirects."""
        return self._shown(path, self.client.get(path, headers=headers, buffered=True))

    def post(self, path: str, values: Any = None, **headers: str) -> TestResponse:  # noqa: ANN401
        """Post values with the token of the last page that had one, unless they bring their own."""
        if not self.token:
            self.get("/notices")
        sent: MultiDict[str, Any] = MultiDict(values or {})
        sent.setdefault("csrf_token", self.token)
        return self._shown(path, self.client.post(path, data=sent, headers=headers, buffered=True))

    def follow(self, answer: TestResponse) -> TestResponse:
        """Go where a redirect leads."""
        assert answer.status_code in {302, 303}, answer.text
        return self.get(answer.headers["Location"])

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Fill in the sign-in page that is shown, or the usual one."""
        if not self.all("//form[@action='/sign-in']"):
            self.get("/sign-in")
        values = {**self.values("/sign-in"), "login": login, "password": password}
        answer = self.post("/sign-in", values)
        self.token = "" if answer.status_code == HTTPStatus.SEE_OTHER else self.token
        return answer

    def values(self, action: str) -> dict[str, Any]:
        """Return what the page's form of this action would send.

        As browsers do, and lxml does not, it drops a line break at the beginning of a text box.
        """
        found = self.all(f"//form[@action='{action}' or .//button[@formaction='{action}']]")
        assert found, f"no form for {action}: {self.text[:400]}"
        areas = {area.get("name") for area in found[0].xpath(".//textarea")}
        pairs: MultiDict[str, str] = MultiDict(
            (name, text.removeprefix("\n") if name in areas else text)
            for name, text in found[0].form_values()
        )
        return {name: many if len(many) > 1 else many[0] for name, many in pairs.lists()}

    def opens(self, **answers: Any) -> TestResponse:  # noqa: ANN401
        """Start a complaint with the usual answers and these."""
        self.get(START)
        return self.post(START, filled("complaint_received", **answers))

    def does(self, path: str, step: str, **answers: Any) -> TestResponse:  # noqa: ANN401
        """Complete the task at this address with its usual answers and these."""
        self.get(path)
        kept = self.values(f"{path}/complete")
        return self.post(f"{path}/complete", {**kept, **filled(step, **answers)})

    def all(self, xpath: str) -> list[Any]:
        """Return the elements, attributes or texts at a place of the page."""
        found = self.page.xpath(xpath)
        assert isinstance(found, list)
        return found

    @property
    def left_behind(self) -> list[str]:
        """The boxes of this page that its language button does not take along."""
        if not self.all("//div[@class='side-language']"):
            return []
        taken = "@id='answers'" if self.all("//button[@form='answers' and @lang]") else "false()"
        loose = f"//form[@method='post' and not({taken})]"
        return self.all(f"{loose}//textarea/@name") + self.all(f"{loose}//input[{TYPED}]/@name")

    @property
    def text(self) -> str:
        """What a person reads on the page."""
        return " ".join("".join(self.page.itertext()).split())

    def _shown(self, path: str, answer: TestResponse) -> TestResponse:
        self.status, self.path = answer.status_code, path
        if answer.mimetype == "text/html" and answer.data:
            self.page = html.fromstring(answer.data.decode())
            tokens = self.all("//input[@name='csrf_token']/@value")
            self.token = tokens[0] if tokens else self.token
            assert self.left_behind == [], f"{path}: another language wipes these"
        return answer


def filled(step: str, **answers: Any) -> dict[str, list[str]]:  # noqa: ANN401
    """Return a form's usual answers and these, as a browser posts them."""
    received = datetime.now(COMPANY_ZONE).date().isoformat()
    return Answered({"received_at": received, **USUAL[step], **answers}).texts


def task_path(answer: TestResponse) -> str:
    """Return the address of the task that a 303 leads to."""
    path: str = answer.headers["Location"].partition("?")[0]
    assert path.startswith("/tasks/"), path
    return path


def case_of(visitor: Visitor, task: str) -> str:
    """Give the address of a task's case."""
    visitor.get(task)
    path: str = visitor.all("//a[contains(@href, '/cases/')]/@href")[0]
    return path


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the SQL that runs meanwhile."""
    seen: list[str] = []

    def note(*call: Any) -> None:  # noqa: ANN401
        seen.append(call[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
