"""Opening a follow-up of a case: its start form begins with what the case has under the same names.

What is to be linked travels with the form and its draft, as linking.opened says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import procedures
from engine.cases import starts
from engine.errors import Refusal
from engine.history import dossier
from engine.linking.opened import FIELD
from engine.linking.ties import check_may_link, checked_relation
from engine.reasons import checked_reason
from engine.tasks import drafts
from forms import Kind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person
    from forms import Form


class DraftThereError(Refusal):
    """The person has a draft of the start form already, which must not be lost."""

    code = "draft_there"

    def __init__(self) -> None:
        super().__init__(
            "您有一份该规程的草稿还没有提交；请先提交或清空它，再另立后续案件。",
            "You have a draft of that procedure that is not sent; send or clear it first, then "
            "open the follow-up.",
        )


def prepare(
    conn: sa.Connection,
    case_id: UUID,
    procedure: str,
    relation: str,
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Keep, as a draft of a procedure's start form, what a case has for it and that it follows it.

    Raises MayNotLinkError, BadLinkError, BadReasonError, DraftThereError, NotYoursError and
    NotFoundError.
    """
    check_may_link(conn, case_id, by=by)
    said = [case_id.hex, checked_relation(relation), checked_reason(reason)]
    view = starts.start_form(conn, procedure, by=by)
    if view.draft is not None:
        raise DraftThereError
    row = dossier.case_row(conn, case_id, by=by)
    version = procedures.version(conn, row.version_id)
    known = dossier.latest_answers(version, dossier.history_rows(conn, case_id))
    values = {**view.form.prefill({}, today=view.form.day(now)), **carried(view.form, known)}
    typed = {**view.form.as_posted(values), FIELD: said}
    drafts.save(conn, drafts.of_start(procedure), typed, by=by, now=now)


def carried(form: Form, known: dict[str, Any]) -> dict[str, Any]:
    """Return what is known under the names of a form's fields, without files."""
    names = {field.name for field in form.fields if field.kind is not Kind.ATTACHMENTS}
    return {name: value for name, value in known.items() if name in names and value is not None}
