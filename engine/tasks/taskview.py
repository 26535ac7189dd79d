"""A task as its page shows it: the case, the form, what was typed before, and the forms so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures, spiff
from engine.cases.lineage import lineage
from engine.clocks.pauses import pause_of
from engine.flexible.handed import Handed, handed
from engine.flexible.offering import offered
from engine.flexible.signview import of_task, sent_answers
from engine.going_back.again import again
from engine.going_back.deeds import FINISHING
from engine.history import dossier, items, rounds
from engine.substituting.acting import acting
from engine.tables import incidents, people, tasks
from engine.tasks import drafts
from engine.tasks.foureyes import Eyes
from engine.tasks.lost import check_role
from engine.tasks.waiting import gone
from engine.verifying.doubts import trusted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.acts.act import Act
    from engine.clocks.pauses import Pause
    from engine.flexible.signview import Signature
    from engine.going_back.again import Again
    from engine.history.dossier import CaseHeader
    from engine.history.entryview import FilledForm
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Names, Step, Table
    from engine.tasks.foureyes import FourEyesError
    from forms import Form
    from forms import Names as FormNames


@dataclass(frozen=True, slots=True)
class Hold:
    """What has become of a task besides being claimed, and what a person may do with it.

    ``owner`` is to whom it comes back, ``signing`` whether signatures are asked before or after,
    ``answers`` are those that are kept until they are signed, ``replaced`` is what this person had
    typed before what another typed came in its place.
    """

    owner: UUID | None
    owner_name: str | None
    signing: str | None
    acts: tuple[Act, ...]
    signatures: list[Signature]
    answers: FilledForm | None
    replaced: list[dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class TaskView:
    """One open task; ``draft`` holds posted names and texts.

    ``answered`` are the case's latest answers by field name; ``shows`` has what its form only shows
    as its fields.

    It ``pauses_itself`` if it is paused, and not only its case is.

    ``hindrance`` is the guarantee that keeps this person from it, if one does.

    ``incident`` is the number of the one that this person's sending it has come to.

    ``by`` is as who they do it, for somebody whom they represent or for themselves; who holds it
    may have claimed it ``claimed_through`` a substitute. ``again`` says how a step that was done
    before came to be open anew, ``handed`` how it was given to whoever holds it.
    """

    task_id: UUID
    case: CaseHeader
    step: Step
    within: Names | None
    item: FormNames | None
    role_names: Names
    form: Form
    draft: dict[str, list[str]] | None
    variables: dict[str, Any]
    answered: dict[str, Any]
    shows: Form
    claimed_by: UUID | None
    claimed_name: str | None
    due: datetime | None
    paused: Pause | None
    pauses_itself: bool
    since: datetime
    earlier: list[FilledForm]
    approved_amount: str | None
    our_defaults: tuple[Table, ...]
    incident: int | None
    hindrance: FourEyesError | None
    by: Person
    claimed_through: str | None
    hold: Hold
    again: Again | None
    handed: Handed | None

    @property
    def known(self) -> dict[str, Any]:
        """Return what fields begin with: latest answers, else variables."""
        return {**self.variables, **self.answered}

    @property
    def shown(self) -> dict[str, Any]:
        """Return what is shown: variables as they are now, else latest answers."""
        return {**self.answered, **self.variables}

    @property
    def prefill(self) -> dict[str, Any]:
        """Return what the form begins with, apart from the day."""
        return {**self.form.prefill(self.known), **self._sent_before}

    def prefill_at(self, now: datetime) -> dict[str, Any]:
        """Return what the form begins with at ``now``, the company's day included."""
        fresh = self.form.prefill(self.known, today=self.form.day(now))
        return {**fresh, **self._sent_before}

    @property
    def _sent_before(self) -> Mapping[str, Any]:
        return {} if self.again is None else self.again.answers


