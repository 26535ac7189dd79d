"""Fields out of JSON Schema: the part of 2020-12 that a person can fill in."""

from __future__ import annotations

import keyword
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from forms.fields import Choice, Field, Kind, Look, Widget
from forms.limits import clauses_of, default_of, limits_of, must_be_true
from forms.looks import usual_widget
from forms.names import Names

if TYPE_CHECKING:
    from collections.abc import Collection

    from forms.source import Node

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WORDS = "len min max sum round abs int str bool any all sorted number true false none null"
_TAKEN = {*keyword.kwlist, *_WORDS.split(), "typename", "csrf_token"}
_FACTS = {"customer", "product", "amount", "approved", "zone"}

_ABOUT = {"type", "title", "description", "x-i18n", "default", "$comment"}
_OURS = {"x-from", "x-case", "x-personal", "x-our-default", "x-clauses"}
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_ITEMS = {"items", "minItems", "maxItems", "uniqueItems"}
_ALLOWED = {
    Kind.TEXT: {"minLength", "maxLength", "pattern", "examples"},
    Kind.EMAIL: {"format", "maxLength"},
    Kind.INTEGER: {*_BOUNDS, "x-unit"},
    Kind.DECIMAL: {"format", *_BOUNDS, "x-unit"},
    Kind.MONEY: {"format", *_BOUNDS},
    Kind.DATE: {"format", "x-latest", "x-earliest"},
    Kind.DATE_TIME: {"format"},
    Kind.BOOLEAN: {"const"},
    Kind.CHOICE: {"oneOf"},
    Kind.CHOICES: _ITEMS,
    Kind.ROWS: _ITEMS,
    Kind.ATTACHMENTS: _ITEMS,
}
_SHOWN = {"type", "format", "title", "x-i18n", "oneOf", "items", "x-unit", "$comment"}
_FORMATS = {
    "money": Kind.MONEY,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "date-time": Kind.DATE_TIME,
    "email": Kind.EMAIL,
}
_SCALARS = set(Kind) - {Kind.CHOICES, Kind.ROWS, Kind.ATTACHMENTS}


def fields_of(owner: Node) -> tuple[Field, ...]:
    """Read `properties` and `required` of the form itself or of one kind of row."""
    properties = owner.needs("properties")
    names = [name for name, _ in properties.children()]
    if not names:
        raise properties.broken("至少要有一个字段", "Add at least one field")
    required = required_names(owner, names)
    return tuple(_field(child, name, required) for name, child in properties.children())


def shown_in(root: Node, fields: Collection[str]) -> dict[str, Field | None]:
    """Read `x-shows`: how variables are written that the form shows, and nobody fills in there."""
    shows = root.get("x-shows")
    found: dict[str, Field | None] = {}
    for name, child in shows.children() if shows else ():
        _check_name(child, name)
        child.only(_SHOWN)
        if name in fields:
            raise child.broken(
                f"“{name}”是本表单要填写的字段，不能同时只读显示，请删去一个",
                f'"{name}" is filled in by this form, so it cannot be shown only: remove one',
            )
        found[name] = _field(child, name, set()) if child.mapping() else None
    return found


def required_names(owner: Node, known: list[str]) -> set[str]:
    listed = owner.get("required")
    found = set()
    for name in listed.elements() if listed else []:
        if name.text() not in known:
            zh, en = "required 里的“{}”不是本表单的字段", '"{}" in required is no field here'
            raise name.unknown(known, zh, en)
        found.add(name.text())
    return found


def bilingual(node: Node, key: str) -> Names | None:
    """Chinese under `key` itself (or x-i18n.zh), English under x-i18n.en; both or none."""
    zh = node.get(key) or _translated(node, "zh", key)
    en = _translated(node, "en", key)
    if zh is None and en is None:
        return None
    if zh is None or en is None:
        missing, place = ("中文", key) if zh is None else ("英文", f"x-i18n.en.{key}")
        raise node.broken(
            f"缺少{missing}“{key}”，请写在 {place}",
            f"The {'Chinese' if zh is None else 'English'} {key} is missing: write it as {place}",
        )
    return Names(zh.text(), en.text())


def title_of(node: Node) -> Names:
    found = bilingual(node, "title")
    if found is None:
        raise node.broken(
            "缺少中文和英文“title”，请写在 title 和 x-i18n.en.title",
            "The Chinese and the English title are missing: write title and x-i18n.en.title",
        )
    return found


def _translated(node: Node, lang: str, key: str) -> Node | None:
    texts = node.get("x-i18n")
    if texts is None:
        return None
    texts.only({"zh", "en"})
    of_lang = texts.get(lang)
    if of_lang is None:
        return None
    of_lang.only({"title", "description", "help"})
    return of_lang.get(key)


