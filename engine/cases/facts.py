"""The facts of a case's row that its entries vouch for, so that no column changes unnoticed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

NAMES = {
    "code": Names("内部编码", "internal code"),
    "number": Names("编号", "number"),
    "procedure": Names("规程", "procedure"),
    "version": Names("规程版本", "version of the procedure"),
    "parent_id": Names("来源案件", "case it came from"),
    "opened_at": Names("立案时间", "opened"),
    "opened_by": Names("立案人", "opened by"),
    "status": Names("状态", "status"),
    "outcome": Names("结果", "outcome"),
    "clock": Names("计时环节", "activity under the clock"),
    "due_at": Names("结案时限", "to close by"),
    "closed_at": Names("结案时间", "closed"),
    "ended_at": Names("办结时间", "ended"),
    "paused_at": Names("计时暂停", "clock paused"),
    "suspended_at": Names("挂起", "suspended"),
    "suspended_until": Names("挂起至", "suspended until"),
    "customer": Names("客户", "customer"),
    "product": Names("产品", "product"),
    "amount": Names("金额", "amount"),
    "zone": Names("地区", "zone"),
}


def written(value: object) -> str | None:
    """Return a fact as entries write it: moments in UTC, keys and digests in hex."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes):
        return value.hex()
    return None if value is None else str(value)


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str | None]:
    """Return what an entry says of the facts that changed."""
    other = [name for name in NAMES if name in after and after[name] != before.get(name)]
    said = {name: written(after[name]) for name in other}
    return {name: fact for name, fact in said.items() if fact != written(before.get(name))}


def differing(row: sa.Row[Any], said: Mapping[str, Any], *, version: bytes) -> tuple[str, ...]:
    """Return the names of a case row's facts that are not what its entries last said.

    ``version`` is the digest of the version that the row refers to.
    """
    kept = {name: version if name == "version" else getattr(row, name) for name in NAMES}
    return tuple(name for name, value in kept.items() if written(value) != said.get(name))
