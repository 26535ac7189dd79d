"""What somebody wrote into a form, shown outside it: labelled, to be read and copied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import render_template
from werkzeug.datastructures import MultiDict

from engine import procedures
from engine.errors import NotFoundError
from engine.history import dossier
from web.kept import Kept, posted_values, without_row
from web.language import language
from web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import sqlalchemy as sa

    from forms import Form, FormView

FORM_KEY = "_form"
_BUTTONS = ("_add", "_del", "_show")


def rearranges(posted: MultiDict[str, str]) -> bool:
    """Say whether a button was pressed that only wants the form again."""
    return any(posted.get(name) for name in _BUTTONS)


def labels_of(form: FormView) -> str:
    """Return a form's words as it sends them along, in JSON.

    Labels stand by name (of a cell ``table.column``), the words of a choice or a file by
    ``name=value``.
    """
    fields = [field for section in form.sections for field in section.fields]
    cells = [cell for field in fields for row in field.rows[:1] for cell in row.cells]
    words = {}
    for one in fields + cells:
        name = without_row(one.name)
        words[name] = one.label
        words |= {f"{name}={choice.value}": choice.label for choice in one.choices}
        words |= {f"{name}={file.value}": file.name for file in one.files}
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def many(draft: Mapping[str, list[str]]) -> MultiDict[str, str]:
    """Return a stored draft as it was posted."""
    return MultiDict((name, value) for name, values in draft.items() for value in values)


def labelled(conn: sa.Connection, case_id: UUID | None, posted: MultiDict[str, str]) -> list[Kept]:
    """Return posted values under the labels of the form they were typed into, if it is known."""
    process, _, element = posted.get(FORM_KEY, "").partition("/")
    if case_id is None or not element:
        return posted_values()
    try:
        row = dossier.case_row(conn, case_id, by=current_person())
        form = procedures.version(conn, row.version_id).form(process, element)
    except (KeyError, NotFoundError):
        return posted_values()
    return in_words(form, posted)


def in_words(form: Form, posted: MultiDict[str, str]) -> list[Kept]:
    """Return what was typed as label and text; what makes no sense stands as it was typed."""
    answers = form.read(posted)
    said = [
        Kept("", text, label, text) for label, text in form.describe(answers.values, language())
    ]
    for pointer in answers.problems:
        name = pointer.split("/")[1] if "/" in pointer else ""
        raw = "、".join(value for value in posted.getlist(name) if value)
        if raw and name in form.by_name:
            said.append(Kept(name, raw, form.by_name[name].title.of(language()), raw))
    return said


def stuck_page(incident: int, *, back: str, kept: list[Kept]) -> str:
    """Return the page that says that a step failed, and where it is on record.

    ``kept`` is what was typed, if it was too much for a draft.
    """
    return render_template("errors/stuck.html", incident=incident, back=back, kept=kept)
