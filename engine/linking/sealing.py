"""Whether the links of a case are those that its entries say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.history import moment
from engine.spiff import Names
from engine.tables import case_ties as ties
from engine.tables import cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from engine.history.told import Told

_CASE: Final[sa.BindParameter[UUID]] = sa.bindparam("case")
OF_CASE: Final = (
    sa.select(ties, sa.func.coalesce(cases.c.number, cases.c.code).label("other"))
    .join(cases, sa.and_(cases.c.id.in_((ties.c.case_id, ties.c.other_id)), cases.c.id != _CASE))
    .where(sa.or_(ties.c.case_id == _CASE, ties.c.other_id == _CASE), ties.c.ended_at.is_(None))
)
"""The links of a case that stand, with the number or code of the other one."""
_COLUMNS: Final[Mapping[str, Names]] = {
    "linked": Names("哪一件案件", "which case"),
    "is_back": Names("方向", "which way"),
    "relation": Names("关系", "how they belong together"),
    "reason": Names("理由", "why"),
    "by": Names("关联人", "who linked them"),
    "at": Names("关联时间", "when they were linked"),
}


def differing(rows: Sequence[sa.Row[Any]], case_id: UUID, told: Told) -> Iterator[Names]:
    """Name each link that is not as its entry says, with what differs, is missing or too many."""
    kept = {row.id: row for row in rows}
    for key, body in told.ties.items():
        if key not in kept:
            yield Names(f"缺与 {body.get('other')} 的关联", f"no link to {body.get('other')}")
    for key, row in kept.items():
        if key not in told.ties:
            zh, en = f"多出与 {row.other} 的关联", f"one link to {row.other} too many"
            yield Names(zh, en)
        elif other := list(_wrong(row, case_id, told.ties[key])):
            yield Names(
                f"与 {row.other} 的关联：{'、'.join(_COLUMNS[each].zh for each in other)}",
                f"link to {row.other}: {', '.join(_COLUMNS[each].en for each in other)}",
            )


def _wrong(row: sa.Row[Any], case_id: UUID, body: Mapping[str, Any]) -> Iterator[str]:
    is_back = row.other_id == case_id
    kept = {
        "linked": (row.case_id if is_back else row.other_id).hex,
        "is_back": is_back,
        "relation": row.relation,
        "reason": row.reason,
        "by": row.made_by.hex,
    }
    yield from (name for name, value in kept.items() if body.get(name) != value)
    if row.made_at != moment(body):
        yield "at"
