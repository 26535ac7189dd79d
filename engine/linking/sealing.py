"""Whether the links of a case are those that its entries say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.tables import case_ties as ties

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from engine.history.told import Told

OF_CASE = sa.select(ties).where(
    sa.or_(ties.c.case_id == sa.bindparam("case"), ties.c.other_id == sa.bindparam("case")),
    ties.c.ended_at.is_(None),
)


def are_said(rows: Sequence[sa.Row[Any]], case_id: UUID, told: Told) -> bool:
    """Whether each link that stands was entered so, and each that was entered stands."""
    kept = {}
    for row in rows:
        is_back = row.other_id == case_id
        other = row.case_id if is_back else row.other_id
        kept[row.id] = (other.hex, is_back, row.relation, row.reason)
    return kept == told.ties
