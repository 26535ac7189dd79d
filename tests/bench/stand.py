"""The processes under measurement: started as an installation starts them, ended with the bench."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.bench.company import address
from web.commands.ports import answers, next_free
from web.processes import banjie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

PATIENCE = 30
"""Seconds until a server has to answer, and seconds that it has to end."""

_FIRST_PORT = 21_000


class Web(subprocess.Popen[bytes]):
    """A gunicorn with its processes; `port` is on loopback."""

    port: int


@contextmanager
def inbox(engine: sa.Engine, *, processes: int = 2) -> Iterator[Web]:
    """Serve Banjie as `banjie web` does."""
    port = next_free(_FIRST_PORT)
    with _serving(banjie("web", "--port", str(port)), engine, port, processes) as web:
        yield web


@contextmanager
def floor(engine: sa.Engine) -> Iterator[Web]:
    """Serve floor A."""
    port = next_free(_FIRST_PORT)
    command = [sys.executable, "-m", "tests.bench.floor", address(engine), str(port)]
    with _serving(command, engine, port, 2) as web:
        yield web


@contextmanager
def worker(engine: sa.Engine) -> Iterator[subprocess.Popen[bytes]]:
    """Run `banjie worker`."""
    with subprocess.Popen(banjie("worker"), env=_environment(engine, 1)) as process:
        try:
            yield process
        finally:
            _end(process)


@contextmanager
def _serving(command: Sequence[str], engine: sa.Engine, port: int, processes: int) -> Iterator[Web]:
    with Web(command, env=_environment(engine, processes)) as web:
        web.port = port
        try:
            _wait(web)
            yield web
        finally:
            _end(web)


def _environment(engine: sa.Engine, processes: int) -> dict[str, str]:
    ours = {
        "DATABASE_URL": address(engine),
        "BANJIE_PROCESSES": str(processes),
        "BANJIE_PARENT": str(os.getpid()),
        "BANJIE_URL": "",
    }
    return {**os.environ, **ours}


def _wait(web: Web) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers(web.port):
        if web.poll() is not None or time.monotonic() > deadline:
            message = f"{web.args!r} does not serve"
            raise RuntimeError(message)
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
