"""Signatures as people read them: what is asked of me, and who has signed a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine import procedures, spiff
from engine.acts.signing import how
from engine.cases.lineage import lineage
from engine.errors import NotFoundError
from engine.flexible.settled import settled
from engine.history import dossier, rounds
from engine.history.entryview import FilledForm
from engine.substituting.acting import signing_as
from engine.tables import cases, people, signings, tasks
from engine.tasks.drafts import Kept
from engine.verifying.doubts import trusted

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.history.dossier import CaseHeader
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Names
    from forms import Form

MOST = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A signature that somebody is asked for, or whom one acts for. Times are UTC."""

    id: UUID
    case_id: UUID
    case_code: str
    number: str | None
    customer: str | None
    product: str | None
    step: Names
    procedure: Names
    place: str
    asked_by: str
    reason: str
    since: datetime
    acts_for: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature on a task, with the opinion once it is given; ``at`` is UTC."""

    group: UUID
    place: str
    mode: str
    ratio: int | None
    name: str
    status: str
    opinion: str
    at: datetime | None

    @property
    def how(self) -> Names:
        """When its group signs, and how its signatures count."""
        return how(self.place, self.mode, self.ratio)


@dataclass(frozen=True, slots=True)
class SignView:
    """A signature before it is given; ``answers`` are what is to be signed, None before them.

    ``shows`` has what the form of the step only shows as its fields, ``shown`` their values.
    ``settled`` says why it is not given any more, None while it is asked for. ``holder`` is the
    name of whoever has its task, None when it is free.
    """

    asked: Asked
    status: str
    case: CaseHeader
    signatures: list[Signature]
    answers: FilledForm | None
    shows: Form
    shown: dict[str, Any]
    settled: Names | None
    holder: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is still asked for."""
        return self.status == "asked"


_HOLDERS = people.alias("holders")
_ASKERS = people.alias("askers")
_COLUMNS = (
    *(signings, cases.c.code, cases.c.number.label("case_number"), cases.c.customer),
    *(cases.c.product, cases.c.version_id, _ASKERS.c.name.label("asker")),
    *(tasks.c.process, tasks.c.element, tasks.c.sent, tasks.c.sent_by, tasks.c.sent_at),
    *(tasks.c.item, _HOLDERS.c.name.label("holder")),
)
_ASKED = sa.select(*_COLUMNS).select_from(
    signings.join(tasks, tasks.c.id == signings.c.task_id)
    .join(cases, cases.c.id == signings.c.case_id)
    .join(_ASKERS, _ASKERS.c.id == signings.c.asked_by)
    .outerjoin(_HOLDERS, _HOLDERS.c.id == tasks.c.claimed_by)
)
_MINE = (
    _ASKED.where(
        signings.c.person_id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))),
        signings.c.status == "asked",
    )
    .order_by(signings.c.asked_at, signings.c.id)
    .limit(MOST)
)
_OF_TASK = (
    sa.select(signings, people.c.name)
    .join(people, people.c.id == signings.c.person_id)
    .where(signings.c.task_id == sa.bindparam("task"))
    .order_by(signings.c.asked_at, signings.c.number)
)


def asked_of(conn: sa.Connection, by: Person) -> list[Asked]:
    """Return the first 50 signatures that a person may give, the longest asked for first."""
    rows = conn.execute(_MINE, {"people": list(by.desks)}).all()
    return [_asked(conn, row, who) for row in rows if (who := _signer(conn, row, by=by))]


def _signer(conn: sa.Connection, row: sa.Row[Any], *, by: Person) -> Person | None:
    place = f"{row.process}:{row.element}"
    return signing_as(conn, by, row.person_id, place, row.version_id)


def of_task(conn: sa.Connection, task_id: UUID) -> list[Signature]:
    """Return every signature that was asked for on a task, in the order of asking."""
    return [
        Signature(
            row.group_id,
            row.place,
            row.mode,
            row.ratio,
            row.name,
            row.status,
            row.opinion or "",
            row.settled_at,
        )
        for row in conn.execute(_OF_TASK, {"task": task_id})
    ]


def sign_view(conn: sa.Connection, key: UUID, *, by: Person) -> SignView:
    """Return a signature that this person may give, or might have. Raises NotFoundError.

    Once its task is gone, there is nothing to be seen of it but in the history of the case.
    """
    row = conn.execute(_ASKED.where(signings.c.id == key)).one_or_none()
    who = None if row is None else _signer(conn, row, by=by)
    if row is None or who is None:
        raise NotFoundError
    case = dossier.case_row(conn, row.case_id, by=by)
    version = procedures.version(conn, case.version_id)
    return SignView(
        _asked(conn, row, who),
        row.status,
        dossier.header(conn, case),
        [one for one in of_task(conn, row.task_id) if one.group == row.group_id],
        sent_answers(conn, row, version),
        version.shown(row.process, row.element),
        _shown(conn, row, case, version),
        None if row.status == "asked" else settled(conn, row),
        row.holder,
    )


def _shown(
    conn: sa.Connection, row: sa.Row[Any], case: sa.Row[Any], version: Version
) -> dict[str, Any]:
    """Return the variables that its task sees, else the latest answers."""
    history = trusted(dossier.history_rows(conn, row.case_id))
    forms = rounds.filled(lineage(conn, version, history), history)
    answered = rounds.latest_at(forms, history, row.task_id if row.item else None)
    return {**answered, **spiff.known(version.compiled, case.state, row.task_id)}


def sent_answers(conn: sa.Connection, row: sa.Row[Any], version: Version) -> FilledForm | None:
    """Return the answers of a task's row that are to be signed; ``version`` is its case's."""
    if row.sent is None:
        return None
    form = version.form(row.process, row.element)
    values = form.read(Kept(orjson.loads(row.sent))).values
    who = str(conn.scalar(sa.select(people.c.name).where(people.c.id == row.sent_by)))
    return FilledForm(0, form, who, row.sent_at, values)


def _asked(conn: sa.Connection, row: sa.Row[Any], who: Person) -> Asked:
    version = procedures.version(conn, row.version_id)
    return Asked(
        id=row.id,
        case_id=row.case_id,
        case_code=row.code,
        number=row.case_number,
        customer=row.customer,
        product=row.product,
        step=version.step(row.process, row.element).names,
        procedure=version.names,
        place=row.place,
        asked_by=row.asker,
        reason=row.reason,
        since=row.asked_at,
        acts_for=None if who.acts_for is None else who.acts_for.name,
    )
