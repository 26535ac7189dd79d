"""The later steps that no longer count when a case goes back, and telling whoever did them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from engine import notices
from engine.cases.lineage import lineage
from engine.going_back.deeds import SKIPPED
from engine.history import items, rounds
from engine.history.dossier import history_rows
from engine.history.entrynotes import named
from engine.history.superseding import Back
from engine.spiff import Names
from engine.verifying.doubts import trusted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from engine.history.superseding import Done
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Return


@dataclass(frozen=True, slots=True)
class Undone:
    """One step that was done; ``whose`` it was (None: nobody's), and the line that says so."""

    names: Names
    whose: UUID | None
    told: Names


@dataclass(frozen=True, slots=True)
class Past:
    """What was done in a case under ``version`` and still holds, each with its entry's body."""

    version: Version
    held: Sequence[tuple[Done, Mapping[str, Any]]]

    def undone_by(self, found: Return) -> list[Undone]:
        """Return what no longer holds once a step is gone back to, without that step."""
        target = found.target.hex
        back = Back(frozenset(key.hex for key in found.undone), frozenset(found.turns))
        gone = ((one, body) for one, body in self.held if one.task != target and back.undoes(one))
        return [_undone(self.version, body) for _, body in gone]


def past(conn: sa.Connection, version: Version, case_id: UUID) -> Past:
    """Return what was done in a case, which is under ``version`` now, and still holds."""
    rows = trusted(history_rows(conn, case_id))
    return Past(version, rounds.holding(lineage(conn, version, rows), rows))


def _undone(version: Version, body: Mapping[str, Any]) -> Undone:
    names, one = named(version, body.get("process"), body.get("element")), None
    if body.get("item"):
        one = items.told(version, body["item"])
    zh, en = (f"（{one.zh}）", f" ({one.en})") if one else ("", "")
    who, absent = body.get("name") or "", body.get("for_name")
    by_zh, by_en = (f" 代 {absent}", f" for {absent}") if absent else ("", "")
    if body["kind"] == SKIPPED:
        by_zh, by_en = " 跳过", ", who skipped it"
    key = body.get("for") or body.get("by")
    return Undone(
        names,
        UUID(key) if key and body["kind"] == "step_completed" else None,
        Names(f"“{names.zh}”{zh}：{who}{by_zh}", f"“{names.en}”{en}: {who}{by_en}"),
    )


def tell_who_did(
    conn: sa.Connection,
    undone: Sequence[Undone],
    text: Names,
    *,
    to: UUID,
    by: Person,
    now: datetime,
) -> None:
    """Tell whoever did a step that it no longer counts, and why; not who is the reason."""
    for one in dict.fromkeys((each.whose, each.names) for each in undone):
        whose, names = one
        if whose is not None and whose not in {each.id for each in by.both}:
            zh, en = f"您办的“{names.zh}”不再有效", f"What you did at “{names.en}” no longer counts"
            told = Names(f"{zh}：{text.zh}", f"{en}: {text.en}")
            notices.tell_one(conn, whose, told, case_id=to, now=now)
