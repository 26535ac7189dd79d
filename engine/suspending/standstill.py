"""A suspended case stands still: since when and why, and the refusal of whatever would move it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.errors import Refusal
from engine.history.told import SUSPENDED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.cases.moving import Case
    from engine.history import Draft

STILL: Final = frozenset({SUSPENDED, "case_cancelled", "case_moved", "data_repaired"})
"""Kinds of entries under which a suspended case is stored: it is over, or stays suspended."""


class SuspendedError(Refusal):
    """The case is suspended, so nothing of it can be done; what was typed may be kept."""

    code = "case_suspended"

    def __init__(self, case_id: UUID, reason: str | None) -> None:
        super().__init__(
            f"本案已挂起（{reason}），恢复之前不能办理；填写的内容可以存为草稿。"
            "请等恢复，或请主管、规程管理员恢复。",
            f"The case is suspended ({reason}): nothing of it can be done until it goes on, but "
            "what you typed can be kept as a draft. Wait for that, or ask a supervisor or process "
            "owner to let it go on.",
            case_id=case_id,
        )


@dataclass(frozen=True, slots=True)
class Suspension:
    """Since when (UTC) a case is suspended, why, and when it goes on by itself, if it does."""

    since: datetime
    reason: str
    until: datetime | None


def suspension_of(case: sa.Row[Any]) -> Suspension | None:
    """Return the suspension of a row of ``cases``, None if it goes on."""
    if case.suspended_at is None:
        return None
    return Suspension(case.suspended_at, case.suspended_for or "", case.suspended_until)


def check_goes_on(case: Case | sa.Row[Any]) -> None:
    """Refuse what a suspended case cannot do (SuspendedError)."""
    if case.suspended_at is not None:
        raise SuspendedError(case.id, case.suspended_for)


def check_moves(case: Case, happened: Sequence[Draft]) -> None:
    """Refuse to store a move of a suspended case, whoever asks (SuspendedError)."""
    kinds = {draft.kind for draft in happened}
    if not kinds or kinds - STILL:
        check_goes_on(case)
