"""Whose a task is by its role, and why it no longer is somebody's: taken back, or passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import procedures
from engine.cases.starts import NotYoursError
from engine.history import read
from engine.spiff import Names
from engine.tables import entries, people, substitutions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from engine.people import Person

_PASSED_ON: Final = Names("这件待办已交给 {to} 办理", "This task is {to}'s now")
_TAKEN: Final[Mapping[str, Names]] = {
    "task_taken_back": Names(
        "{name} 已收回这件待办，您不必再办",
        "{name} has taken this task back, and you need not go on with it",
    ),
    "task_given_back": Names("这件待办已由 {name} 交回", "{name} has given this task back"),
    "task_transferred": _PASSED_ON,
    "task_assigned": _PASSED_ON,
    "task_handed_over": _PASSED_ON,
}
_HANDS: Final = (*_TAKEN, "task_delegated")
_PASSED = (
    sa.select(entries.c.kind, entries.c.body)
    .where(entries.c.task_id == sa.bindparam("task"), entries.c.kind.in_(_HANDS))
    .order_by(entries.c.seq.desc())
)
_STOOD_IN = (
    sa.select(people.c.name, substitutions.c.ended_at)
    .join(people, people.c.id == substitutions.c.person_id)
    .where(
        substitutions.c.substitute_id == sa.bindparam("person"),
        sa.bindparam("role", type_=sa.Text) == sa.any_(people.c.roles),
        substitutions.c.person_id.not_in(sa.bindparam("now", expanding=True)),
    )
    .order_by(substitutions.c.begins.desc())
    .limit(1)
)


def check_role(
    conn: sa.Connection,
    task_id: UUID,
    role: str,
    version_id: int,
    *,
    by: Person,
    own: Collection[UUID | None] = (),
) -> None:
    """Refuse a person without the step's role, whoever has claimed the task (NotYoursError).

    ``own`` are people whom it was given to, so that they need not hold the role. For whoever acts
    for somebody, it is the other's right that counts.
    """
    if role not in by.principal.roles and by.principal.id not in own:
        names = procedures.version(conn, version_id).bundle.roles[role]
        raise NotYoursError(names, _lost(conn, task_id, role, by=by))


def _lost(conn: sa.Connection, task_id: UUID, role: str, *, by: Person) -> Names | None:
    """Say what took a task of this role from a person who once had it, None if they never had."""
    return _passed_on(conn, task_id, by) or _stood_in(conn, role, by)


def _passed_on(conn: sa.Connection, task_id: UUID, by: Person) -> Names | None:
    after: tuple[str, dict[str, Any]] | None = None
    for row in conn.execute(_PASSED, {"task": task_id}):
        body = read(row.body)
        if by.id.hex in (key for key, _ in body.get("to", ())):
            return None if after is None else _told(*after)
        after = row.kind, body
    return None


def _told(kind: str, body: Mapping[str, Any]) -> Names | None:
    words = _TAKEN.get(kind, _PASSED_ON)
    to = "、".join(name for _, name in body.get("to", ()))
    if not to and words is _PASSED_ON:
        return None
    said = {"name": body.get("name") or "", "to": to}
    return Names(words.zh.format(**said), words.en.format(**said))


def _stood_in(conn: sa.Connection, role: str, by: Person) -> Names | None:
    now = [each.person.id for each in by.represents]
    row = conn.execute(_STOOD_IN, {"person": by.id, "role": role, "now": now}).one_or_none()
    if row is None:
        return None
    if row.ended_at is not None:
        zh, en = f"您代 {row.name} 办理的代理已结束", f"You no longer stand in for {row.name}"
        return Names(zh, en)
    return Names(
        f"您现在不代 {row.name} 办理：代理已到期，或尚未开始",
        f"You do not stand in for {row.name} now: that is over, or has not begun",
    )
