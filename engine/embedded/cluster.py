"""One folder with a PostgreSQL in it: made, started and stopped by PostgreSQL's own programs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from engine.embedded.account import NAME, Account
from engine.embedded.errors import DatabaseStartError
from engine.embedded.leftovers import forget_stale_pids, postmaster

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


SMALL_MACHINE = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "max_wal_size": "512MB",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_checkpoints": "off",
}

_INITDB = ["--auth=peer", "--encoding=UTF8", "--locale=C"]
_INITDB += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
_DATABASES = "select datname from pg_database"


@dataclass(frozen=True)
class Cluster:
    """Data, socket and lock file in one folder that only its account may enter."""

    folder: Path
    programs: Path
    user: Account
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The folder of PostgreSQL itself."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The address of the database `banjie`, by Unix socket."""
        return f"postgresql+psycopg://{NAME}@/{NAME}?host={quote(str(self.folder), safe='')}"

    def is_alive(self) -> bool:
        """Whether a postmaster of this folder lives, be it still starting."""
        return postmaster(self.data) is not None

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        asked = ("-q", "-h", self.folder, "-U", NAME, "-d", "postgres")
        return self.user.run(self.programs / "pg_isready", *asked).returncode == 0

    def start(self) -> None:
        """Make the cluster if there is none, start it, and wait until it takes connections."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        forget_stale_pids(self.folder)
        self._configure()
        log = self.folder / "start.log"
        log.unlink(missing_ok=True)
        self._must("pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "120", "start")

    def ensure_database(self) -> None:
        """Make the database `banjie` if a first start has not got that far."""
        here = ("-h", self.folder, "-U", NAME)
        names = self._must("psql", *here, "-d", "postgres", "-Atc", _DATABASES).splitlines()
        if NAME not in names:
            self._must("createdb", *here, NAME)

    def stop(self) -> None:
        """Stop it at once, without waiting for clients; nothing happens if it is not running."""
        if self.is_alive():
            self._must("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "120", "stop")

    def _create(self) -> None:
        half_made = self.folder / "new"
        if half_made.exists():
            shutil.rmtree(half_made)
        self._must("initdb", "-D", half_made, "-U", NAME, *_INITDB)
        self.user.write(half_made / "own.conf", "# Settings of your own: they win and last.\n")
        half_made.rename(self.data)

    def _configure(self) -> None:
        """Write the settings anew at every start; own ones go to own.conf, which wins."""
        lines = {
            **SMALL_MACHINE,
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.folder}"',
            "unix_socket_permissions": "0700",
            "log_directory": str(self.folder / "log"),
            **self.settings,
        }
        conf = "".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items())
        people = dict.fromkeys([self.user.name, "root"])
        texts = {
            "postgresql.conf": conf + "include_if_exists = 'own.conf'\n",
            "pg_hba.conf": "local all all peer map=banjie\n",
            "pg_ident.conf": "".join(f'banjie "{who}" {NAME}\n' for who in people),
        }
        for name, text in texts.items():
            self.user.write(self.data / name, text)

    def _must(self, program: str, *arguments: str | Path) -> str:
        done = self.user.run(self.programs / program, *arguments)
        if done.returncode != 0:
            said = "\n".join([done.stdout.strip(), done.stderr.strip(), *self._logged()])
            raise DatabaseStartError(
                f"{program} 失败（{self.folder}）：\n{said}",
                f"{program} failed ({self.folder}):\n{said}",
            )
        return done.stdout.strip()

    def _logged(self) -> list[str]:
        """Give the last lines of PostgreSQL's newest log, which tell why it did not start."""
        logs = [*self.folder.glob("start.log"), *self.folder.glob("log/*.log")]
        newest = max(logs, key=lambda log: log.stat().st_mtime, default=None)
        lines = newest.read_text(encoding="utf-8", errors="replace") if newest else ""
        return lines.splitlines()[-5:]


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
