"""Servers that come and go with a test run or a bench."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from typing_extensions import override

from engine.embedded.account import Account, account
from engine.embedded.errors import DatabaseStartError
from engine.embedded.server import LOCK_FILE, Server, cluster_in

if TYPE_CHECKING:
    from collections.abc import Mapping

THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "logging_collector": "off",
    "shared_buffers": "64MB",
}

_PREFIX = "banjie-passing-"
_NEWBORN = 60
"""Seconds in which a folder may lie unlocked because its maker has not got that far."""


class ThrowAway(Server):
    """A server for tests and benches: its folder goes with it."""

    @override
    def close(self) -> None:
        """Stop PostgreSQL and remove its data."""
        super().close()
        shutil.rmtree(self.folder)


def throw_away(settings: Mapping[str, str] | None = None) -> ThrowAway:
    """Start a new PostgreSQL in a temporary folder: quick, not durable, removed at its end.

    A bench that wants to know what durable commits cost overrides the settings. What an earlier
    run left behind because it was killed is removed first.
    """
    user = account()
    _sweep(user)
    folder = Path(tempfile.gettempdir()) / f"{_PREFIX}{uuid4().hex[:12]}"
    return ThrowAway(cluster_in(user, folder, {**THROW_AWAY, **(settings or {})}))


def _sweep(user: Account) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Somebody may hold it, or remove it at this very moment.
        with suppress(OSError, DatabaseStartError):
            found = folder.stat()
            if found.st_uid == user.uid and time.time() - found.st_mtime > _NEWBORN:
                _remove(folder, user)


def _remove(folder: Path, user: Account) -> None:
    lock = os.open(folder / "lock", LOCK_FILE, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cluster_in(user, folder, {}).stop()
        shutil.rmtree(folder)
    finally:
        os.close(lock)
