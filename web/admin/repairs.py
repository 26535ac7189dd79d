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
from web.admin.incidentpage import Typing, page_of
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


@bp.get("")
def edit(key: int) -> ResponseReturnValue:
    """Lead back to the page that this was typed on, as after signing in anew."""
    if "scope" not in request.form:
        return redirect(url_for("admin_incidents.show", key=key), 303)
    found = incidentview.opened(connection(), key)
    return page_of(found, typing=_typing(found))


@bp.post("")
@draws
def repair(key: int) -> ResponseReturnValue:
    """Show what would change, and once a reason is given and it is confirmed, change it."""
    try:
        return _taken(incidentview.opened(connection(), key))
    except CaseMovedError as refusal:
        found = incidentview.opened(connection(), key)
        return page_of(found, typing=_typing(found), refusal=refusal), 409


def _taken(found: Opened) -> ResponseReturnValue:
    part = _part(found)
    typed = _typed(part)
    changed = {v.name: t.value for v, t in _changed(part, typed)}
    pressed = request.form.get("do", "")
    if "json" in request.form or pressed == "edit":
        return page_of(found, typing=Typing(part.scope, _as_json(part, typed)))
    if any(one.problem for one in typed.values()):
        return page_of(found, typing=Typing(part.scope, typed)), 422
    try:
        check_changed(changed)
        if pressed == "repair":
            return _repaired(found, part, changed)
    except BadRepairError as refusal:
        return page_of(found, typing=Typing(part.scope, typed), refusal=refusal), 422
    except BadReasonError as refusal:
        return _review(found, part, typed, refusal), 422
    return _review(found, part, typed)


def _typing(found: Opened) -> Typing | None:
    """Return what was typed to be repaired, for the part of the data as it is now."""
    try:
        part = _part(found)
    except CaseMovedError:
        return None
    return Typing(part.scope, _typed(part))


def _part(found: Opened) -> Part:
    """Return the part of the data that was typed for; CaseMovedError when it is gone."""
    case_id = found.line.incident.case_id
    parts = found.data.parts if found.data else ()
    for part in parts:
        if str(part.scope) == request.form.get("scope", "0"):
            return part
    raise CaseMovedError(case_id)


def _typed(part: Part) -> dict[str, Typed]:
    return {
        variable.name: values.read(
            variable, request.form[f"kind.{variable.name}"], _texts(variable.name)
        )
        for variable in part.variables
        if f"kind.{variable.name}" in request.form
    }


def _as_json(part: Part, typed: dict[str, Typed]) -> dict[str, Typed]:
    """Turn the variable whose button was pressed into one to be typed as JSON."""
    name = request.form.get("json", "")
    for variable in part.variables:
        if variable.name == name and name in typed:
            one = typed[name]
            value = variable.value if one.problem else one.value
            return {**typed, name: values.as_json(value)}
    return typed


def _texts(name: str) -> list[str]:
    return request.form.getlist(f"value.{name}")


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
        revision=_revision(),
        reason=request.form.get("reason", ""),
        refusal=refusal,
    )
