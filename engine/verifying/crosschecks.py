"""What tasks, deadlines, waits, messages and calls say beside a case's state and its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa

from engine import procedures, spiff
from engine.calendars import chain
from engine.calling import asked
from engine.cases.moving import caller
from engine.errors import Refusal
from engine.history import moment
from engine.incidents.kinds import TIMER
from engine.linking import sealing
from engine.messages.correlation import correlation
from engine.messages.letterchecks import same_letters
from engine.messages.posting import NOBODY
from engine.messages.sealing import is_whole
from engine.spiff import Names
from engine.tables import (
    calls,
    cancelled_tasks,
    case_ties,
    cases,
    incidents,
    messages,
    people,
    signings,
    tasks,
    waits,
)
from engine.verifying import handed, projections
from engine.verifying.retold import retold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from uuid import UUID

    from engine.history.told import Told
    from engine.procedures import Version
    from engine.spiff import Position, Wait
    from engine.verifying.retold import Retold

WAITS: Final = Names("等待的消息与信号", "what is waited for")
CALLS: Final = Names("外部调用", "calls")
MESSAGES: Final = Names("消息", "messages")
CALENDARS: Final = Names("所依据的日历修改", "changes of calendars")
HELD: Final = Names("受阻的标记与未解决的异常", "whether an open incident holds it up")
STATE: Final = Names("案件状态无法读取", "the state cannot be read")

_STATE = sa.select(
    *(cases.c[name] for name in ("id", "state", "version_id", "status", "clock")),
    *(cases.c[name] for name in ("next_due", "due_at", "paused_at", "paused_for", "stuck")),
    *(cases.c[name] for name in ("suspended_at", "suspended_for", "suspended_until", "reckoned")),
).where(cases.c.id == sa.bindparam("case"))
_Found: TypeAlias = "tuple[Version, Position, dict[UUID, str | None]]"
_TRIED = sa.select(sa.func.max(incidents.c.tried_at)).where(
    incidents.c.case_id == sa.bindparam("case"),
    incidents.c.kind == TIMER,
    incidents.c.resolved_at.is_(None),
)
_TASKS = sa.select(tasks).where(tasks.c.case_id == sa.bindparam("case"))
_WAITS = sa.select(waits).where(waits.c.case_id == sa.bindparam("case"))
_SIGNED = (
    sa.select(signings, people.c.name)
    .join(people, people.c.id == signings.c.person_id)
    .where(signings.c.case_id == sa.bindparam("case"))
)
_ENDED = sa.select(cancelled_tasks).where(cancelled_tasks.c.case_id == sa.bindparam("case"))
_CALLS = sa.select(calls).where(
    calls.c.case_id == sa.bindparam("case"), calls.c.status.in_(("waiting", "failed"))
)
_MESSAGES = sa.select(messages).where(
    sa.or_(messages.c.sent_from == sa.bindparam("case"), messages.c.case_id == sa.bindparam("case"))
)


class Crosschecks:
    """Compares one case after the other; what no case has is not asked for each."""

    def __init__(self, conn: sa.Connection, unreadable: Collection[int] = ()) -> None:
        """Look which cases have rows of each kind at all.

        The states of cases of ``unreadable`` versions (by their ids) are not compared.
        """
        self._conn = conn
        self._unreadable = frozenset(unreadable)
        self._revisions = chain.digests(conn)
        self._waiting = self._having(waits.c.case_id)
        self._calling = self._having(calls.c.case_id)
        self._tied = self._having(case_ties.c.case_id) | self._having(case_ties.c.other_id)
        self._failing = self._having(incidents.c.case_id)
        self._signing = self._having(signings.c.case_id)
        self._cancelling = self._having(cancelled_tasks.c.case_id)
        self._writing = self._having(messages.c.sent_from) | self._having(messages.c.case_id)

    def _having(self, column: sa.Column[Any]) -> set[UUID]:
        return set(self._conn.scalars(sa.select(column).where(column.is_not(None)).distinct()))

    def astray(self, case_id: UUID, told: Told) -> tuple[Names, ...]:
        """Return what of a case does not fit its state or its entries."""
        return tuple(dict.fromkeys(self._astray(case_id, told)))

    def _astray(self, case_id: UUID, told: Told) -> Iterator[Names]:
        row = self._conn.execute(_STATE, {"case": case_id}).one()
        if self._is_held_otherwise(row):
            yield HELD
        said = retold(told.bodies)
        if row.version_id not in self._unreadable:
            yield from self._beside_state(row, told, said)
        yield from self._handed(row, said)
        if not same_letters(case_id, self._rows(_MESSAGES, case_id, self._writing), told.letters):
            yield MESSAGES
        yield from sealing.differing(
            self._rows(sealing.OF_CASE, case_id, self._tied), case_id, told
        )
        known = all(map(self._is_revision, told.revised))
        if not known or row.reckoned > max(self._revisions, default=0):
            yield CALENDARS

    def _handed(self, row: sa.Row[Any], said: Retold) -> Iterator[Names]:
        signed = self._rows(_SIGNED, row.id, self._signing)
        yield from handed.signed_otherwise(signed, said)
        ended = self._rows(_ENDED, row.id, self._cancelling)
        if not handed.ended_so(ended, said):
            yield handed.CANCELLED

    def _beside_state(self, row: sa.Row[Any], told: Told, said: Retold) -> Iterator[Names]:
        found = self._position(row)
        if found is None:
            yield STATE
            return
        version, position, around = found
        steps = self._conn.execute(_TASKS, {"case": row.id}).all()
        projected = projections.Projected(version, position, around)
        yield from projections.differing(row, steps, projected)
        yield from projections.unsaid(row, steps, told, version)
        yield from handed.differing(version, steps, said)
        if not _same_waits(self._rows(_WAITS, row.id, self._waiting), position.waits, told):
            yield WAITS
        if not _same_calls(self._rows(_CALLS, row.id, self._calling), position.calls, told):
            yield CALLS

    def _is_revision(self, said: object) -> bool:
        """Whether calendars were changed as an entry says, by the change's digest."""
        known = isinstance(said, dict) and self._revisions.get(said.get("id", 0))
        return isinstance(said, dict) and bool(known) and known == said.get("sha256")

    def _is_held_otherwise(self, row: sa.Row[Any]) -> bool:
        """Whether workers pass a case by though nothing failed in it, or not though it did.

        A case that has moved on since is not held, though its incident may not be closed yet.
        """
        if not row.stuck and row.id not in self._failing:
            return False
        tried = self._conn.scalar(_TRIED, {"case": row.id})
        if row.stuck or tried is None:
            return bool(row.stuck and tried is None)
        return bool(row.next_due is not None and row.next_due <= tried)

    def _position(self, row: sa.Row[Any]) -> _Found | None:
        """Return where a case stands, with the activities around its tasks; None if it is lost."""
        try:
            version = procedures.version(self._conn, row.version_id)
            position = spiff.position(version.compiled, row.state)
            if row.status != "open":
                return version, spiff.Position((), (), ()), {}
            return version, position, {task.id: caller(version, task) for task in position.tasks}
        except (KeyError, LookupError, TypeError, ValueError, Refusal):
            return None

    def _rows(
        self, wanted: sa.Select[Any], case_id: UUID, having: set[UUID]
    ) -> Sequence[sa.Row[Any]]:
        return self._conn.execute(wanted, {"case": case_id}).all() if case_id in having else []


