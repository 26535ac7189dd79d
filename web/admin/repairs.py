"""Repairing the data of the case of an incident: typed, looked at before and after, and done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from engine.cases import casedata
from engine.incidents import incidentview, repairing
from engine.incidents.repairing import BadRepairError, CaseMovedError, check_changed
from engine.reasons import BadReasonError
from engine.roles import OPERATOR
from web.admin import values
from web.admin.incidentpage import box_name, page_of, part_of, typed_for, typing_of
from web.admin.incidents import KEY
from web.admin.sections import only_for
from web.clock import now
from web.database import connection, transaction
from web.once import say_once
from web.people import current_person
from web.security import draws

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.cases.casedata import Part
    from engine.errors import Refusal
    from engine.incidents.incidentview import Opened
    from web.admin.values import Typed

bp = only_for(
    {OPERATOR},
    Blueprint("admin_incidents_data", __name__, url_prefix=f"/admin/incidents{KEY}/data"),
)


@bp.post("")
@draws
def repair(key: int) -> ResponseReturnValue:
    """Show what would change, and once a reason is given and it is confirmed, change it."""
    try:
        return _taken(incidentview.opened(connection(), key))
    except CaseMovedError as refusal:
        return page_of(incidentview.opened(connection(), key), refusal=refusal), 409


def _taken(found: Opened) -> ResponseReturnValue:
    part = part_of(found)
    typed = typed_for(part)
    changed = {v.name: t.value for v, t in _changed(part, typed)}
    pressed = request.form.get("do", "")
    if "json" in request.form or pressed == "edit":
        return page_of(found, typing={**typing_of(found), part.scope: _as_json(part, typed)})
    if any(one.problem for one in typed.values()):
        return page_of(found), 422
    try:
        check_changed(changed)
        if pressed == "repair":
            return _repaired(found, part, changed)
    except BadRepairError as refusal:
        return page_of(found, refusal=refusal), 422
    except BadReasonError as refusal:
        return _review(found, part, typed, refusal), 422
    return _review(found, part, typed)


def _as_json(part: Part, typed: dict[str, Typed]) -> dict[str, Typed]:
    """Turn the variable whose button was pressed into one to be typed as JSON."""
    name = request.form.get("json", "").rpartition(".")[2]
    for variable in part.variables:
        if variable.name == name and name in typed:
            one = typed[name]
            value = variable.value if one.problem else one.value
            return {**typed, name: values.as_json(value)}
    return typed


def _changed(part: Part, typed: dict[str, Typed]) -> list[tuple[casedata.Variable, Typed]]:
    found = [(v, typed[v.name]) for v in part.variables if v.name in typed]
    return [(variable, one) for variable, one in found if values.is_changed(variable, one)]


def _revision() -> int:
    said = request.form.get("revision", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < len(str(2**31)) else 0


def _repaired(found: Opened, part: Part, changed: dict[str, object]) -> ResponseReturnValue:
    incident = found.line.incident
    if incident.case_id is None:
        raise CaseMovedError(None)
    with transaction() as conn:
        repairing.repair(
            conn,
            incident.case_id,
            changed,
            scope=part.scope,
            revision=_revision(),
            reason=request.form.get("reason", ""),
            by=current_person(),
            now=now(),
        )
    there = url_for("admin_incidents.show", key=incident.id)
    say_once(there, "repaired")
    return redirect(there, 303)


def _review(
    found: Opened, part: Part, typed: dict[str, Typed], refusal: Refusal | None = None
) -> str:
    version = found.version
    rows = [
        (
            variable,
            one,
            None if version is None else casedata.said(version, variable.name, one.value),
        )
        for variable, one in _changed(part, typed)
    ]
    return render_template(
        "admin/repair.html",
        one=found,
        incident=found.line.incident,
        part=part,
        rows=rows,
        box_name=box_name,
        revision=_revision(),
        reason=request.form.get("reason", ""),
        refusal=refusal,
    )