def _help(node: Node) -> Names | None:
    """Only half may be here: a Chinese help usually stands in the uiSchema."""
    zh, en = _translated(node, "zh", "help"), _translated(node, "en", "help")
    if zh is None and en is None:
        return None
    return Names(zh.text() if zh else "", en.text() if en else "")


def _field(node: Node, name: str, required: set[str]) -> Field:
    _check_name(node, name)
    kind = _kind(node)
    node.only(_ABOUT | _OURS | _ALLOWED[kind])
    choices = _choices(node.at("items") if kind is Kind.CHOICES else node)
    demanded, ticked = name in required, must_be_true(node)
    fact = node.said("x-case")
    if fact and fact not in _FACTS:
        known = ", ".join(sorted(_FACTS))
        raise node.at("x-case").broken(f"x-case 只能是 {known}", f"x-case is one of {known}")
    return Field(
        name=name,
        kind=kind,
        title=title_of(node),
        look=Look(usual_widget(kind, choices, required=demanded and not ticked), help=_help(node)),
        description=bilingual(node, "description"),
        required=demanded,
        limits=limits_of(node, kind),
        choices=choices,
        columns=_columns(node.at("items")) if kind is Kind.ROWS else (),
        must_be_true=ticked,
        default=default_of(node),
        unit=unit.names() if (unit := node.get("x-unit")) else None,
        source=node.said("x-from"),
        fact=fact,
        personal=node.flagged("x-personal"),
        our_default=node.flagged("x-our-default"),
        clauses=clauses_of(node),
    )


def _check_name(node: Node, name: str) -> None:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise node.broken(
            f"字段名“{name}”不可用：请用小写字母开头，只用小写字母、数字和下划线，且不是保留词",
            f'The field name "{name}" cannot be used: write snake_case beginning with a small '
            "letter, and no reserved word",
        )


def _kind(node: Node) -> Kind:
    stated = node.needs("type").value
    form = node.said("format")
    if stated == "string" and form in _FORMATS:
        return _FORMATS[form]
    if stated == "string" and form is None:
        return Kind.CHOICE if node.get("oneOf") else Kind.TEXT
    if stated == "array" and form is None:
        return _kind_of_items(node.needs("items"))
    if stated in ("integer", "boolean") and form is None:
        return Kind(stated)
    raise node.broken(
        f"不支持的类型 type={stated} format={form}：见 forms/README.md 的表",
        f"Unknown type={stated} format={form}: see the table in forms/README.md",
    )


def _kind_of_items(items: Node) -> Kind:
    match items.needs("type").value, items.said("format"), "oneOf" in items.mapping():
        case "object", None, False:
            items.only({"type", "properties", "required", "title", "x-i18n", "$comment"})
            return Kind.ROWS
        case "string", "attachment", False:
            items.only({"type", "format", "$comment"})
            return Kind.ATTACHMENTS
        case "string", None, True:
            items.only({"type", "oneOf", "$comment"})
            return Kind.CHOICES
        case _:
            raise items.broken(
                "列表的 items 只能是对象（行）、oneOf 选项或 format=attachment",
                "The items of a list are objects (rows), oneOf choices or format=attachment",
            )


def _columns(items: Node) -> tuple[Field, ...]:
    columns = tuple(_column(field) for field in fields_of(items))
    for column in columns:
        if column.kind not in _SCALARS or column.source or column.fact:
            raise (
                items.at("properties")
                .at(column.name)
                .broken(
                    "行内的列只能是单个值，且不能有 x-from 或 x-case",
                    "A column of a row is a single value, without x-from or x-case",
                )
            )
    return columns


def _column(field: Field) -> Field:
    """In a row everything is one box, so yes/no and choices are lists that can stay empty."""
    if field.kind in (Kind.BOOLEAN, Kind.CHOICE):
        return replace(field, look=replace(field.look, widget=Widget.SELECT))
    return field


def _choices(node: Node) -> tuple[Choice, ...]:
    listed = node.get("oneOf")
    if listed is None:
        return ()
    found: dict[str, Choice] = {}
    for choice in listed.elements():
        choice.only({"const", "title", "x-i18n", "$comment"})
        const = choice.needs("const").text()
        if const in found or const != const.strip():
            raise choice.broken(
                f"选项“{const}”重复或带有空格", f'The choice "{const}" is repeated or has blanks'
            )
        found[const] = Choice(const, title_of(choice))
    if not found:
        raise listed.broken("至少要有一个选项", "Add at least one choice")
    return tuple(found.values())
