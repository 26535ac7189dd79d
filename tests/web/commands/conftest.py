"""Typing commands."""

from __future__ import annotations

import os
import pwd
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from web.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

HERE = f"命令行 · {pwd.getpwuid(os.getuid()).pw_name}"
"""What somebody is called who names nobody by --as."""

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; gives its exit code, what it said and what it complained of."""

    def run(*words: str, **environment: str) -> tuple[int, str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["banjie", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return (code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


@pytest.fixture
def url(database: Engine) -> str:
    return database.url.render_as_string(hide_password=False)
