"""One tree of processes: the parent starts them, starts a dead one again, and stops them all."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from web.commands.say import complain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

TICK = 0.2
PATIENCE = 20
"""Seconds that children have to finish what they are doing before they are killed."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a dead child is started again, doubled at each death within a minute."""

_PARENT = "BANJIE_PARENT"
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


@dataclass
class Child:
    """One process of the tree, kept alive."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0
    due: float = 0
    pause: float = field(default=SHORTEST_PAUSE)

    def tend(self, now: float) -> None:
        """Start it if its time has come; notice its death. `now` is a monotonic clock's."""
        if self.process is None:
            if now >= self.due:
                self._start(now)
        elif (code := self.process.poll()) is not None:
            self._mourn(code, now)

    def ask_to_stop(self) -> None:
        """Send SIGTERM, on which web and worker finish what they have begun."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for its end until the monotonic deadline, then kill it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            complain(
                f"{self.name} 未按时结束，强制终止。", f"{self.name} did not end in time: killed."
            )
            self.process.kill()
            self.process.wait()

    def _start(self, now: float) -> None:
        # A session of its own: Ctrl-C reaches the parent alone, which stops the children in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            env={**self.environment, _PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.began = now

    def _mourn(self, code: int, now: float) -> None:
        lived = now - self.began
        self.pause = SHORTEST_PAUSE if lived > 2 * LONGEST_PAUSE else self.pause
        complain(
            f"{self.name} 已退出（{code}），{self.pause:g} 秒后重新启动。",
            f"{self.name} has ended ({code}); it is started again in {self.pause:g} s.",
        )
        self.process, self.due = None, now + self.pause
        self.pause = min(2 * self.pause, LONGEST_PAUSE)


def banjie(*arguments: str) -> list[str]:
    """Give the command line that runs one of our own commands under this same Python."""
    return [sys.executable, "-m", "web.cli", *arguments]


def keep_alive(children: Sequence[Child], *, meanwhile: Callable[[], None]) -> None:
    """Run the children until SIGTERM or SIGINT; `meanwhile` is called between looks at them."""
    with stop_signal() as stopping:
        try:
            while not stopping.wait(TICK):
                for child in children:
                    child.tend(time.monotonic())
                meanwhile()
        finally:
            _stop(children)


@contextmanager
def stop_signal() -> Iterator[Event]:
    """Give an event that SIGTERM and SIGINT set, instead of ending the process on the spot."""
    stopping = Event()
    chosen = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in chosen}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def die_with_parent() -> None:
    """End this process by SIGTERM when the parent that tends it, if any, is killed."""
    if parent := os.environ.get(_PARENT):
        end_with(int(parent))


def end_with(parent: int) -> None:
    """End this process by SIGTERM as soon as its parent is dead (on Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)


def _stop(children: Sequence[Child]) -> None:
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        child.wait(deadline)
