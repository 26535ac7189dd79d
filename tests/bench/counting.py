"""What processes cost, as the operating system counts it: CPU seconds and shared-out memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil

if TYPE_CHECKING:
    from engine.embedded import Server


class Spent(NamedTuple):
    """CPU seconds of web processes and PostgreSQL, and instructions of both, 0 if unknown."""

    web: float
    database: float
    instructions: float = 0

    def since(self, before: Spent) -> Spent:
        """Give what was spent between two readings."""
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))

    @property
    def both(self) -> float:
        """Web and PostgreSQL together, which is what the budgets speak of."""
        return self.web + self.database


def cpu(root: int) -> float:
    """Give the CPU seconds of a process and all below it, those that have ended included."""
    process = psutil.Process(root)
    spent = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue  # its parent has counted it among its ended children
        spent += times.user + times.system + times.children_user + times.children_system
    return spent


def family(root: int) -> list[int]:
    """Give the processes below one: gunicorn's, which answer the requests."""
    return sorted(child.pid for child in psutil.Process(root).children(recursive=True))


def postmaster(server: Server) -> int:
    """Give the process id of a running server's first process."""
    return int((server.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def pss(pid: int) -> float:
    """Give a process's proportional set size in MB (of 1024 x 1024 bytes)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    message = f"no Pss of process {pid}"
    raise LookupError(message)
