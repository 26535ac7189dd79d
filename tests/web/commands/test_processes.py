"""The tree of processes: the dead come back, later each time, and all end with the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from web import processes
from web.processes import Child, keep_alive

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENT = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
PARENT = """
import os, sys
from web.processes import Child, keep_alive
leash = "from web.processes import die_with_parent; die_with_parent(); import time; "
leash += "print(os.getpid(), flush=True); time.sleep(600)"
child = Child("child", [sys.executable, "-c", "import os; " + leash], dict(os.environ))
keep_alive([child], meanwhile=lambda: None)
"""
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")


def _child(script: str) -> Child:
    return Child("child", [sys.executable, "-c", script], dict(os.environ))


def _until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def _ignores(pid: int, number: signal.Signals) -> bool:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    ignored = next(line.split()[1] for line in lines if line.startswith("SigIgn"))
    return bool(int(ignored, 16) >> (number - 1) & 1)


def _live_and_die(child: Child, now: float) -> None:
    child.tend(now)
    assert child.process is not None
    child.process.wait(10)
    child.tend(now + 1)


def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_dead_child_is_started_again_after_a_pause_that_doubles() -> None:
    child = _child("pass")
    pauses = []
    now = 0.0
    for _ in range(4):
        _live_and_die(child, now)
        pauses.append(child.due - (now + 1))
        child.tend(child.due - 0.01)
        assert child.process is None
        now = child.due
    assert pauses == [0.5, 1, 2, 4]


def test_a_child_that_lived_long_comes_back_at_once() -> None:
    child = _child("pass")
    child.pause = 30
    child.tend(0)
    assert child.process is not None
    child.process.wait(10)
    child.tend(61)
    assert child.due - 61 == 0.5


def test_it_runs_until_a_signal_and_then_stops_every_child() -> None:
    children = [_child(PATIENT), _child(PATIENT)]
    looks = []

    def meanwhile() -> None:
        looks.append([child.process for child in children])
        if len(looks) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    keep_alive(children, meanwhile=meanwhile)

    assert len(looks) == 3
    assert [child.process.poll() for child in children if child.process] == [-15, -15]


@on_linux
def test_a_child_that_does_not_listen_is_killed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.2)
    child = _child(STUBBORN)
    child.tend(0)
    process = child.process
    assert process is not None
    _until(lambda: _ignores(process.pid, signal.SIGTERM))
    child.ask_to_stop()
    child.wait(time.monotonic())
    assert process.returncode == -signal.SIGKILL
    said = capsys.readouterr().err
    assert "强制终止" in said
    assert "killed" in said


@on_linux
def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not _is_gone(child)
    parent.kill()
    parent.communicate()
    _until(lambda: _is_gone(child))
