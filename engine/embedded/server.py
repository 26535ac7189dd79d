"""Who started the embedded PostgreSQL stops it; whoever finds it running shares it."""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING, Self

import platformdirs

from engine.embedded.account import HOME, Account, account
from engine.embedded.binaries import binaries
from engine.embedded.cluster import Cluster
from engine.embedded.errors import DatabaseStartError
from engine.embedded.folder import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

LOCK_FILE = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW


class Server:
    """A running embedded PostgreSQL, owned by whoever holds the lock file of its folder.

    The lock is the operating system's, so it is free again however its holder ended. A server
    whose owner was killed is adopted by the next who starts it.
    """

    def __init__(self, cluster: Cluster) -> None:
        """Start the cluster, or share the one that runs."""
        self.url = cluster.url
        self.folder = cluster.folder
        self._cluster = cluster
        self._lock = os.open(cluster.folder / "lock", LOCK_FILE, 0o600)
        self._owned = False
        try:
            self._start_or_share()
            if self._owned:
                cluster.ensure_database()
        except BaseException:
            os.close(self._lock)
            raise

    @property
    def is_shared(self) -> bool:
        """Whether somebody else started it and will stop it."""
        return not self._owned

    def keep(self) -> None:
        """Start it again if it died, adopt it if its owner is gone; cheap when all is well."""
        if (self._owned or self._take()) and not self._cluster.is_alive():
            self._cluster.start()

    def close(self) -> None:
        """Stop PostgreSQL if we started it; leave it alone if it is shared."""
        try:
            if self._owned:
                self._cluster.stop()
        finally:
            self._owned = False
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start_or_share(self, patience: float = 120) -> None:
        deadline = time.monotonic() + patience
        while True:
            self.keep()
            if self._cluster.is_ready():
                return
            if time.monotonic() > deadline:
                raise DatabaseStartError(
                    f"另一进程占用 {self.folder}，但其数据库 {patience:.0f} 秒内未就绪。",
                    f"Another process holds {self.folder}, but its database was not ready"
                    f" within {patience:.0f} s.",
                )
            time.sleep(0.1)

    def _take(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._owned = True
        return True


def start(folder: Path | None = None) -> Server:
    """Start the embedded PostgreSQL of this folder, or share it if it runs already.

    Without a folder: /var/lib/banjie/postgresql as root, else the platform's user data folder.
    The process should turn SIGTERM into an exception, so that `close` is reached.
    """
    user = account()
    return Server(cluster_in(user, folder or _usual_folder(user), {}))


def cluster_in(user: Account, folder: Path, settings: Mapping[str, str]) -> Cluster:
    """Give the cluster of a folder, the folder and the programs made ready for this user."""
    return Cluster(prepare(folder, user), binaries(user), user, settings)


def _usual_folder(user: Account) -> Path:
    home = HOME if user.is_other else platformdirs.user_data_path("banjie")
    return home / "postgresql"
