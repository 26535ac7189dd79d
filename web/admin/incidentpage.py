"""The page of one incident: what failed and where, the data to repair, and what was filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from engine.incidents.kinds import KINDS
from engine.incidents.repairing import CaseMovedError
from web.admin import values
from web.admin.values import Typed
from web.drawings import Tab
from web.kept import Kept
from web.written import in_words, many

if TYPE_CHECKING:
    from engine.cases.casedata import Part, Variable
    from engine.errors import Refusal
    from engine.incidents.incidentview import Opened


@dataclass(frozen=True, slots=True)
class Box:
    """One variable to be typed; ``is_open`` when it is to be seen at once.

    One that is ``refilled`` gets by a retry what the person had filled in, repaired or not.
    """

    variable: Variable
    typed: Typed
    is_open: bool
    is_suspect: bool
    is_refilled: bool

    @property
    def chooses(self) -> bool:
        """Whether the operator says what it is: a text, a number, yes or no, a date."""
        return self.variable.field is None and self.typed.kind in values.CHOOSABLE


Typing = dict[int, dict[str, Typed]]
"""What was typed for each part of the case's data, by its scope and the name of the variable."""


def box_name(what: str, scope: int, name: str) -> str:
    """Return what a box of a variable is posted as; ``what`` is its kind or value."""
    return f"{what}.{scope}.{name}" if scope else f"{what}.{name}"


def _typed_for(part: Part) -> dict[str, Typed]:
    """Return what this request has posted for a part of a case's data."""
    found = {}
    for variable in part.variables:
        kind, value = (box_name(what, part.scope, variable.name) for what in ("kind", "value"))
        if kind in request.form:
            texts = request.form.getlist(value)
            found[variable.name] = values.read(variable, request.form[kind], texts)
    return found


def typing_of(found: Opened) -> Typing:
    """Return all that this request has posted for the parts of a case's data as they are now."""
    parts = found.data.parts if found.data else ()
    return {part.scope: _typed_for(part) for part in parts}


def revision_seen() -> int:
    """Return the revision of the case that this request was typed on, 0 if it says none."""
    said = request.form.get("revision", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < len(str(2**31)) else 0


def page_of(
    found: Opened,
    *,
    typing: Typing | None = None,
    refusal: Refusal | None = None,
    once: str = "",
) -> str:
    """Return the page, with what was typed and is wrong or was to be looked at once more.

    ``typing`` is what this request has posted, if nothing else is said. What was typed before the
    case changed is shown with a word of that, and is reviewed only after it.
    """
    revision = found.data.revision if found.data else 0
    seen = revision_seen() or revision
    if seen != revision and refusal is None:
        refusal = CaseMovedError(found.line.incident.case_id)
    typing = typing_of(found) if typing is None else typing
    parts = found.data.parts if found.data else ()
    return render_template(
        "admin/incident.html",
        one=found,
        incident=found.line.incident,
        parts=[(part, _boxes(part, found, typing)) for part in parts],
        tabs=_tabs(found),
        kept=_kept(found),
        box_name=box_name,
        may_close=KINDS[found.line.incident.kind].may_close,
        refusal=refusal,
        revision=revision if isinstance(refusal, CaseMovedError) else seen,
        once=once,
    )


def _boxes(part: Part, found: Opened, typing: Typing) -> list[Box]:
    typed = typing.get(part.scope, {})
    return [_box(one, typed.get(one.name), found) for one in part.variables]


def _box(variable: Variable, typed: Typed | None, found: Opened) -> Box:
    kind, name = values.kind_of(variable), variable.name
    is_suspect, is_refilled = name in found.suspects, name in found.refilled
    if typed is None:
        as_it_is = Typed(kind, values.texts_of(kind, variable.value), variable.value)
        return Box(variable, as_it_is, is_suspect and not is_refilled, is_suspect, is_refilled)
    is_open = typed.problem is not None or typed.kind != kind or values.is_changed(variable, typed)
    is_open = is_open or (is_suspect and not is_refilled)
    return Box(variable, typed, is_open, is_suspect, is_refilled)


def _tabs(found: Opened) -> list[Tab]:
    """Return the diagram on which something failed, with the element marked."""
    incident, version = found.line.incident, found.version
    diagram = version.compiled.diagrams.get(incident.process) if version else None
    if version is None or diagram is None:
        return []
    xml = url_for("procedures.diagram", version_id=version.id, process=diagram.process)
    return [Tab(diagram.process, diagram.names, xml, current=[incident.element])]


def _kept(found: Opened) -> list[Kept]:
    """Return what the person had filled in, in words as far as its form is known."""
    answers = found.line.incident.answers or {}
    if found.form is None:
        return [
            Kept(name, "、".join(said), name, "、".join(said)) for name, said in answers.items()
        ]
    return in_words(found.form, many(answers))
