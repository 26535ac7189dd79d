"""The kinds of work that can fail: what they are called, and when nothing of one is left to do.

engine.incidents.retrying says how each is done again. Who adds a kind adds it there and here, and
records its failures by ``incidents.record``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine.spiff import Names
from engine.tables import calls, cases, duties, incidents, messages, tasks, versions, waits

if TYPE_CHECKING:
    from collections.abc import Mapping

STEP: Final = "step"
START: Final = "start"
TIMER: Final = "timer"
DUTY: Final = "duty"
EVENT: Final = "event"
CALL: Final = "call"
MESSAGE: Final = "message"
VERSION: Final = "version"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work that can fail.

    ``waits`` is a condition on a row of ``incidents``: it is still to be done, so that the incident
    is no longer one once somebody has done it. ``may_close``: nothing is held up by it, so that an
    operator may leave it undone.
    """

    names: Names
    waits: sa.ColumnElement[bool]
    may_close: bool = False


def _there(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(*conditions).correlate_except(table)


KINDS: Final[Mapping[str, Kind]] = {
    STEP: Kind(
        Names("办理步骤", "Step"), _there(tasks, tasks.c.id == incidents.c.task_id), may_close=True
    ),
    START: Kind(
        Names("立案", "Opening a case"),
        sa.not_(_there(cases, cases.c.id == incidents.c.subject)),
        may_close=True,
    ),
    TIMER: Kind(
        Names("到期处理", "Deadline"),
        _there(cases, cases.c.id == incidents.c.case_id, cases.c.stuck),
    ),
    DUTY: Kind(
        Names("定期任务", "Duty"),
        _there(duties, duties.c.procedure == incidents.c.procedure, duties.c.stuck),
    ),
    EVENT: Kind(
        Names("发起事件", "Event"),
        _there(waits, waits.c.id == incidents.c.subject),
        may_close=True,
    ),
    CALL: Kind(
        Names("调用外部", "Call"),
        _there(calls, calls.c.id == incidents.c.subject, calls.c.status == "failed"),
    ),
    MESSAGE: Kind(
        Names("收取消息", "Message"),
        _there(messages, messages.c.id == incidents.c.subject, messages.c.status == "stuck"),
    ),
    VERSION: Kind(
        Names("版本生效", "Version"),
        sa.and_(
            _there(
                versions,
                versions.c.procedure == incidents.c.procedure,
                versions.c.withdrawn_at == incidents.c.at,
            ),
            sa.not_(
                _there(
                    versions,
                    versions.c.procedure == incidents.c.procedure,
                    versions.c.published_at > incidents.c.at,
                )
            ),
        ),
        may_close=True,
    ),
}


def is_over() -> sa.ColumnElement[bool]:
    """Return the condition on a row of ``incidents`` that nothing is left to do."""
    kinds = KINDS.items()
    return sa.or_(*(sa.and_(incidents.c.kind == name, sa.not_(kind.waits)) for name, kind in kinds))
