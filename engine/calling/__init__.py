"""Calls: what service tasks have asked a connector for, taken by a worker after the commit.

A call is leased in one transaction, run outside of any, and its outcome settled in another: when a
worker dies in between, the next one does it again with the same key once the lease is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson
import sqlalchemy as sa

from engine.calling import asked
from engine.connectors import REGISTRY, Asked, DeclaredError, RefusedCallError
from engine.tables import calls, cases

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.connectors import Outside

LEASE: Final = timedelta(minutes=5)
"""How long a worker may take over one call; connectors give up long before."""

PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""Between two tries of one call."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is leased; ``tries`` counts this one. ``result`` is known if it has answered.

    One that ``is_changed`` is not what its case's history says was asked; what it says is left out.
    Of one that ``is_rewritten`` the answer that was kept is not what was answered; it is left out.
    """

    id: UUID
    case_id: UUID
    process: str
    element: str
    operator: str
    parameters: Mapping[str, Any]
    asked_at: datetime
    tries: int
    result: dict[str, Any] | None
    is_changed: bool = False
    is_rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """The connector has done it."""

    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The outside said no, in a way that the diagram may catch by its code."""

    code: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """It did not work this time."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Hopeless:
    """It will not work however often it is tried."""

    error: Exception


Outcome: TypeAlias = Answered | Failed | Postponed | Hopeless

_NEXT = (
    sa.select(calls.c.id)
    .where(
        calls.c.status == sa.literal("waiting", literal_execute=True),
        calls.c.next_try <= sa.bindparam("now"),
        sa.not_(
            sa.exists().where(cases.c.id == calls.c.case_id, cases.c.suspended_at.is_not(None))
        ),
    )
    .order_by(calls.c.next_try)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_OWN = tuple(name for name in Call.__dataclass_fields__ if name in calls.c)
COLUMNS = (*(calls.c[name] for name in _OWN), calls.c.salt, calls.c.seal)
_LEASE = (
    sa.update(calls)
    .where(calls.c.id.in_(_NEXT.scalar_subquery()))
    .values(tries=calls.c.tries + 1, next_try=sa.bindparam("until"))
    .returning(*COLUMNS)
)


def take_next(conn: sa.Connection, *, now: datetime) -> Call | None:
    """Lease the call that is due longest; None when there is none. Commit before it is run.

    A suspended case asks nothing until it goes on.
    """
    row = conn.execute(_LEASE, {"now": now, "until": now + LEASE}).one_or_none()
    return None if row is None else call_of(conn, row)


def call_of(conn: sa.Connection, row: sa.Row[Any]) -> Call:
    """Return the call of a row that has COLUMNS, held against what its case's history says."""
    values = {name: getattr(row, name) for name in _OWN}
    said = asked.told(conn, row.case_id, row.id)
    if not asked.holds(row, said):
        process, element = asked.place(said)
        known = {**values, "process": process, "element": element, "parameters": {}, "result": None}
        return Call(**known, is_changed=True)
    if not asked.is_answer(row):
        known = {"parameters": orjson.loads(row.parameters), "result": None}
        return Call(**{**values, **known}, is_rewritten=True)
    result = None if row.result is None else orjson.loads(row.result)
    return Call(**{**values, "parameters": orjson.loads(row.parameters), "result": result})


def run(call: Call, outside: Outside) -> Outcome:
    """Do what a leased call asks, outside of any transaction; what goes wrong is an outcome."""
    if call.result is not None:
        return Answered(call.result)
    if call.tries > len(PAUSES) + 1:
        return Hopeless(_BROKEN_OFF)
    try:
        return Answered(_ask(call, outside))
    except DeclaredError as error:
        return Failed(error.code)
    except RefusedCallError as error:
        return Hopeless(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it may be over another time
        return Postponed(error)


def _ask(call: Call, outside: Outside) -> dict[str, Any]:
    if call.is_changed:
        raise _changed()
    if call.is_rewritten:
        raise REWRITTEN
    connector = REGISTRY.get(call.operator)
    if connector is None:
        raise _unknown(call.operator)
    return connector.run(Asked(call.parameters, str(call.id), call.asked_at), outside)


_BROKEN_OFF: Final = RefusedCallError(
    "后台进程在调用时反复中断，已停止尝试。请检查后台日志，排除后重试。",
    "Workers have died over this call again and again. See their log, mend the cause and retry.",
)


REWRITTEN: Final = RefusedCallError(
    "外部的答复在接收之前，在数据库里被改动，没有接收。请查明原因后重试：重试时会重新询问。",
    "What was answered was changed in the database before it was taken in, so it was not. Find out "
    "why, then retry, which asks once more.",
)


def _changed() -> RefusedCallError:
    return RefusedCallError(
        "这次调用的内容在数据库里被改动，没有发出。请查明原因后重试：重试时按案件数据重新生成。",
        "What this call asks was changed in the database, so it was not made. Find out why, then "
        "retry: what is asked is then read anew from the case.",
    )


def _unknown(operator: str) -> RefusedCallError:
    return RefusedCallError(
        f"本安装没有连接器“{operator}”。请安装提供它的版本后重试。",
        f"This installation has no connector “{operator}”. Install a version that has it; retry.",
    )
