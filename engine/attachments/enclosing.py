"""Enclosing: the files of a form become the case's with the sending of the form, and no other's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from engine.attachments import COLUMNS
from engine.errors import Refusal
from engine.tables import attachments
from forms import Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.attachments import Attachment
    from engine.people import Person
    from forms import Answers, Form

_TAKEN = Problem(
    "附件已随另一案件提交，请重新上传。",
    "The attachment was sent with another case; upload it again.",
)
_LOST = Problem("附件已失效，请重新上传。", "The attachment is gone; upload it again.")


class AttachmentTakenError(Refusal):
    """A file of this form was sent with something else meanwhile."""

    code = "attachment_taken"

    def __init__(self) -> None:
        super().__init__(_TAKEN.zh, _TAKEN.en)


def key_of(text: object) -> UUID | None:
    """Return the id that a posted text is, or None: whatever may stand at a field of files."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def keys_in(form: Form, values: Mapping[str, Any]) -> set[UUID]:
    """Return the ids that stand at a form's fields of files; what is no id is passed over."""
    listed = (one for texts in _ids(form, values).values() for one in texts)
    return {key for one in listed if (key := key_of(one)) is not None}


def only_stored(
    conn: sa.Connection,
    form: Form,
    typed: Mapping[str, list[str]],
    *,
    subject: str,
    by: Person,
) -> dict[str, list[str]]:
    """Return what was typed without files that this person never stored for this form.

    For whoever acts for somebody, files that the other has stored count too, here and below.
    """
    named = _ids(form, typed)
    if not named:
        return dict(typed)
    keys = keys_in(form, typed)
    mine = set(conn.scalars(sa.select(attachments.c.id).where(_mine(keys, subject, by))))
    stored = {name: [one for one in texts if key_of(one) in mine] for name, texts in named.items()}
    return {**typed, **stored}


def _ids(form: Form, values: Mapping[str, Any]) -> dict[str, list[str]]:
    fields = (field.name for field in form.fields if field.kind is Kind.ATTACHMENTS)
    return {name: keys for name in fields if (keys := values.get(name))}


def check(
    conn: sa.Connection, form: Form, answers: Answers, *, subject: str, by: Person
) -> Answers:
    """Return the answers with a problem at each attachment that is not free to be sent with them.

    Free is what this person stored for this form and what belongs to no case yet.
    """
    refused = {pointer.split("/")[1] for pointer in answers.problems if "/" in pointer}
    named = {name: ks for name, ks in _ids(form, answers.values).items() if name not in refused}
    if not named:
        return answers
    keys = keys_in(form, named)
    mine = sa.select(attachments.c.id, attachments.c.case_id).where(_mine(keys, subject, by))
    stored = {row.id: row.case_id for row in conn.execute(mine)}
    problems = {}
    for name, listed in named.items():
        ids = {key_of(one) for one in listed}
        if ids - set(stored):
            problems[f"/{name}"] = _LOST
        elif any(stored[key] is not None for key in ids if key):
            problems[f"/{name}"] = _TAKEN
    return replace(answers, problems={**answers.problems, **problems}) if problems else answers


def _mine(keys: Collection[UUID], subject: str, by: Person) -> sa.ColumnElement[bool]:
    ours = attachments.c.uploaded_by.in_([one.id for one in by.both])
    own = sa.and_(attachments.c.subject == subject, ours)
    return sa.and_(attachments.c.id.in_(keys), own)


def attach(
    conn: sa.Connection,
    form: Form,
    values: Mapping[str, Any],
    *,
    case_id: UUID,
    subject: str,
    by: Person,
) -> list[list[object]]:
    """Bind the files of a sent form to its case.

    Returns for the entry what was sent: of each file id, name, size in bytes and SHA-256 in hex,
    as the form lists them. Raises AttachmentTakenError when one went elsewhere since the check.
    """
    listed = (one for texts in _ids(form, values).values() for one in texts)
    keys = [key for one in listed if (key := key_of(one)) is not None]
    if not keys:
        return []
    free = sa.and_(_mine(keys, subject, by), attachments.c.case_id.is_(None))
    bound = sa.update(attachments).where(free).values(case_id=case_id).returning(*COLUMNS)
    kept = {row.id: row for row in conn.execute(bound)}
    if set(keys) - set(kept):
        raise AttachmentTakenError
    return [said(kept[key]) for key in dict.fromkeys(keys)]


def said(kept: Attachment | sa.Row[Any]) -> list[object]:
    """Return what an entry says of a file: id, name, size in bytes, SHA-256 in hex."""
    return [kept.id.hex, kept.name, kept.size, kept.sha256.hex()]
