"""A case that was opened as the follow-up of another: linked in the same transaction.

What is to be linked travels with the start form and its draft, as FIELD: the case, the relation,
the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.attachments.enclosing import key_of
from engine.linking.relations import RELATIONS
from engine.linking.ties import check_may_link, tie
from engine.reasons import checked_reason

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person
    from forms import Posted

FIELD: Final = "_follows"


def link_opened(
    conn: sa.Connection, posted: Posted, case_id: UUID, *, by: Person, now: datetime
) -> None:
    """Link a case that was just opened to the one that its form follows, if it does.

    Raises MayNotLinkError, BadReasonError and NotFoundError.
    """
    earlier, relation, reason, *_ = [*posted.getlist(FIELD), "", "", ""]
    key = key_of(earlier)
    if key is None or relation not in RELATIONS:
        return
    check_may_link(conn, key, by=by)
    tie(conn, key, case_id, relation, checked_reason(reason), by=by, now=now)
