"""The folder of an embedded PostgreSQL: made private, and never a mode changed that we find."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

from engine.embedded.errors import DatabaseStartError

if TYPE_CHECKING:
    from pathlib import Path

    from engine.embedded.account import Account

LONGEST = 90
"""Bytes: the name of a Unix socket ends at 107, `/.s.PGSQL.5432` included."""


def prepare(folder: Path, user: Account) -> Path:
    """Give the folder's real path, made with mode 0700 for this user if it is missing."""
    folder = folder.resolve()
    if len(os.fsencode(folder)) > LONGEST:
        raise DatabaseStartError(
            f"路径过长，Unix 套接字放不下（{LONGEST} 字节以内）：{folder}",
            f"This path is too long for a Unix socket (at most {LONGEST} bytes): {folder}",
        )
    if not folder.exists():
        _make(folder, user)
    _check(folder, user)
    return folder


def _make(folder: Path, user: Account) -> None:
    missing = [parent for parent in folder.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        if user.is_other:
            parent.chmod(0o755)
    fresh = folder.with_name(f".{folder.name}-{uuid4().hex[:8]}")
    fresh.mkdir(mode=0o700)
    if user.is_other:
        os.chown(fresh, user.uid, user.gid)
    try:
        fresh.rename(folder)
    except OSError:
        fresh.rmdir()  # somebody else made the folder meanwhile, and it is in use


def _check(folder: Path, user: Account) -> None:
    if folder.stat().st_mode & 0o077:
        raise DatabaseStartError(
            f"{folder} 对其他用户开放：请执行 chmod 700，或换一个文件夹。",
            f"{folder} is open to other users: chmod 700 it, or choose another folder.",
        )
    if not user.may_write(folder):
        raise DatabaseStartError(
            f"系统用户 {user.name} 无法进入或写入 {folder}：请换到其可进入的位置"
            "（BANJIE_DATA、TMPDIR）。",
            f"The system user {user.name} cannot enter and write {folder}: choose a place that"
            " it can reach (BANJIE_DATA, TMPDIR).",
        )