def changed_messages(conn: sa.Connection) -> Iterator[Names]:
    """Return what to say of each message from outside that is not what was sent any more."""
    alone = messages.c.sent_from.is_(None), messages.c.case_id.is_(None)
    for row in conn.execute(sa.select(messages).where(*alone).order_by(messages.c.sent_at)):
        if not is_whole(row):
            yield Names(f"消息 {row.id} 与发出时不符", f"Message {row.id} is not as it was sent")


def _same_waits(rows: Sequence[sa.Row[Any]], waiting: Sequence[Wait], told: Told) -> bool:
    names = ("id", "kind", "name", "keys", "process", "element", "offered")
    kept = {row.id: tuple(getattr(row, name) for name in names) for row in rows}
    drawn = {
        wait.id: (
            *(wait.id, wait.kind, wait.name, dict(wait.keys), wait.process, wait.element),
            list(wait.offered),
        )
        for wait in waiting
    }
    return kept == drawn and all(_is_correlated(row) and _is_since(row, told) for row in rows)


def _is_since(row: sa.Row[Any], told: Told) -> bool:
    """Whether a wait began when the entry that began it says; older entries do not say."""
    said = told.awaited.get(row.id.hex)
    return said is None or bool(row.since == moment(said))


def _same_calls(rows: Sequence[sa.Row[Any]], waiting: Sequence[UUID], told: Told) -> bool:
    """Whether calls are those that the state waits for, as asked and, if need be, as answered."""
    same = {row.id for row in rows} == set(waiting)
    return same and all(
        asked.holds(row, told.calls.get(row.id.hex)) and asked.is_answer(row) for row in rows
    )


def _is_correlated(row: sa.Row[Any]) -> bool:
    """Whether a wait is found by what it waits for, or by nobody if it has no keys."""
    if not row.keys and row.kind == "message":
        return bool(row.correlation == NOBODY)
    return bool(row.correlation == correlation(row.kind, row.name, row.keys))
