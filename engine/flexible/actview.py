"""An action on a task as its page shows it first: what follows, and who may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.acts.table import ACTS
from engine.errors import NotFoundError, Refusal
from engine.flexible.allowed import words_for
from engine.flexible.choosing import choices, nobody, waited_for
from engine.flexible.concerned import is_concerned
from engine.flexible.offering import offered
from engine.history import dossier
from engine.substituting.acting import as_whom
from engine.suspending.standstill import SuspendedError
from engine.tables import cases, people, tasks
from engine.tasks.foureyes import Eyes
from engine.tasks.waiting import gone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any
    from uuid import UUID

    from engine.acts.act import Act
    from engine.flexible.choosing import Choices
    from engine.history.dossier import CaseHeader
    from engine.people import Person
    from engine.spiff import Names, Step

    Barred = Mapping[UUID, Names]


class NotOfferedError(Refusal):
    """The action is not there for this person, this task or this moment."""

    code = "not_offered"

    def __init__(self, act: Act, case_id: UUID) -> None:
        super().__init__(
            f"这件待办现在不能由您{act.names.zh}；情况可能已经变化。",
            f"“{act.names.en}” is not open to you for this task now; things may have moved on.",
            case_id=case_id,
        )


@dataclass(frozen=True, slots=True)
class ActView:
    """One action on one task; ``holder`` is the name of whoever has it, None when it is free.

    ``joins``: signatures are asked already, before or after, and more would join them.
    """

    act: Act
    task_id: UUID
    case: CaseHeader
    step: Names
    role: Names
    holder: str | None
    choices: Choices | None
    joins: str | None
    reads_task: bool


_TASK = (
    sa.select(tasks, people.c.name.label("holder"))
    .join(people, people.c.id == tasks.c.claimed_by, isouter=True)
    .where(tasks.c.id == sa.bindparam("task"))
)


def act_view(
    conn: sa.Connection,
    task_id: UUID,
    key: str,
    *,
    query: str = "",
    kept: Collection[UUID] = (),
    by: Person,
) -> ActView:
    """Return the page of an action; ``query`` and ``kept`` narrow the people to be chosen.

    Raises NotFoundError, TaskGoneError, SuspendedError and NotOfferedError.
    """
    if (act := ACTS.get(key)) is None:
        raise NotFoundError
    row = conn.execute(_TASK, {"task": task_id}).one_or_none()
    if row is None:
        raise gone(conn, task_id, by=by)
    case = dossier.case_row(conn, row.case_id, by=by)
    if case.suspended_at is not None:
        raise SuspendedError(case.id, case.suspended_for)
    version = procedures.version(conn, case.version_id)
    step = version.step(row.process, row.element)
    concerned = is_concerned(conn, row.case_id, by=by)
    by = as_whom(by, row, version.compiled.id)
    if act not in offered(step, row, procedure=version.compiled.id, by=by, concerned=concerned):
        raise NotOfferedError(act, row.case_id)
    return ActView(
        act=act,
        task_id=task_id,
        case=dossier.header(conn, case),
        step=step.names,
        role=version.bundle.roles[row.role],
        holder=row.holder,
        choices=_choices(conn, act, step, row, by, query=query, kept=kept),
        joins=row.signing,
        reads_task=row.role in by.principal.roles or by.principal.id in (row.given_to, row.owner),
    )


def _choices(
    conn: sa.Connection,
    act: Act,
    step: Step,
    row: sa.Row[Any],
    by: Person,
    *,
    query: str,
    kept: Collection[UUID],
) -> Choices | None:
    """Return who may be chosen for an action, None where nobody is."""
    if act.whom == "nobody":
        return None
    if act.key == "remove-sign":
        return waited_for(conn, row.id)
    action = "addsign" if act.key.startswith("sign-") else act.key
    words, without = words_for(step, action), {by.principal.id}
    if act.key == "assign":
        words, without = ("role",), {held for held in (row.claimed_by, row.owner) if held}
    barred = nobody if act.key == "copy" else _barred(conn, row)
    return choices(conn, words, row.role, without=without, query=query, kept=kept, barred=barred)


def _barred(conn: sa.Connection, row: sa.Row[Any]) -> Callable[[Sequence[Person]], Barred]:
    """Return what tells whom a guarantee keeps from a task, and why."""
    case = conn.execute(sa.select(cases).where(cases.c.id == row.case_id)).one()
    version = procedures.version(conn, case.version_id)

    def told(people: Sequence[Person]) -> Barred:
        return Eyes(conn, version, case.id, tuple(people)).barred(row, case.state)

    return told
