"""The clock of a case that goes back to before it began: it does not run until it begins anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.moving import Case
    from engine.spiff import Move


def unwound(case: Case, move: Move) -> tuple[Case, dict[str, object]]:
    """Return the case without its clock if a move takes the activity under it back.

    With it comes what the entry says of that.
    """
    gone = {f"{timer.process}:{timer.host}" for timer in move.disarmed if timer.clock}
    if case.clock not in gone:
        return case, {}
    return replace(case, clock=None, due_at=None), {"facts": {"clock": None, "due_at": None}}
