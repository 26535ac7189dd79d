"""Verifying everything: each case against its chain, and each series of numbers.

Read case by case, so that memory does not grow with their number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import attachments
from engine.attachments import AttachmentChangedError
from engine.cases import facts, numbers
from engine.errors import NotFoundError
from engine.history import follow
from engine.tables import cases, counters, entries, versions
from engine.verifying import doubts
from engine.verifying.crosschecks import Crosschecks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from uuid import UUID

    from engine.attachments import Attachment
    from engine.spiff import Names
    from engine.verifying.doubts import Doubts

_STREAMED = {"stream_results": True, "max_row_buffer": 200}
_KEPT = (
    *(cases.c[name] for name in ("id", "head", "entries", "version_id")),
    *(cases.c[name] for name in facts.NAMES if name != "version"),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """One case: what does not verify, and the names of files whose content was changed.

    ``astray`` names what beside it does not fit its state or its entries.
    """

    id: UUID
    code: str
    number: str | None
    entries: int
    head: bytes
    doubts: Doubts
    changed: tuple[str, ...]
    astray: tuple[Names, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not (self.doubts or self.changed or self.astray)


@dataclass(slots=True)
class Seal:
    """One digest over the heads of all chains, to be filed elsewhere.

    First those of the cases, in the order of their ids, then those that no case has.
    """

    cases: int = 0
    entries: int = 0
    _whole: Any = field(default_factory=sha256)

    def add(self, case: Checked) -> None:
        """Take in one case: id, number of entries in eight bytes, head."""
        self.cases += 1
        self.entries += case.entries
        self._whole.update(case.id.bytes + case.entries.to_bytes(8, "big") + case.head)

    def add_chain(self, count: int, head: bytes) -> None:
        """Take in a chain that no case has: number of entries in eight bytes, head."""
        self._whole.update(count.to_bytes(8, "big") + head)

    @property
    def digest(self) -> str:
        """The digest so far, in hex."""
        text: str = self._whole.hexdigest()
        return text


def check(
    conn: sa.Connection, code: str | None = None, unreadable: Collection[int] = ()
) -> Iterator[Checked]:
    """Check every case, or the one with this code or number. Raises NotFoundError for none.

    Cases of ``unreadable`` versions (by their ids) are compared with their entries only: their
    states cannot be read, for which engine.verifying.damages names the cause.
    """
    published = {row.id: row.digest for row in conn.execute(sa.select(versions))}
    wanted = sa.select(*_KEPT).order_by(cases.c.id)
    if code is not None:
        wanted = wanted.where(sa.or_(cases.c.code == code, cases.c.number == code))
    found, crosschecks = False, Crosschecks(conn, unreadable)
    with conn.execute(wanted, execution_options=_STREAMED) as rows:
        for row in rows:
            found = True
            yield _checked(conn, row, crosschecks, published[row.version_id])
    if code is not None and not found:
        raise NotFoundError(f"没有案件“{code}”。", f"There is no case “{code}”.")


def _checked(
    conn: sa.Connection, row: sa.Row[Any], crosschecks: Crosschecks, version: bytes
) -> Checked:
    files = attachments.of_case(conn, row.id)
    ordered = sa.select(entries).where(entries.c.case_id == row.id).order_by(entries.c.seq)
    told = follow(conn.execute(ordered))
    found = doubts.doubts(row, told, files, version=version)
    changed = tuple(file.name for file in files if not _is_whole(conn, file))
    astray = crosschecks.astray(row.id, told)
    return Checked(row.id, row.code, row.number, row.entries, row.head, found, changed, astray)


def _is_whole(conn: sa.Connection, file: Attachment) -> bool:
    try:
        return sum(map(len, attachments.chunks(conn, file.sha256))) == file.size
    except AttachmentChangedError:
        return False


def missing_numbers(conn: sa.Connection) -> Iterator[tuple[str, int, int]]:
    """Return (series, first, last) of each run of numbers that the counters gave and no case has.

    A case with a number that its counter has not given yet counts as a run too, backwards:
    ``last`` is then the counter, and ``first`` the number.
    """
    for series, value in conn.execute(sa.select(counters).order_by(counters.c.series)):
        expected = 1
        for seq in _given(conn, series):
            if seq > value:
                yield series, seq, value
            elif seq > expected:
                yield series, expected, seq - 1
            expected = max(expected, seq + 1)
        if expected <= value:
            yield series, expected, value


def _given(conn: sa.Connection, series: str) -> Iterator[int]:
    beginning = series.partition("#")[0]
    mine = sa.select(cases.c.number).where(cases.c.number.startswith(beginning, autoescape=True))
    ordered = mine.order_by(sa.func.length(cases.c.number), cases.c.number)
    with conn.execute(ordered, execution_options=_STREAMED) as rows:
        for number in rows.scalars():
            seq = numbers.seq_of(series, number or "")
            if seq is not None:
                yield seq
