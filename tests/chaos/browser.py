"""A clerk at a browser: takes what the inbox offers, and sends a form until it is answered."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from tests.chaos.company import PASSWORD
from web.commands.ports import LOOPBACK

if TYPE_CHECKING:
    from random import Random
    from threading import Event

PAUSE, PATIENCE = 0.1, 120
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TASK = re.compile(r"/tasks/([0-9a-f-]{36})")


@dataclass
class Browser:
    """One clerk's; what was answered is kept by task."""

    port: int
    login: str
    chance: Random
    over: Event
    taken: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    sent: int = 0
    broken: int = 0

    def work(self) -> None:
        """Sign in, then complete tasks until told that it is over."""
        with httpx.Client(base_url=f"http://{LOOPBACK}:{self.port}", timeout=5) as self._http:
            self._sign_in()
            while not self.over.is_set():
                offered = sorted(set(TASK.findall(self._get("/"))))
                self.chance.shuffle(offered)
                for task in offered[:20]:
                    self._follow(task)
                if not offered:
                    time.sleep(PAUSE)

    def _sign_in(self) -> None:
        page = self._get("/sign-in")
        form = {"login": self.login, "password": PASSWORD, "csrf_token": self._token(page)}
        assert self._post("/sign-in", form).status_code == httpx.codes.SEE_OTHER
        self._csrf = self._token(self._get("/"))

    def _token(self, page: str) -> str:
        found = TOKEN.search(page)
        assert found is not None, page
        return found[1]

    def _follow(self, task: str | None) -> None:
        """Complete a task, and then the clerk's next one of the same case."""
        while task is not None and not self.over.is_set():
            form = {"remark": f"{self.login} {task}", "csrf_token": self._csrf}
            response = self._post(f"/tasks/{task}/complete", form)
            if response.status_code == httpx.codes.CONFLICT:
                self.refused.add(task)
                return
            assert response.status_code == httpx.codes.SEE_OTHER, response.text
            self.taken[task] = response.headers["location"]
            found = TASK.search(self.taken[task])
            task = found[1] if found else None

    def _get(self, path: str) -> str:
        response = self._until_answered("GET", path, None)
        assert response.status_code == httpx.codes.OK, response.text
        return response.text

    def _post(self, path: str, form: dict[str, str]) -> httpx.Response:
        return self._until_answered("POST", path, form)

    def _until_answered(
        self, method: str, path: str, form: dict[str, str] | None
    ) -> httpx.Response:
        """Send the same again while nobody or no database is there; two minutes at most."""
        deadline, why = time.monotonic() + PATIENCE, Counter[str]()
        while True:
            self.sent += 1
            try:
                response = self._http.request(method, path, data=form)
            except httpx.TransportError as error:
                why[type(error).__name__] += 1
            else:
                if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return response
                why[str(response.status_code)] += 1
            assert time.monotonic() < deadline, f"{path} is not answered: {why}"
            self.broken += 1
            time.sleep(PAUSE)
