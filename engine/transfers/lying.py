"""Where the steps that only the other version has lie for a case: ahead of it, or behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import spiff
from engine.going_back.bypasses import passed
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import sqlalchemy as sa

    from engine.cases.moving import Case
    from engine.procedures import Version
    from engine.spiff import Transfer

AHEAD: Final = "ahead"
BEHIND: Final = "behind"

_SAID: Final = {
    AHEAD: Names(
        "新增的“{}”（{}）在前面：走到时要办",
        "The new step “{}” ({}) lies ahead: it is done when the case comes to it",
    ),
    BEHIND: Names(
        "新增的“{}”（{}）已经错过：本案不会再办；要补办，请在迁移后退回，或由系统管理员移到那一步",
        "The case is past the new step “{}” ({}), which will not be done; if it must be, return "
        "the case after the move, or have an operator move it there",
    ),
}


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


def said(to: Version, rows: Iterable[list[str]]) -> Iterator[Names]:
    """Give what is told of new steps, in words."""
    for process, element, where in rows:
        step, words = to.step(process, element), _SAID[where]
        role = to.bundle.roles.get(step.role or "")
        zh, en = (
            ("由案件决定的岗位", "whoever the case says") if role is None else (role.zh, role.en)
        )
        yield Names(words.zh.format(step.names.zh, zh), words.en.format(step.names.en, en))
