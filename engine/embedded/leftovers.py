"""What a power cut or a kill -9 leaves behind: a pid file, and for a moment orphaned backends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from engine.embedded.errors import DatabaseStartError

if TYPE_CHECKING:
    from pathlib import Path


def forget_stale_pid(data: Path, *, patience: float = 30) -> None:
    """Remove a pid file whose pid another program has by now, so that PostgreSQL may start.

    PostgreSQL itself overwrites the file of a pid that is gone, but refuses to start when a
    process of the same user happens to have got that number. Backends that outlive a killed
    postmaster still write to the data: they are waited for, at most `patience` seconds.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    deadline = time.monotonic() + patience
    while serving(data):
        if time.monotonic() > deadline:
            raise DatabaseStartError(
                f"上次的 PostgreSQL 进程仍占用 {data},请结束这些进程后重试。",
                f"Processes of an earlier PostgreSQL still use {data}: end them and try again.",
            )
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def postmaster(data: Path) -> int | None:
    """Give the pid of the PostgreSQL that really serves this folder, or None."""
    try:
        pid = abs(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        process = psutil.Process(pid)
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return pid if _serves(process, data) else None


def serving(data: Path) -> list[int]:
    """Every process of PostgreSQL, a postmaster or an orphan, that works in this folder."""
    return [process.pid for process in psutil.process_iter() if _serves(process, data)]


def _serves(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name().startswith("postgres") and process.cwd() == str(data)
    except psutil.Error:
        return False
