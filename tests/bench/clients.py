"""The clients: one process each, so that what they cost is not counted with the servers."""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Self, TypeAlias

from tests.bench.line import Line, expected, get, post

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from tests.bench.line import Form


@dataclass(frozen=True)
class Walk:
    """Complete task after task: `steps` from each of the tasks `starts`, as redirects lead on."""

    port: int
    cookie: bytes
    form: Form
    starts: Sequence[str]
    steps: int

    def do(self) -> list[float]:
        """Give the seconds of each step."""
        took = []
        with Line(self.port) as line:
            for task in self.starts:
                path = f"/tasks/{task}"
                for _ in range(self.steps):
                    request = post(f"{path}/complete", self.form, self.cookie)
                    began = perf_counter()
                    answer = line.ask(request)
                    took.append(perf_counter() - began)
                    path = expected(answer, 303).location.partition("?")[0]
        return took


@dataclass(frozen=True)
class Look:
    """Ask for one page again and again."""

    port: int
    cookie: bytes
    path: str
    times: int

    def do(self) -> list[float]:
        """Give the seconds of each page."""
        took = []
        request = get(self.path, self.cookie)
        with Line(self.port) as line:
            for _ in range(self.times):
                began = perf_counter()
                answer = line.ask(request)
                took.append(perf_counter() - began)
                expected(answer, 200)
        return took


Work: TypeAlias = Walk | Look


class Clients:
    """Some processes that do what they are told, at the same time."""

    def __init__(self, count: int) -> None:
        """Start them; they wait."""
        context = multiprocessing.get_context("spawn")
        self._ends: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._ends.append(ours)
            self._processes.append(process)
        for end in self._ends:
            end.recv()

    def do(self, works: Sequence[Work]) -> list[float]:
        """Give the seconds of every request, of all clients together."""
        ends = self._ends[: len(works)]
        for end, work in zip(ends, works, strict=True):
            end.send(work)
        took: list[float] = []
        for end in ends:
            result = end.recv()
            if isinstance(result, Exception):
                raise result
            took += result
        return took

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in self._ends:
            end.close()
        for process in self._processes:
            process.join(2)
            process.kill()


def _serve(end: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the bench itself ends us
    end.send(None)
    while True:
        try:
            work: Work = end.recv()
        except EOFError:
            return
        try:
            end.send(work.do())
        except Exception as error:  # noqa: BLE001 - told to the bench, which stops
            end.send(error)
