"""The page of what can be done with a case and its tasks: the whole table, with who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.acts.drawn import rules
from engine.acts.table import ACTS, BY_OPERATORS, CASE_ACTS
from engine.going_back.caseview import offered_acts
from engine.going_back.ending import found
from engine.history import dossier
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.acts.act import Act
    from engine.acts.drawn import Rule
    from engine.history.dossier import CaseHeader
    from engine.people import Person

_PARTS: Final = (
    (Names("在待办上", "With a task"), ACTS),
    (Names("对整个案件", "With the whole case"), CASE_ACTS),
    (Names("人工干预", "Interventions"), BY_OPERATORS),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One action; ``rules`` are what the procedure says of it, empty where it has no say.

    It is ``open`` if this person can take it now, on the page of the case.
    """

    act: Act
    rules: list[Rule]
    open: bool


@dataclass(frozen=True, slots=True)
class WhatCanBeDone:
    """Everything that anybody may do with a case, in parts with their headings."""

    case: CaseHeader
    parts: list[tuple[Names, list[Line]]]


def what_can_be_done(
    conn: sa.Connection, case_id: UUID, *, by: Person, now: datetime
) -> WhatCanBeDone:
    """Return the table of actions for the procedure of a case. Raises NotFoundError."""
    case = found(conn, case_id, by=by)
    able = {act.key for act in offered_acts(conn, case_id, by=by, now=now)}

    def lines(acts: Iterable[Act]) -> list[Line]:
        return [
            Line(act, rules(case.version, act.drawn) if act.drawn else [], act.key in able)
            for act in acts
        ]

    parts = [(names, lines(acts.values())) for names, acts in _PARTS]
    return WhatCanBeDone(dossier.header(conn, case.row), parts)
