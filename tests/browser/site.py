"""The program as people reach it: `banjie web` and `banjie worker`, on a free loopback port."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.commands.ports import LOOPBACK, answers
from web.processes import banjie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL, Engine

PATIENCE = 60
"""Seconds until a server has to answer, and seconds that a process has to end."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running program and the database it works on; the test may write there too."""

    address: str
    engine: Engine


@contextmanager
def serve(engine: Engine, log: Path) -> Iterator[Site]:
    """Serve pages from one process until the block ends; what it says goes to ``log``."""
    port = _free_port()
    with _running(["web", "--port", str(port)], engine.url, log) as web:
        deadline = time.monotonic() + PATIENCE
        while not answers(port):
            assert web.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        yield Site(f"http://{LOOPBACK}:{port}", engine)


@contextmanager
def wake(engine: Engine, log: Path) -> Iterator[None]:
    """Let a worker wake due cases until the block ends."""
    with _running(["worker"], engine.url, log):
        yield


@contextmanager
def _running(arguments: list[str], database: URL, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "DATABASE_URL": database.render_as_string(hide_password=False),
        "BANJIE_PROCESSES": "1",
        "BANJIE_PARENT": str(os.getpid()),
        "BANJIE_URL": "",
    }
    with log.open("ab") as said:
        process = subprocess.Popen(
            banjie(*arguments), env=environment, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind((LOOPBACK, 0))
        port: int = trial.getsockname()[1]
        return port
