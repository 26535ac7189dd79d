"""Web and worker as real processes, killed without warning and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

import psutil

from web.commands.ports import LOOPBACK, answers
from web.processes import banjie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from sqlalchemy import Engine

PATIENCE = 20
"""Seconds within which web must answer again after it was started."""


def environment(database: Engine, **settings: str) -> dict[str, str]:
    """Give the environment of a process that works on a database, with these settings only."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("BANJIE_")},
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        **settings,
    }


@contextmanager
def worker(database: Engine, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Give one `banjie worker`, which is killed in the end if it is not dead yet."""
    process = subprocess.Popen(banjie("worker"), env=environment(database, **settings))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Servers:
    """One `banjie web` of two processes and some `banjie worker` on a database."""

    def __init__(self, database: Engine, *, workers: int = 1) -> None:
        """Start web on a free port, and the workers."""
        with socket.socket() as trial:
            trial.bind((LOOPBACK, 0))
            self.port: int = trial.getsockname()[1]
        self._environment = environment(database, BANJIE_PROCESSES="2")
        self._started: list[subprocess.Popen[bytes]] = []
        self._web = self._start_web()
        self._workers = [self._start("worker") for _ in range(workers)]

    def __enter__(self) -> Self:
        """Wait until pages are answered."""
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        """Kill all that was started, with what web has forked."""
        for process in self._started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def tend(self) -> None:
        """Start again what is dead."""
        if self._web.poll() is not None:
            self._web = self._start_web()
        for place, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._workers[place] = self._start("worker")

    def wait(self) -> None:
        """Wait until web has its port and its processes; start it again if it could not have it."""
        deadline = time.monotonic() + PATIENCE
        while not (self._forked() and answers(self.port)):
            assert time.monotonic() < deadline, "web does not come back"
            time.sleep(0.05)
            self.tend()

    def _forked(self) -> list[psutil.Process]:
        """Give the processes of the present web; one that was killed leaves its own behind."""
        try:
            return psutil.Process(self._web.pid).children()
        except psutil.NoSuchProcess:
            return []

    def _start_web(self) -> subprocess.Popen[bytes]:
        return self._start("web", "--port", str(self.port))

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            banjie(*arguments), env=self._environment, start_new_session=True
        )
        self._started.append(process)
        return process

    def kill_a_web_process(self, chance: Random) -> None:
        """Kill one of the processes that answer requests."""
        if forked := self._forked():
            with suppress(psutil.NoSuchProcess):
                chance.choice(forked).kill()

    def kill_the_web_master(self, _chance: Random) -> None:
        """Kill the process that holds the port; those that it forked find out by themselves."""
        self._web.kill()
        self._web.wait()

    def kill_the_whole_web(self, _chance: Random) -> None:
        """Kill the master and what it forked at once."""
        os.killpg(self._web.pid, signal.SIGKILL)
        self._web.wait()

    def kill_a_worker(self, chance: Random) -> None:
        """Kill one of the workers."""
        worker = chance.choice(self._workers)
        worker.kill()
        worker.wait()

    def kill_everything(self, chance: Random) -> None:
        """Kill web and one worker at once."""
        self.kill_a_worker(chance)
        self.kill_the_whole_web(chance)
