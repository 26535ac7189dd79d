"""Which system user the embedded PostgreSQL runs as: PostgreSQL refuses to be root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from engine.embedded.errors import DatabaseStartError

NAME = "banjie"
"""The system user that root makes, and in every cluster the owner of the databases."""

HOME = Path("/var/lib/banjie")
"""Where root keeps the binaries and, unless told otherwise, the data."""

_SYSTEM_USER = ["--system", "--user-group", "--no-create-home"]
_SYSTEM_USER += ["--home-dir", str(HOME), "--shell", "/usr/sbin/nologin"]
_EXISTS = 9
"""What useradd answers when somebody else has just made the same user."""

_CLEAN = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """A system user as whom the programs of PostgreSQL are run."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether this is somebody else than who runs this program."""
        return self.uid != os.geteuid()

    def run(self, *command: str | Path, told: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program as this user, from `/` and in an environment that knows no locale."""
        return subprocess.run(  # noqa: S603 - our own binaries, no shell
            command,
            cwd="/",
            env=_CLEAN,
            input=told,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            user=self.uid if self.is_other else None,
            group=self.gid if self.is_other else None,
            extra_groups=() if self.is_other else None,
        )

    def write(self, path: Path, text: str) -> None:
        """Write a file as this user: root must not follow a link that lies in its folder."""
        done = self.run("tee", path, told=text)
        if done.returncode != 0:
            raise DatabaseStartError(
                f"无法写入 {path}：{done.stderr.strip()}",
                f"{path} cannot be written: {done.stderr.strip()}",
            )

    def may_write(self, folder: Path) -> bool:
        """Whether this user reaches the folder and may make files in it."""
        return self.run("test", "-w", folder, "-a", "-x", folder).returncode == 0


def account() -> Account:
    """Whoever runs this program; for root the system user `banjie`, made if it is missing."""
    if os.geteuid() != 0:
        return _known(pwd.getpwuid(os.geteuid()))
    try:
        return _known(pwd.getpwnam(NAME))
    except KeyError:
        _create()
        return _known(pwd.getpwnam(NAME))


def _known(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd is None:
        raise DatabaseStartError(
            f"没有 useradd 命令，无法建立系统用户 {NAME}：请先手工建立该用户。",
            f"There is no useradd to make the system user {NAME}: create that user by hand first.",
        )
    made = subprocess.run(  # noqa: S603 - a fixed command
        [useradd, *_SYSTEM_USER, NAME],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode not in {0, _EXISTS}:
        raise DatabaseStartError(
            f"无法建立系统用户 {NAME}：{made.stderr.strip()}",
            f"The system user {NAME} cannot be made: {made.stderr.strip()}",
        )
