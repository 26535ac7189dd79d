"""The inbox: what waits for a person, by one index walk per role, never by an OR over all tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.cases.starts import starter
from engine.clocks.pauses import Pause, pause_of
from engine.history import items
from engine.spiff import Names
from engine.suspending.standstill import Suspension, suspension_of
from engine.tables import cases, drafts, people, tasks
from engine.tasks.drafts import of_start, times
from engine.tasks.foureyes import kept_from

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from forms import Names as FormNames

PAGE = 50
CAP = 99


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the inbox. Times are UTC.

    It is ``delegated`` if it goes back to an owner; ``signing``: signatures are asked for it.
    It ``is_for_others`` if this person did a step of the case that keeps them from it. Somebody
    else has claimed it ``through`` being the holder's substitute. ``again`` is how a step that was
    done before came to be open anew (``tasks.again``).
    """

    task_id: UUID
    case_id: UUID
    case_code: str
    number: str | None
    process: str
    element: str
    step: Names
    within: Names | None
    item: FormNames | None
    procedure: Names
    version_id: int
    customer: str | None
    product: str | None
    role: str
    role_names: Names
    due: datetime | None
    paused: Pause | None
    suspended: Suspension | None
    since: datetime
    claimed_by_me: bool
    has_draft: bool
    delegated: bool
    signing: str | None
    through: str | None
    again: str | None
    is_for_others: bool = False


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for a person; counts stop at 99, and 100 then means more."""

    mine: list[Item]
    shared: list[Item]
    mine_count: int
    shared_count: int
    overdue_count: int


@dataclass(frozen=True, slots=True)
class Startable:
    """A procedure that a person may start; ``draft_at`` (UTC) is when they kept a draft of it.

    ``absent`` is the name of the person in whose right they do, and for whom it is entered.
    """

    procedure: str
    names: Names
    form_title: Names
    draft_at: datetime | None
    absent: str | None


_ME = sa.bindparam("person", type_=sa.Uuid)
_ROLES = sa.bindparam("roles", type_=sa.ARRAY(sa.Text))
_DRAFT = sa.exists().where(
    drafts.c.person_id == _ME, drafts.c.subject == "task:" + sa.cast(tasks.c.id, sa.Text)
)
_SUBSTITUTE = people.alias("substitute")
ORDER = (tasks.c.due_at.asc().nulls_last(), tasks.c.id)


def shown(chosen: sa.Subquery) -> sa.Select[tuple[object, ...]]:
    """Return the statement for the lines of chosen tasks, and with what else was chosen."""
    picked = (
        tasks.join(cases, cases.c.id == tasks.c.case_id)
        .join(chosen, chosen.c.id == tasks.c.id)
        .outerjoin(_SUBSTITUTE, _SUBSTITUTE.c.id == tasks.c.claimed_through)
    )
    return (
        sa.select(
            tasks,
            cases.c.code,
            cases.c.number,
            cases.c.version_id,
            cases.c.customer,
            cases.c.product,
            cases.c.paused_at.label("case_paused_at"),
            cases.c.paused_for.label("case_paused_for"),
            *(cases.c[name] for name in ("suspended_at", "suspended_for", "suspended_until")),
            _DRAFT.label("has_draft"),
            _SUBSTITUTE.c.name.label("through"),
            *(column for column in chosen.c if column.name != "id"),
        )
        .select_from(picked)
        .order_by(*ORDER)
        .limit(PAGE)
    )


def _of_each_role(
    columns: sa.Column[object], *where: sa.ColumnElement[bool], limit: int
) -> sa.Subquery:
    held = sa.func.unnest(_ROLES).table_valued("role").render_derived("held")
    walk = (
        sa.select(columns)
        .where(tasks.c.role == held.c.role, tasks.c.claimed_by.is_(None), *where)
        .order_by(*ORDER)
        .limit(limit)
        .lateral("walk")
    )
    return sa.select(walk).select_from(held.join(walk, sa.true())).subquery()


def _capped(chosen: sa.Subquery) -> sa.ScalarSelect[int]:
    few = sa.select(chosen.c.id).limit(CAP + 1).subquery()
    return sa.select(sa.func.count()).select_from(few).scalar_subquery()


_HELD = tasks.c.claimed_by == _ME
_LATE = tasks.c.due_at < sa.bindparam("now", type_=sa.DateTime(timezone=True))
_MY_IDS = sa.select(tasks.c.id).where(_HELD).order_by(*ORDER).limit(PAGE).subquery()
_MINE = shown(_MY_IDS)
_SHARED = shown(_of_each_role(tasks.c.id, limit=PAGE))
_COUNTS = sa.select(
    _capped(sa.select(tasks.c.id).where(_HELD).limit(CAP + 1).subquery()),
    _capped(_of_each_role(tasks.c.id, limit=CAP + 1)),
    _capped(sa.select(tasks.c.id).where(_HELD, _LATE).limit(CAP + 1).subquery()),
    _capped(_of_each_role(tasks.c.id, _LATE, limit=CAP + 1)),
)


def inbox(conn: sa.Connection, by: Person, *, now: datetime) -> Inbox:
    """Return the first 50 tasks that a person holds and the first 50 free ones of their roles."""
    who = {"person": by.id, "roles": sorted(by.roles), "now": now}
    mine, shared = (
        [item_of(conn, row, by) for row in conn.execute(query, who)] for query in (_MINE, _SHARED)
    )
    held, free, late_held, late_free = conn.execute(_COUNTS, who).one()
    mine, shared = marked(conn, [(by, mine), (by, shared)])
    return Inbox(mine, shared, held, free, min(late_held + late_free, CAP + 1))


def marked(
    conn: sa.Connection, lists: Collection[tuple[Person, list[Item]]]
) -> Iterator[list[Item]]:
    """Mark on lists, with the person who would do them, what a guarantee keeps them from."""
    listed = [
        (item, procedures.version(conn, item.version_id), by) for by, each in lists for item in each
    ]
    barred = kept_from(conn, listed)
    return (
        [replace(i, is_for_others=True) if i.task_id in barred else i for i in each]
        for _, each in lists
    )


def item_of(conn: sa.Connection, row: sa.Row[tuple[object, ...]], by: Person) -> Item:
    """Return a line for the person who would do it, for themselves or for somebody."""
    version = procedures.version(conn, row.version_id)
    return Item(
        task_id=row.id,
        case_id=row.case_id,
        case_code=row.code,
        number=row.number,
        process=row.process,
        element=row.element,
        step=version.step(row.process, row.element).names,
        within=version.place(row.within),
        item=items.told(version, row.item),
        procedure=version.names,
        version_id=row.version_id,
        customer=row.customer,
        product=row.product,
        role=row.role,
        role_names=version.bundle.roles[row.role],
        due=row.due_at,
        paused=pause_of(row, row.case_paused_at, row.case_paused_for),
        suspended=suspension_of(row),
        since=row.opened_at,
        claimed_by_me=row.claimed_by == by.principal.id,
        has_draft=row.has_draft,
        delegated=row.owner is not None,
        signing=row.signing,
        again=row.again,
        through=None if row.claimed_through == by.id else row.through,
    )


def startable(conn: sa.Connection, by: Person) -> list[Startable]:
    """Return what a person may start: its form lies in the lane of a role of theirs.

    Or in that of a role of somebody for whom they stand in there.
    """
    found = {
        version.compiled.id: (version.names, version.start_form.title, who.acts_for)
        for version in procedures.all_in_force(conn)
        if version.start_form is not None and (who := starter(version, by)) is not None
    }
    subjects = {procedure: of_start(procedure) for procedure in found}
    kept = times(conn, subjects.values(), by=by)
    return [
        Startable(
            procedure,
            names,
            Names(title.zh, title.en),
            kept.get(subjects[procedure]),
            None if absent is None else absent.name,
        )
        for procedure, (names, title, absent) in found.items()
    ]
