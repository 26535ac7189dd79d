"""When a group of signatures is complete: one pure rule for all modes, before and after.

Before the answers signatures are opinions, and an answer of either kind counts; after them they
are consents. ``all``: everybody; ``order``: everybody, one after the other; ``any``: the first
one; ``ratio``: so many percent of the group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine.cases.storing import keys_of
from engine.tables import signings

if TYPE_CHECKING:
    from collections.abc import Sequence

BEFORE: Final = "before"
AFTER: Final = "after"
OPEN: Final = frozenset({"asked", "waiting"})


def verdict(place: str, mode: str, ratio: int | None, statuses: Sequence[str]) -> str | None:
    """Return ``agreed`` or ``refused`` once a group is complete, None while it is open.

    ``statuses`` are those of everybody asked, the removed ones left out. A group of nobody is
    agreed before the answers, for nothing is waited for, and refused after them.
    """
    agreed, refused = statuses.count("agreed"), statuses.count("refused")
    left = len(statuses) - agreed - refused
    if place == BEFORE:
        return "agreed" if _answered(mode, ratio, agreed + refused, left) else None
    if not statuses:
        return "refused"
    if _answered(mode, ratio, agreed, left + refused):
        return "agreed"
    return None if _answered(mode, ratio, agreed + left, refused) else "refused"


def _answered(mode: str, ratio: int | None, given: int, lacking: int) -> bool:
    """Whether so many signatures are enough while so many others lack."""
    if mode == "any":
        return given > 0 or lacking == 0
    if mode == "ratio":
        return given * 100 >= (ratio or 100) * (given + lacking)
    return lacking == 0


def voids(name: str, count: int) -> sa.Update:
    """Compose how the signatures go that so many closed tasks waited for."""
    waiting = signings.c.status.in_([sa.literal_column(f"'{status}'") for status in sorted(OPEN)])
    void: dict[str, object] = {
        "status": sa.literal_column("'void'"),
        "settled_at": sa.bindparam(f"{name}0_at"),
    }
    theirs = signings.c.task_id.in_(keys_of(name, count))
    return sa.update(signings).where(theirs, waiting).values(void)
