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
from web.admin.incidentpage import box_name, page_of, revision_seen, typing_of
from web.admin.incidents import KEY
from web.admin.sections import only_for
from web.clock import now
from web.database import connection, transaction
from web.once import say_once
from web.people import current_person
from web.security import draws

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.cases.casedata import CaseData, Part, Variable
    from engine.errors import Refusal
    from engine.incidents.incidentview import Opened
    from engine.spiff import Names
    from web.admin.incidentpage import Typing
    from web.admin.values import Typed

    Change = tuple[Part, list[tuple[Variable, Typed]]]

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
    if found.data is None:
        raise CaseMovedError(found.line.incident.case_id)
    typing = typing_of(found)
    if "json" in request.form or request.form.get("do") == "edit":
        return page_of(found, typing=_as_json(found.data, typing))
    if revision_seen() != found.data.revision:
        raise CaseMovedError(found.line.incident.case_id)
    if any(one.problem for typed in typing.values() for one in typed.values()):
        return page_of(found), 422
    return _looked_at(found, _changes(found.data, typing))


def _looked_at(found: Opened, changes: list[Change]) -> ResponseReturnValue:
    try:
        for changed in [_values(each) for each in changes] or [{}]:
            check_changed(changed)
        if request.form.get("do") == "repair":
            return _repaired(found, changes)
    except BadRepairError as refusal:
        return page_of(found, refusal=refusal), 422
    except BadReasonError as refusal:
        return _review(found, changes, refusal), 422
    return _review(found, changes)


def _as_json(data: CaseData, typing: Typing) -> Typing:
    """Turn the variable whose button was pressed into one to be typed as JSON."""
    scope, _, name = request.form.get("json", "").rpartition(".")
    for part in data.parts:
        typed = typing[part.scope]
        for variable in part.variables:
            if (str(part.scope), variable.name) == (scope or "0", name) and name in typed:
                one = typed[name]
                value = variable.value if one.problem else one.value
                return {**typing, part.scope: {**typed, name: values.as_json(value)}}
    return typing


def _changes(data: CaseData, typing: Typing) -> list[Change]:
    """Return the parts of the data for which something else was typed, with what it was."""
    changes = []
    for part in data.parts:
        typed = [(v, typing[part.scope].get(v.name)) for v in part.variables]
        found = [(v, one) for v, one in typed if one is not None and values.is_changed(v, one)]
        if found:
            changes.append((part, found))
    return changes


def _values(change: Change) -> dict[str, object]:
    return {variable.name: typed.value for variable, typed in change[1]}


def _repaired(found: Opened, changes: list[Change]) -> ResponseReturnValue:
    """Repair what is called before what calls it, whose new values are copied where they agreed."""
    incident = found.line.incident
    if incident.case_id is None:
        raise CaseMovedError(None)
    with transaction() as conn:
        for done, change in enumerate(reversed(changes)):
            repairing.repair(
                conn,
                incident.case_id,
                _values(change),
                scope=change[0].scope,
                revision=revision_seen() + done,
                reason=request.form.get("reason", ""),
                by=current_person(),
                now=now(),
            )
    there = url_for("admin_incidents.show", key=incident.id)
    say_once(there, "repaired")
    return redirect(there, 303)


def _review(found: Opened, changes: list[Change], refusal: Refusal | None = None) -> str:
    return render_template(
        "admin/repair.html",
        one=found,
        incident=found.line.incident,
        parts=[
            (part, [(v, typed, _said(found, v, typed)) for v, typed in rows])
            for part, rows in changes
        ],
        box_name=box_name,
        revision=revision_seen(),
        reason=request.form.get("reason", ""),
        refusal=refusal,
    )


def _said(found: Opened, variable: Variable, typed: Typed) -> Names | None:
    version = found.version
    return None if version is None else casedata.said(version, variable.name, typed.value)
