"""One durable step over HTTP against floor A, in rounds that take turns."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from tests.bench import stand
from tests.bench.clients import Walk
from tests.bench.company import (
    LOGINS,
    LOOPING,
    PASSWORD,
    REPORT,
    floor_cases,
    new_database,
    open_cases,
)
from tests.bench.counting import Spent, cpu, postmaster
from tests.bench.figures import Samples
from tests.bench.instructions import Instructions
from tests.bench.line import Session

if TYPE_CHECKING:
    from engine.embedded import Server
    from tests.bench.clients import Clients

PER_CASE = 20
"""Steps that a case is taken through before the next one: as long as a real procedure."""

CASES = 80
"""Cases of all clients in a round: as many for one as for four, so that each is as exact."""

CROWDS = (1, len(LOGINS))


TYPED = [(name, text) for name, said in REPORT.texts.items() for text in said]
"""The report as it is typed; the page adds what its form holds hidden."""


class Race:
    """Floor A and the inbox side by side on one PostgreSQL."""

    def __init__(self, server: Server, clients: Clients) -> None:
        """Make a database for each and start both servers."""
        self.database = new_database(server, "steps")
        self._floor_database = new_database(server, "floor")
        self._clients, self._postmaster = clients, postmaster(server)
        self.floor = {crowd: Samples() for crowd in CROWDS}
        self.step = {crowd: Samples() for crowd in CROWDS}
        self._counts: dict[int, Instructions] = {}
        with ExitStack() as starting:
            self.inbox = starting.enter_context(stand.inbox(self.database))
            self._floor_web = starting.enter_context(stand.floor(self._floor_database))
            self._sessions = [Session(self.inbox.port, login, PASSWORD) for login in LOGINS]
            task = open_cases(self.database, LOOPING, 1, ago=timedelta(0))[0]
            self._forms = [session.fill(task, TYPED) for session in self._sessions]
            self._stop = starting.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.close()
        for engine in (self.database, self._floor_database):
            engine.dispose()

    @property
    def steps(self) -> int:
        """Steps of the inbox measured so far."""
        return sum(len(samples.took) for samples in self.step.values())

    def told(self) -> str:
        """Say in a few words how it stands."""
        ratios = (f"{self.ratio(crowd)} with {crowd}" for crowd in CROWDS)
        return f"step / floor {', '.join(ratios)} client(s)"

    def ratio(self, crowd: int) -> str:
        """Write how many times the floor a step costs so many clients: by CPU, by instructions."""
        step, floor = self.step[crowd], self.floor[crowd]
        counted = step.instructions(floor)
        return f"{step.times(floor):.2f}" + (f" ({counted:.2f} by instructions)" if counted else "")

    def warm_up(self) -> None:
        """Let every thread connect, prepare its statements and compile the procedure."""
        self._clients.do(self._floor_walks(len(LOGINS)))
        self._clients.do(self._step_walks(len(LOGINS)))
        for root in (self.inbox.pid, self._floor_web.pid, self._postmaster):
            self._counts[root] = self._stop.enter_context(Instructions(root))

    def run(self, number: int) -> None:
        """Measure one round; the order alternates."""
        for crowd in CROWDS:
            turns = [
                (self.floor[crowd], self._floor_web, self._floor_walks(crowd)),
                (self.step[crowd], self.inbox, self._step_walks(crowd)),
            ]
            for samples, web, walks in turns[:: 1 if number % 2 else -1]:
                before = self._spent(web)
                took = self._clients.do(walks)
                samples.add(took, self._spent(web).since(before))

    def _spent(self, web: stand.Web) -> Spent:
        executed = self._counts[web.pid].read() + self._counts[self._postmaster].read()
        return Spent(cpu(web.pid), cpu(self._postmaster), executed)

    def _floor_walks(self, crowd: int) -> list[Walk]:
        port, cookie = self._floor_web.port, self._sessions[0].cookie
        return [
            Walk(port, cookie, self._forms[0], tasks, PER_CASE)
            for tasks in _dealt(floor_cases(self._floor_database, CASES), crowd)
        ]

    def _step_walks(self, crowd: int) -> list[Walk]:
        tasks = open_cases(self.database, LOOPING, CASES, ago=timedelta(0))
        return [
            Walk(session.port, session.cookie, form, mine, PER_CASE)
            for session, form, mine in zip(
                self._sessions, self._forms, _dealt(tasks, crowd), strict=False
            )
        ]


def _dealt(tasks: list[str], hands: int) -> list[list[str]]:
    return [tasks[hand::hands] for hand in range(hands)]
