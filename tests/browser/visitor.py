"""A person at a browser: what they do, and what a browser found wrong with the pages they saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from engine.demo import PASSWORD
from tests.browser.filling import fill
from tests.browser.procedure import start_page, task_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import (
        BrowserContext,
        ConsoleMessage,
        Dialog,
        Locator,
        Page,
        Request,
        Response,
    )

LOADED = "Failed to load resource"
"""How the console speaks of an answer of 400 and more, of which `Watch` knows the status."""

WORDS = {
    "zh": {
        "login": "登录名",
        "password": "密码",
        "sign in": "登录",
        "inbox": "待办",
        "send": "提交",
    },
    "en": {
        "login": "Login",
        "password": "Password",
        "sign in": "Sign in",
        "inbox": "Inbox",
        "send": "Send",
    },
}


class Watch:
    """Collects what went wrong on a page: script errors, CSP violations, unforeseen statuses."""

    def __init__(self, page: Page) -> None:
        self.faults: list[str] = []
        self.foreseen: set[int] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url} threw {error}"))
        page.on("response", self._answer)
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(LOADED):
            self.faults.append(f"{message.location.get('url')} says {message.text}")

    def _answer(self, answer: Response) -> None:
        if answer.status >= 400 and answer.status not in self.foreseen:
            self.faults.append(f"{answer.request.method} {answer.url} answers {answer.status}")

    def _failed(self, request: Request) -> None:
        # A page that is left takes its own requests with it: that is not a fault.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.method} {request.url} fails: {request.failure}")


class Visitor:
    """One person in a browser context of their own; reads ``lang``."""

    def __init__(self, context: BrowserContext, address: str, *, lang: str = "zh") -> None:
        self.address = address
        self.lang = lang
        self.context = context
        self.page = context.new_page()
        self.watch = Watch(self.page)
        self.page.on("dialog", _leave)

    def signs_in(self, login: str) -> None:
        """Go to the site and sign in as a demo person."""
        self.goes("/")
        self.gives_password(login)
        expect(self.heading).to_have_text(self._words["inbox"])

    def gives_password(self, login: str) -> None:
        """Fill in the sign-in form that stands here, and send it."""
        self.page.get_by_label(self._words["login"]).fill(login)
        self.page.get_by_label(self._words["password"]).fill(PASSWORD)
        self.presses(self._words["sign in"])

    def goes(self, path: str) -> None:
        """Type an address of the site."""
        self.page.goto(self.address + path)

    def opens(self, element: str) -> None:
        """Pick a step in the inbox by its name, unless it is on the screen already."""
        wanted = task_page(element).heading.of(self.lang)
        if self.heading.text_content() != wanted:
            self.page.get_by_role("link", name=self._words["inbox"], exact=True).first.click()
            self.page.locator("#rows").get_by_role("link", name=wanted).click()
        expect(self.heading).to_have_text(wanted)

    def starts(self, answers: Mapping[str, Any]) -> None:
        """Open the start form from the inbox, fill it in and send it."""
        self.goes("/")
        self.page.get_by_role("link", name=start_page().heading.of(self.lang)).click()
        self.fills(answers)
        self.presses("Open the case" if self.lang == "en" else "立案")

    def does(self, element: str, answers: Mapping[str, Any]) -> None:
        """Open a step, fill it in, send it, and see that it was taken."""
        self.opens(element)
        self.fills(answers, element)
        self.sends()
        expect(self.page.get_by_role("status").first).to_contain_text(
            "Sent" if self.lang == "en" else "已提交"
        )

    def fills(self, answers: Mapping[str, Any], element: str | None = None) -> None:
        """Type answers into the form of a step, or into the start form."""
        page = task_page(element) if element else start_page()
        fill(self.page, page.form, answers, lang=self.lang)

    def sends(self) -> None:
        """Press the button that completes the step."""
        self.presses(self._words["send"])

    def presses(self, button: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def region(self, name: str) -> Locator:
        """Return a part of the page by its heading."""
        return self.page.get_by_role("region", name=name, exact=True)

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    @property
    def _words(self) -> dict[str, str]:
        return WORDS[self.lang]


def _leave(dialog: Dialog) -> None:
    dialog.accept()
