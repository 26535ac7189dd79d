"""A form as its files define it, checked through and through."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from typing_extensions import override

from forms.checker import Checker
from forms.demands import alternatives_of, requirements_of, rules_of
from forms.fields import TODAY, Kind
from forms.looks import dressed, in_turn
from forms.schema import bilingual, fields_of, shown_in, title_of
from forms.source import parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo
    from typing import Self

    from forms.demands import Requirement, Rule
    from forms.fields import Field
    from forms.judge import Judge
    from forms.names import Names
    from forms.source import Node

COMPANY_ZONE = ZoneInfo("Asia/Shanghai")
_ROOT = {
    "$schema",
    "$id",
    "$comment",
    "type",
    "title",
    "description",
    "x-i18n",
    "required",
    "properties",
    "allOf",
    "anyOf",
    "if",
    "then",
    "additionalProperties",
    "x-rules",
    "x-clauses",
    "x-shows",
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True, repr=False)
class Definition:
    """Read-only and shared by threads; `in_turn` are the fields after those that show them.

    `shows` are the variables that it only shows, None for one that is written as another form's
    field of that name.
    """

    key: str
    title: Names
    description: Names | None
    fields: tuple[Field, ...]
    in_turn: tuple[Field, ...]
    by_name: Mapping[str, Field]
    requirements: tuple[Requirement, ...]
    alternatives: tuple[tuple[str, ...], ...]
    rules: tuple[Rule, ...]
    shows: Mapping[str, Field | None]
    checker: Checker
    zone: tzinfo

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key}>"

    @classmethod
    def load(
        cls, key: str, schema: bytes, ui: bytes | None, *, judge: Judge, zone: tzinfo = COMPANY_ZONE
    ) -> Self:
        """Read `forms/<key>.json` and its uiSchema; raise BrokenFormError at the first fault.

        `zone` is the company's: dates with a time are typed and shown in it.
        """
        root = parse(f"forms/{key}.json", schema)
        look = parse(f"forms/{key}.ui.json", ui if ui is not None else b"{}")
        _check_root(root)
        fields = dressed(fields_of(root), look)
        by_name = {field.name: field for field in fields}
        found = cls(
            key=key,
            title=title_of(root),
            description=bilingual(root, "description"),
            fields=fields,
            in_turn=in_turn(fields),
            by_name=MappingProxyType(by_name),
            requirements=requirements_of(root, by_name),
            alternatives=alternatives_of(root, by_name),
            rules=rules_of(root, by_name, judge),
            shows=MappingProxyType(shown_in(root, by_name)),
            checker=Checker(fields),
            zone=zone,
        )
        _check_fields(found, root)
        return found


def _is_today(field: Field) -> bool:
    return field.kind is Kind.DATE and field.default == TODAY


def _check_root(root: Node) -> None:
    root.only(_ROOT)
    if root.needs("type").value != "object":
        raise root.at("type").broken('表单的 type 是 "object"', 'The type of a form is "object"')
    if (dialect := root.said("$schema")) and dialect != _DIALECT:
        raise root.at("$schema").broken(f"请写 {_DIALECT}", f"Write {_DIALECT}")


def _check_fields(form: Definition, root: Node) -> None:
    """Refuse two fields for one fact, and defaults that their own field would refuse."""
    facts: dict[str, str] = {}
    for field in form.fields:
        place = root.at("properties").at(field.name)
        if field.fact and facts.setdefault(field.fact, field.name) != field.name:
            raise place.at("x-case").broken(
                f"“{facts[field.fact]}”已经是 {field.fact}",
                f'"{facts[field.fact]}" is already the {field.fact}',
            )
        if field.default is None or _is_today(field):
            continue
        if form.checker.problems({field.name: field.default}):
            raise place.at("default").broken(
                f"默认值 {field.default!r} 不合本字段的要求",
                f"The default {field.default!r} does not suit its own field",
            )