_SUBSTITUTE, _OWNER = people.alias("substitute"), people.alias("owner")
_STUCK = (
    sa.select(incidents.c.id)
    .where(
        incidents.c.task_id == tasks.c.id,
        incidents.c.person_id == sa.bindparam("person"),
        incidents.c.resolved_at.is_(None),
    )
    .limit(1)
    .scalar_subquery()
)
_TASK = (
    sa.select(
        tasks,
        _STUCK.label("incident"),
        people.c.name.label("claimed_name"),
        _SUBSTITUTE.c.name.label("through_name"),
        _OWNER.c.name.label("owner_name"),
    )
    .join(people, people.c.id == tasks.c.claimed_by, isouter=True)
    .join(_SUBSTITUTE, _SUBSTITUTE.c.id == tasks.c.claimed_through, isouter=True)
    .join(_OWNER, _OWNER.c.id == tasks.c.owner, isouter=True)
    .where(tasks.c.id == sa.bindparam("task"))
)


def open_task(conn: sa.Connection, task_id: UUID, *, by: Person) -> TaskView:
    """Return an open task of one of the person's roles, whoever has claimed it.

    Raises TaskGoneError and NotYoursError.
    """
    row, case, by = _seen(conn, task_id, by=by)
    version = procedures.version(conn, case.version_id)
    step, form = version.step(row.process, row.element), version.form(row.process, row.element)
    history = trusted(dossier.history_rows(conn, row.case_id))
    forms = rounds.filled(lineage(conn, version, history), history)
    hold = _hold(conn, row, version, by, history)
    return TaskView(
        task_id=row.id,
        case=dossier.header(conn, case),
        step=step,
        within=version.place(row.within),
        item=items.told(version, row.item),
        role_names=version.bundle.roles[row.role],
        form=form,
        draft=_draft(conn, task_id, by=by),
        variables=spiff.known(version.compiled, case.state, task_id),
        answered=rounds.latest_at(forms, history, row.id if row.item else None),
        shows=version.shown(row.process, row.element),
        claimed_by=row.claimed_by,
        claimed_name=row.claimed_name,
        due=row.due_at,
        paused=pause_of(row, case.paused_at, case.paused_for),
        pauses_itself=row.paused_at is not None,
        since=row.opened_at,
        earlier=forms,
        approved_amount=rounds.fact(forms, "approved"),
        our_defaults=tuple(version.compiled.tables[table] for table in step.default_tables),
        hindrance=Eyes(conn, version, case.id, by.both).hindrance(row, case.state),
        hold=hold if case.suspended_at is None else replace(hold, acts=()),
        incident=row.incident,
        by=by,
        claimed_through=row.through_name,
        again=again(version, row, form, history),
        handed=handed(row, history),
    )


def _seen(
    conn: sa.Connection, task_id: UUID, *, by: Person
) -> tuple[sa.Row[Any], sa.Row[Any], Person]:
    """Return the rows of a task and of its case, and as who somebody may do it."""
    row = conn.execute(_TASK, {"task": task_id, "person": by.id}).one_or_none()
    if row is None:
        raise gone(conn, task_id, by=by)
    case = dossier.case_row(conn, row.case_id, by=by)
    by = acting(conn, by, row, case.version_id)
    check_role(conn, task_id, row.role, case.version_id, by=by, own=(row.given_to, row.owner))
    return row, case, by


def _draft(conn: sa.Connection, task_id: UUID, *, by: Person) -> dict[str, list[str]] | None:
    """Return what somebody has typed, else what the one had for whom they act."""
    subject = drafts.of_task(task_id)
    mine = drafts.load(conn, subject, by=by)
    return drafts.load(conn, subject, by=by.principal) if mine is None and by.acts_for else mine


def _hold(
    conn: sa.Connection,
    row: sa.Row[Any],
    version: Version,
    by: Person,
    history: Sequence[sa.Row[Any]],
) -> Hold:
    """Return it; of a case in which nobody has done a step, none can be returned."""
    step, procedure = version.step(row.process, row.element), version.compiled.id
    found = offered(step, row, procedure=procedure, by=by, concerned=True)
    is_first = all(entry.kind not in FINISHING for entry in history)
    return Hold(
        owner=row.owner,
        owner_name=row.owner_name,
        signing=row.signing,
        acts=tuple(act for act in found if not (act.key == "return" and is_first)),
        signatures=of_task(conn, row.id),
        answers=sent_answers(conn, row, version),
        replaced=drafts.replaced(conn, drafts.of_task(row.id), by=by),
    )
