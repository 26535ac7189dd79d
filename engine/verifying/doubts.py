"""What about a case does not fit what its chained entries say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.attachments.enclosing import said
from engine.cases.facts import NAMES, differing
from engine.history import broken_at, follow, is_sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    import sqlalchemy as sa

    from engine.attachments import Attachment
    from engine.history.told import Told
    from engine.spiff import Names


@dataclass(frozen=True, slots=True)
class Doubts:
    """What does not verify; all empty when everything does.

    ``broken_at`` is the first entry that does not hold, ``differing`` names the case's facts that
    are not what the entries say (keys of facts.NAMES), ``altered`` are attachments that are not
    what was sent, ``lost`` the names of those that are no longer there.
    """

    broken_at: int | None
    differing: tuple[str, ...]
    altered: frozenset[UUID]
    lost: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.broken_at is not None or bool(self.differing or self.altered or self.lost)

    @property
    def differing_names(self) -> tuple[Names, ...]:
        """The differing facts as people call them."""
        return tuple(NAMES[name] for name in self.differing)


def doubts(row: sa.Row[Any], told: Told, files: Iterable[Attachment], *, version: bytes) -> Doubts:
    """Compare a case's row and attachments with what its entries say.

    ``version`` is the digest of the version that the row refers to.
    """
    kept = {file.id.hex: file for file in files}
    altered = {file.id for key, file in kept.items() if told.files.get(key) != said(file)}
    lost = tuple(str(file[1]) for key, file in told.files.items() if key not in kept)
    return Doubts(
        broken_at(told, row),
        differing(row, told.facts, version=version),
        frozenset(altered),
        lost,
    )


def trusted(rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """Return the entries that can be laid out: where the chain breaks, only those before it."""
    told = follow(rows)
    if told.broken is None:
        return list(rows)
    return [row for row in rows[: told.broken - 1] if is_sound(row)]
