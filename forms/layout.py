"""How a paper is laid out: `forms/print/*.json`, checked against the forms it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.fields import Widget
from forms.names import Names
from forms.schema import title_of
from forms.source import Node, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from forms.fields import Field
    from forms.form import Form

MOST_CELLS = 4
MOST_LINES = 20
_FILLED_IN_BY = Names("填写人", "Filled in by")
_LONG = {Widget.TEXTAREA, Widget.TABLE, Widget.FILE, Widget.CHECKBOXES}
_ROOT = {
    "$comment",
    "title",
    "x-i18n",
    "procedure",
    "orientation",
    "copies",
    "sections",
    "note",
    "x-clauses",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One labelled box: `lines` is its least height; `step` names one form if several answer.

    Of a form that several calls ask for only what was sent within the `call` counts, if named.
    """

    field: str
    label: Names
    lines: int = 1
    step: str | None = None
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A line with who completed a step (within a `call`) and when; by hand while nobody has."""

    title: Names
    step: str
    call: str | None = None


@dataclass(frozen=True, slots=True)
class PaperSection:
    title: Names | None
    rows: tuple[tuple[Cell, ...], ...]
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    number: int
    to: Names
    purpose: Names | None


@dataclass(frozen=True, slots=True)
class Layout:
    key: str
    title: Names
    procedure: str
    landscape: bool
    copies: tuple[Copy, ...]
    sections: tuple[PaperSection, ...]
    note: Names | None


def load_layout(key: str, source: bytes, *, forms: Mapping[str, Form]) -> Layout:
    """Read `forms/print/<key>.json`; `forms` are all of its procedure, by "<process>/<step>".

    Raises BrokenFormError.
    """
    root = parse(f"forms/print/{key}.json", source)
    root.only(_ROOT)
    orientation = root.said("orientation") or "portrait"
    if orientation not in ("portrait", "landscape"):
        raise root.at("orientation").broken(
            "orientation 只能是 portrait 或 landscape", "orientation is portrait or landscape"
        )
    copies = root.get("copies")
    note = root.get("note")
    return Layout(
        key=key,
        title=title_of(root),
        procedure=root.needs("procedure").text(),
        landscape=orientation == "landscape",
        copies=tuple(_copy(node) for node in copies.elements()) if copies else (),
        sections=tuple(_section(node, forms) for node in root.needs("sections").elements()),
        note=note.names() if note else None,
    )


def layout_of(form: Form) -> Layout:
    """Lay a single form out on paper, for forms that have no paper of their own."""
    sections: dict[Names | None, list[tuple[Cell, ...]]] = {}
    last: Field | None = None
    for field in form.fields:
        rows = sections.setdefault(field.look.section, [])
        lines = field.look.rows if field.look.widget is Widget.TEXTAREA else 1
        cell = Cell(field.name, field.title, lines)
        if rows and len(rows[-1]) == 1 and _is_short(field) and last and _is_short(last):
            rows[-1] = (*rows[-1], cell)
        else:
            rows.append((cell,))
        last = field
    return Layout(
        key=form.key,
        title=form.title,
        procedure="",
        landscape=False,
        copies=(),
        sections=(
            *(PaperSection(title, tuple(rows)) for title, rows in sections.items()),
            PaperSection(None, (), (Sign(_FILLED_IN_BY, form.key),)),
        ),
        note=None,
    )


def _is_short(field: Field) -> bool:
    return field.look.widget not in _LONG


def _copy(node: Node) -> Copy:
    node.only({"no", "to", "purpose"})
    purpose = node.get("purpose")
    return Copy(
        node.needs("no").count(), node.needs("to").names(), purpose.names() if purpose else None
    )


def _section(node: Node, forms: Mapping[str, Form]) -> PaperSection:
    node.only({"title", "rows", "signs", "$comment"})
    title, signs = node.get("title"), node.get("signs")
    return PaperSection(
        title.names() if title else None,
        tuple(_row(row, forms) for row in node.needs("rows").elements()),
        tuple(_sign(sign, forms) for sign in signs.elements()) if signs else (),
    )


def _row(node: Node, forms: Mapping[str, Form]) -> tuple[Cell, ...]:
    cells = tuple(_cell(cell, forms) for cell in node.elements())
    if not 1 <= len(cells) <= MOST_CELLS:
        raise node.broken("一行有 1 到 4 格", "A row has 1 to 4 cells")
    return cells


def _cell(node: Node, forms: Mapping[str, Form]) -> Cell:
    if isinstance(node.value, str):
        return Cell(node.text(), _label(node, node.text(), forms.values()))
    node.only({"field", "lines", "label", "step", "call"})
    call = node.get("call")
    step = node.needs("step") if call else node.get("step")
    owners = [_form(step, forms)] if step else forms.values()
    name, lines, label = node.needs("field"), node.get("lines"), node.get("label")
    found = _label(name, name.text(), owners)
    return Cell(
        name.text(),
        label.names() if label else found,
        max(1, min(lines.count(), MOST_LINES)) if lines else 1,
        step.text() if step else None,
        call.text() if call else None,
    )


def _sign(node: Node, forms: Mapping[str, Form]) -> Sign:
    node.only({"zh", "en", "step", "call"})
    step, call = node.needs("step"), node.get("call")
    _form(step, forms)
    titles = Node({key: node.needs(key).value for key in ("zh", "en")}, node.file, node.pointer)
    return Sign(titles.names(), step.text(), call.text() if call else None)


def _form(step: Node, forms: Mapping[str, Form]) -> Form:
    form = forms.get(step.text())
    if form is None:
        raise step.broken(
            f"没有步骤“{step.text()}”的表单", f'There is no form of a step "{step.text()}"'
        )
    return form


def _label(node: Node, name: str, forms: Iterable[Form]) -> Names:
    for form in forms:
        if name in form.by_name:
            return form.by_name[name].title
    raise node.broken(f"没有字段“{name}”", f'There is no field "{name}"')
