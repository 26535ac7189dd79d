"""What a power cut or a kill -9 leaves behind: a pid file, and for a moment orphaned backends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from engine.embedded.errors import DatabaseStartError

if TYPE_CHECKING:
    from pathlib import Path


SOCKET = ".s.PGSQL.5432"


def forget_stale_pids(folder: Path, *, patience: float = 30) -> None:
    """Remove the lock files of a PostgreSQL that is gone, so that the next one may start.

    PostgreSQL overwrites files that name nobody, but refuses to start when the pid belongs to a
    process of the same user, be it another program by now or a zombie that nobody reaps.
    Backends that outlive a killed postmaster still write to the data: they are waited for, at
    most `patience` seconds.
    """
    lock_files = [folder / "data" / "postmaster.pid", folder / f"{SOCKET}.lock"]
    if not any(path.exists() for path in lock_files):
        return
    deadline = time.monotonic() + patience
    while serving(folder / "data"):
        if time.monotonic() > deadline:
            raise DatabaseStartError(
                f"上次的 PostgreSQL 进程仍占用 {folder}，请结束这些进程后重试。",
                f"Processes of an earlier PostgreSQL still use {folder}: end them and try again.",
            )
        time.sleep(0.1)
    for path in lock_files:
        path.unlink(missing_ok=True)


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
