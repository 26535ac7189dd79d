"""Papers of a case, for the browser to print on A4: the register's forms, or one form as sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, url_for

from engine.history import dossier
from forms import Heading, Names, layout_of, paper
from web.database import connection
from web.language import language, our_company
from web.people import current_person
from web.uploads import files_of

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from engine.history.dossier import Dossier
    from engine.history.entryview import FilledForm
    from forms import Layout

bp = Blueprint("printing", __name__)

_REDONE = Names("已被退回重办", "Superseded")
_WITHDRAWN = Names("已撤回重办", "Taken back")
_CANCELLED = Names("已撤销", "Cancelled")


@bp.get("/cases/<uuid:case_id>/papers/<name>")
def show(case_id: UUID, name: str) -> ResponseReturnValue:
    """Fill one of the procedure's papers with the case's latest answers."""
    case = dossier.case(connection(), case_id, by=current_person())
    layout = case.version.bundle.papers.get(name)
    return abort(404) if layout is None else _sheet(case, layout)


@bp.get("/cases/<uuid:case_id>/entries/<int:seq>/paper")
def show_one(case_id: UUID, seq: int) -> ResponseReturnValue:
    """Lay one sent form out by itself."""
    case = dossier.case(connection(), case_id, by=current_person())
    sent = [one for one in case.filled if one.seq == seq]
    return _sheet(case, layout_of(sent[0].form), only=seq) if sent else abort(404)


def _mark(case: Dossier, alone: FilledForm | None) -> Names | None:
    """Say that the case was cancelled; of a sheet by itself which it is, and if it was redone."""
    marks = [_CANCELLED] if case.header.is_cancelled else []
    if alone is not None:
        again = _WITHDRAWN if alone.withdrawn else _REDONE
        marks += [again] if alone.superseded else []
        marks += [alone.item] if alone.item is not None else []
    zh, en = (" · ".join(mark.of(lang) for mark in marks) for lang in ("zh", "en"))
    return Names(zh, en) if marks else None


def _sheet(case: Dossier, layout: Layout, *, only: int | None = None) -> str:
    sheets = [one for one in case.filled if only in (None, one.seq)]
    mark = _mark(case, sheets[0] if only else None)
    if only:
        sheets = [replace(one, superseded=False, item=None) for one in sheets]
    header, company = case.header, our_company()
    filled = paper(
        layout,
        sheets,
        Heading(Names(company.zh, company.en), header.number or "", header.code, mark),
        lang=language(),
        files=files_of((one.form, one.values) for one in sheets),
    )
    back = url_for("cases.show", case_id=header.id)
    return render_template("print/form.html", paper=filled, back=back)
