"""Where the steps that only the other version has lie for a case: ahead of it, or behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import spiff
from engine.going_back.bypasses import passed

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.cases.moving import Case
    from engine.procedures import Version
    from engine.spiff import Transfer

AHEAD: Final = "ahead"
BEHIND: Final = "behind"
"""What engine.history.entrynotes has words for."""


def lying(
    conn: sa.Connection, case: Case, was: Version, to: Version, found: Transfer
) -> list[list[str]]:
    """Return each new step that is not opened by the transfer: process, element, AHEAD or BEHIND.

    None is told of a case that cannot move.
    """
    new = _steps(to) - _steps(was)
    if found.move is None or not new:
        return []
    new -= {f"{task.process}:{task.element}" for task in found.move.opened}
    at = spiff.position(to.compiled, found.move.state)
    held = passed(conn, case.id, was, spiff.position(was.compiled, case.state))
    reached = spiff.ahead(to.compiled, at, held)
    told = ((place, AHEAD if place in reached else BEHIND) for place in sorted(new))
    return [[*place.split(":"), where] for place, where in told]


def _steps(version: Version) -> set[str]:
    return {
        f"{process}:{step}"
        for process, diagram in version.compiled.diagrams.items()
        for step in diagram.steps
    }
