"""The uiSchema: order, sections, widgets and when a field shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from forms.fields import JSON, Choice, Condition, Field, Kind, Look, Widget
from forms.names import Names
from forms.source import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_RADIOS = 4

_ROOT = {"ui:order", "$comment"}
_KEYS = {
    "ui:widget",
    "ui:section",
    "ui:showIf",
    "ui:help",
    "ui:placeholder",
    "ui:options",
    "$comment",
}
_OPTIONS = {"rows", "accept", "width", "inputmode"}
_WIDGETS = {
    Kind.TEXT: [Widget.TEXT, Widget.TEXTAREA],
    Kind.DATE: [Widget.DATE, Widget.TEXT],
    Kind.DATE_TIME: [Widget.DATE_TIME, Widget.TEXT],
    Kind.BOOLEAN: [Widget.CHECKBOX, Widget.RADIO, Widget.SELECT],
    Kind.CHOICE: [Widget.RADIO, Widget.SELECT],
    Kind.CHOICES: [Widget.CHECKBOXES],
    Kind.ROWS: [Widget.TABLE],
    Kind.ATTACHMENTS: [Widget.FILE],
}


def usual_widget(kind: Kind, choices: tuple[Choice, ...], *, required: bool) -> Widget:
    if kind is Kind.BOOLEAN:
        return Widget.RADIO if required else Widget.CHECKBOX
    if kind is Kind.CHOICE:
        return Widget.RADIO if len(choices) <= MOST_RADIOS else Widget.SELECT
    return _WIDGETS.get(kind, [Widget.TEXT])[0]


def dressed(fields: tuple[Field, ...], ui: Node) -> tuple[Field, ...]:
    """Put the fields in the order of the page and give each its look."""
    by_name = {field.name: field for field in fields}
    for key, child in ui.children():
        if key not in by_name and key not in _ROOT:
            raise child.broken(f"“{key}”不是本表单的字段", f'"{key}" is not a field of this form')
    section: Names | None = None
    found = []
    for name in _order(ui, list(by_name)):
        own = ui.get(name) or Node({}, ui.file, f"/{name}")
        field = _dressed(by_name[name], own, by_name)
        section = field.look.section or section
        found.append(replace(field, look=replace(field.look, section=section)))
    _refuse_circles(tuple(found), ui)
    return tuple(found)


def _order(ui: Node, names: list[str]) -> list[str]:
    listed = ui.get("ui:order")
    if listed is None:
        return names
    wanted = [item.text() for item in listed.elements()]
    rest = [name for name in names if name not in wanted]
    for item, name in zip(listed.elements(), wanted, strict=True):
        if (name != "*" and name not in names) or wanted.count(name) > 1:
            raise item.broken(
                f"ui:order 里的“{name}”不是字段或写了两次",
                f'"{name}" in ui:order is no field, or stands twice',
            )
    if rest and "*" not in wanted:
        raise listed.broken(
            f'ui:order 缺少字段：{", ".join(rest)}；请补上或写 "*"',
            f'ui:order lacks the fields {", ".join(rest)}: add them, or "*"',
        )
    return [name for item in wanted for name in (rest if item == "*" else [item])]


def _dressed(field: Field, ui: Node, by_name: Mapping[str, Field]) -> Field:
    ui.only(_KEYS)
    options = ui.get("ui:options") or Node({}, ui.file, ui.pointer)
    options.only(_OPTIONS)
    rows = options.get("rows")
    look = Look(
        widget=_widget(field, ui),
        section=section.names() if (section := ui.get("ui:section")) else None,
        help=_text(ui, "ui:help", field.look.help),
        placeholder=_text(ui, "ui:placeholder", None),
        rows=min(max(rows.count(), 1), 30) if rows else 3,
        accept=options.said("accept") or "",
        inputmode=options.said("inputmode") or "",
        width=_one_of(options, "width", {"full", "half"}),
    )
    return replace(field, look=look, show_if=_show_if(ui, by_name))


def _widget(field: Field, ui: Node) -> Widget:
    said = ui.said("ui:widget")
    if said is None:
        return field.look.widget
    allowed = _WIDGETS.get(field.kind, [Widget.TEXT])
    if said not in allowed:
        known = ", ".join(sorted(allowed))
        raise ui.at("ui:widget").broken(
            f"字段“{field.name}”不能用控件“{said}”；可用：{known}",
            f'The field "{field.name}" has no widget "{said}"; possible: {known}',
        )
    return Widget(said)


def _text(ui: Node, key: str, usual: Names | None) -> Names | None:
    """Take a string as Chinese with its English in the schema; ASCII is good for both."""
    found = ui.get(key)
    if found is not None and isinstance(found.value, dict):
        return found.names()
    zh = found.text() if found else (usual.zh if usual else "")
    en = (usual.en if usual else "") or (zh if zh.isascii() else "")
    if bool(zh) != bool(en):
        raise ui.broken(
            f"“{key}”要有中文和英文：写 {{zh, en}}，英文也可写在 x-i18n.en",
            f'"{key}" needs Chinese and English: write {{zh, en}}, or the English in x-i18n.en',
        )
    return Names(zh, en) if zh else None


def _one_of(node: Node, key: str, allowed: set[str]) -> str:
    said = node.said(key)
    if said is not None and said not in allowed:
        known = ", ".join(sorted(allowed))
        raise node.at(key).broken(f"{key} 只能是：{known}", f"{key} is one of {known}")
    return said or ""


def _show_if(ui: Node, by_name: Mapping[str, Field]) -> tuple[Condition, ...]:
    shown = ui.get("ui:showIf")
    if shown is None:
        return ()
    return tuple(condition(node, name, by_name) for name, node in shown.children())


def condition(node: Node, name: str, by_name: Mapping[str, Field]) -> Condition:
    """Read one `{field: value or [values]}`, refusing what could never hold."""
    field = by_name.get(name)
    if field is None:
        raise node.broken(f"“{name}”不是本表单的字段", f'"{name}" is not a field of this form')
    values = node.elements() if isinstance(node.value, list) else [node]
    return Condition(name, tuple(_possible(value, field) for value in values))


def _possible(node: Node, field: Field) -> JSON:
    value = node.value
    match field.kind:
        case Kind.CHOICE | Kind.CHOICES:
            fits = value in [choice.const for choice in field.choices]
        case Kind.BOOLEAN:
            fits = isinstance(value, bool)
        case Kind.INTEGER:
            fits = type(value) is int
        case _:
            fits = False
    if fits and isinstance(value, str | int):
        return value
    raise node.broken(
        f"字段“{field.name}”不会等于 {value!r}：只能与选项、是否或整数比较",
        f'"{field.name}" never equals {value!r}: compare choices, yes/no or whole numbers',
    )


def in_turn(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Sort so that a field comes after those that show it; raise ValueError(name) for a circle."""
    known: set[str] = set()
    found: list[Field] = []
    waiting = list(fields)
    while waiting:
        ready = [f for f in waiting if all(c.field in known for c in f.show_if)]
        if not ready:
            raise ValueError(waiting[0].name)
        known |= {field.name for field in ready}
        found += ready
        waiting = [field for field in waiting if field.name not in known]
    return tuple(found)


def _refuse_circles(fields: tuple[Field, ...], ui: Node) -> None:
    """Refuse a field shown by itself, directly or through others: it could never appear."""
    try:
        in_turn(fields)
    except ValueError as error:
        stuck = str(error)
        raise (
            ui.at(stuck)
            .at("ui:showIf")
            .broken(
                f"字段“{stuck}”的显示条件循环引用", f'"{stuck}" is shown by a circle of conditions'
            )
        ) from error
