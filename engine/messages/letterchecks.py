"""Whether messages are as the entries of the case say that sent them, or took them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from engine.messages.sealing import is_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

TAKEN_IN: Final = frozenset({"message_delivered", "signal_delivered", "case_opened"})


def same_letters(
    case_id: UUID,
    rows: Sequence[sa.Row[Any]],
    letters: Sequence[tuple[Mapping[str, Any], bytes | None]],
) -> bool:
    """Whether each message that the entries name is there as they say, and each there is named."""
    try:
        return _are_the_same(case_id, rows, letters)
    except (KeyError, TypeError, ValueError):
        return False


def _are_the_same(
    case_id: UUID,
    rows: Sequence[sa.Row[Any]],
    letters: Sequence[tuple[Mapping[str, Any], bytes | None]],
) -> bool:
    kept = {row.id: row for row in rows}
    sent = {UUID(body["message"]) for body, _ in letters if body["kind"] == "message_sent"}
    taken = {UUID(body["message"]) for body, _ in letters if body["kind"] in TAKEN_IN}
    return (
        all(_says_so(kept.get(UUID(body["message"])), body, told) for body, told in letters)
        and sent == {key for key, row in kept.items() if _is_sent(row, case_id)}
        and taken == {key for key, row in kept.items() if row.case_id == case_id}
        and all(is_whole(row) for row in rows)
    )


def _is_sent(row: sa.Row[Any], case_id: UUID) -> bool:
    return bool(row.sent_from == case_id and row.kind == "message")


def _says_so(row: sa.Row[Any] | None, body: Mapping[str, Any], answers: bytes | None) -> bool:
    """Whether a message is what an entry says of it, and became of it what the entry says."""
    if row is None or row.name != body.get("called"):
        return False
    if body["kind"] == "message_dropped":
        return bool(row.status == "dropped" and row.reason == body.get("reason"))
    carried = row.payload if row.payload != b"{}" else None
    same = body["kind"] == "case_opened" or answers is None or answers == carried
    delivered = body["kind"] not in TAKEN_IN or row.status == "delivered"
    return bool(same and delivered and dict(row.keys) == body.get("keys"))
