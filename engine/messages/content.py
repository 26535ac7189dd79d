"""What a message may carry: the names that those who wait for it are drawn to take."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.control import shown
from engine.payloads import BadPayloadError
from engine.procedures import VersionChangedError
from engine.tables import versions

if TYPE_CHECKING:
    from collections.abc import Collection

_WAITING = (
    sa.select(versions.c.id)
    .where(versions.c.awaits.has_key(sa.bindparam("name", type_=sa.Text)))
    .order_by(versions.c.in_force.desc(), versions.c.id.desc())
)


class StrayContentError(BadPayloadError):
    """A message carries a name that nobody who waits for it takes."""

    code = "stray_content"

    def __init__(self, message: str, stray: str, taken: Collection[str]) -> None:
        close = get_close_matches(stray, taken, n=1)
        known = sorted(taken)
        zh, en = "、".join(known) or "无", ", ".join(known) or "nothing"
        super().__init__(
            f"等待“{shown(message)}”的规程都不接收内容里的“{shown(stray)}”。"
            + (f"是否为“{close[0]}”？" if close else f"可以带：{zh}。请改正后再发。"),
            f"No procedure that waits for “{shown(message)}” takes “{shown(stray)}” from it. "
            + (f"Did you mean “{close[0]}”?" if close else f"It may carry: {en}. Correct it."),
        )


def check_content(
    conn: sa.Connection, name: str, keys: Collection[str], content: Collection[str]
) -> None:
    """Refuse what a message carries if no version that waits for the name is drawn to take it.

    Nothing is known of one that no version waits for, nor where the files of one were changed.
    Versions in force are asked first; those before only where these take less, for open cases go on
    under them. Raises StrayContentError.
    """
    left, taken = [each for each in content if each not in keys], set[str]()
    waiting = conn.scalars(_WAITING, {"name": name}).all() if left else ()
    for key in waiting:
        try:
            taken |= procedures.version(conn, key).compiled.takes.get(name, frozenset())
        except VersionChangedError:
            return
        if taken.issuperset(left):
            return
    if waiting:
        raise StrayContentError(name, next(each for each in left if each not in taken), taken)
