"""The data that a case goes by, as an operator reads them: its variables, under their titles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine import procedures, spiff
from engine.history import items
from engine.spiff import Names
from engine.tables import cases

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from engine.procedures import Version
    from engine.spiff import Scope
    from forms import Field, Form
    from forms import Names as FormNames


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable; ``form`` is the first with a field of its name, if one has.

    ``words`` is its value for reading.
    """

    name: str
    title: Names
    value: object
    words: Names
    is_set: bool
    form: Form | None

    @property
    def field(self) -> Field | None:
        """The form's field that fills it."""
        return None if self.form is None else self.form.by_name[self.name]


@dataclass(frozen=True, slots=True)
class Part:
    """The variables of the case (``scope`` 0), or those of its own that a called process has.

    ``process`` and ``caller`` are the names of the diagram and of the activity that runs it,
    ``item`` says which one of several instances it is.
    """

    scope: int
    process: Names
    caller: Names | None
    item: FormNames | None
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class CaseData:
    """What a case goes by at one ``revision``; a repair of another one is refused."""

    revision: int
    is_open: bool
    parts: tuple[Part, ...]


def case_data(conn: sa.Connection, case_id: UUID, *, wanted: Collection[str] = ()) -> CaseData:
    """Return the variables of a case and of what runs in it, the ``wanted`` names first.

    Of a called process only what differs from its caller stands here: a copy that still agrees is
    repaired with its original.
    """
    columns = (cases.c.version_id, cases.c.state, cases.c.revision, cases.c.status)
    row = conn.execute(sa.select(*columns).where(cases.c.id == case_id)).one()
    version = procedures.version(conn, row.version_id)
    scopes = spiff.variables(version.compiled, row.state)
    parts = (_part(version, scope, wanted) for scope in scopes)
    shown = tuple(part for part in parts if part.variables or not part.scope)
    return CaseData(row.revision, row.status == "open", shown)


def _part(version: Version, scope: Scope, wanted: Collection[str]) -> Part:
    own = {name for name in scope.values if name not in scope.copied}
    own |= frozenset() if scope.within else version.compiled.variables
    return Part(
        scope.id,
        version.compiled.diagrams[scope.process].names,
        version.place(scope.within),
        items.told(version, scope.item),
        tuple(_variable(version, scope, name) for name in _sorted(own, scope, wanted)),
    )


def _sorted(names: Iterable[str], scope: Scope, wanted: Collection[str]) -> list[str]:
    return sorted(names, key=lambda name: (name not in wanted, name not in scope.values, name))


def _variable(version: Version, scope: Scope, name: str) -> Variable:
    value, form = scope.values.get(name), _form_with(version, name)
    words = said(version, name, value)
    return Variable(name, title_of(version, name), value, words, name in scope.values, form)


def field_of(version: Version, name: str) -> Field | None:
    """Return the form's field of this name, if a form has one."""
    form = _form_with(version, name)
    return None if form is None else form.by_name[name]


def title_of(version: Version, name: str) -> Names:
    """Return what people call a variable: the title of its field, or of its column in a table.

    One that has neither is called by its name.
    """
    if (field := field_of(version, name)) is not None:
        return Names(field.title.zh, field.title.en)
    for table in version.compiled.tables.values():
        columns = zip(table.outputs, table.output_names, strict=True)
        asked = zip(table.inputs, table.input_names, strict=True)
        for column, title in (*columns, *asked):
            if column == name and title.zh:
                return title
    return Names(name, name)


def said(version: Version, name: str, value: Any) -> Names:  # noqa: ANN401 - whatever a case holds
    """Return a variable's value for reading, as its field writes it if there is one."""
    form = _form_with(version, name)
    if form is not None and not isinstance(value, dict | float):
        return Names(form.text(name, value, "zh"), form.text(name, value, "en"))
    if isinstance(value, bool):
        return Names("是", "Yes") if value else Names("否", "No")
    if value is None or isinstance(value, str):
        return Names(value or "—", value or "—")
    written = orjson.dumps(value).decode()
    return Names(written, written)


def _form_with(version: Version, name: str) -> Form | None:
    """Return the first form with a field; a name means the same in all forms of a procedure."""
    forms = version.bundle.forms.values()
    return next((form for form in forms if name in form.by_name), None)
