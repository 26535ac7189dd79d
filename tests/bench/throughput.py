"""Steps a second with one, two and four web processes beside two workers, in turns."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Self

from tests.bench import stand
from tests.bench.clients import Walk
from tests.bench.company import LOGINS, LOOPING, PASSWORD, new_database, open_cases
from tests.bench.line import Session
from tests.bench.steps import PER_CASE, TYPED

if TYPE_CHECKING:
    from engine.embedded import Server
    from tests.bench.clients import Clients

PROCESSES = (1, 2, 4)
WORKERS = 2
CASES = 10
"""Cases of each client in a round."""


class Fleet:
    """Three webs on one database, reached as an outside one; one of them works at a time."""

    def __init__(self, server: Server, clients: Clients) -> None:
        """Start them, and two workers that find nothing to do."""
        self.database = new_database(server, "throughput")
        self._clients = clients
        self.speeds: dict[int, list[float]] = {count: [] for count in PROCESSES}
        with ExitStack() as starting:
            for _ in range(WORKERS):
                starting.enter_context(stand.worker(self.database))
            self._webs = {
                count: starting.enter_context(stand.inbox(self.database, processes=count))
                for count in PROCESSES
            }
            self._sessions = {
                count: [Session(web.port, login, PASSWORD) for login in LOGINS]
                for count, web in self._webs.items()
            }
            task = open_cases(self.database, LOOPING, 1, ago=timedelta(0))[0]
            self._forms = {
                count: [session.fill(task, TYPED) for session in sessions]
                for count, sessions in self._sessions.items()
            }
            self._stop = starting.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.close()
        self.database.dispose()

    def warm_up(self) -> None:
        """Let every process connect and compile."""
        for count in PROCESSES:
            self._round(count)

    def run(self, number: int) -> None:
        """Measure one round; the order alternates."""
        for count in PROCESSES[:: 1 if number % 2 else -1]:
            self.speeds[count].append(self._round(count))

    def speed(self, count: int) -> float:
        """Give the steps a second with so many processes: the median of the rounds."""
        return median(self.speeds[count])

    def times(self, count: int) -> float:
        """Give how many times as fast as one process it was: the median of the rounds' ratios."""
        pairs = zip(self.speeds[count], self.speeds[PROCESSES[0]], strict=True)
        return median(mine / one for mine, one in pairs)

    def _round(self, count: int) -> float:
        starts = open_cases(self.database, LOOPING, CASES * len(LOGINS), ago=timedelta(0))
        walks = [
            Walk(session.port, session.cookie, form, starts[hand :: len(LOGINS)], PER_CASE)
            for hand, (session, form) in enumerate(
                zip(self._sessions[count], self._forms[count], strict=True)
            )
        ]
        began = time.monotonic()
        took = self._clients.do(walks)
        return len(took) / (time.monotonic() - began)
