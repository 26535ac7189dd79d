"""What a form demands across its fields: required by condition, one of several, our rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.looks import condition
from forms.names import Problem
from forms.schema import required_names
from forms.source import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forms.errors import BrokenFormError
    from forms.fields import Condition, Field, Values
    from forms.judge import Expression, Judge


@dataclass(frozen=True, slots=True)
class Requirement:
    """These fields are required while all conditions hold."""

    when: tuple[Condition, ...]
    fields: tuple[str, ...]

    def holds(self, values: Values) -> bool:
        return all(condition.holds(values) for condition in self.when)


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence of the form that holds, or its message stands at the field; `text` as written."""

    check: Expression
    text: str
    names: tuple[str, ...]
    field: str
    problem: Problem


def requirements_of(schema: Node, fields: Mapping[str, Field]) -> tuple[Requirement, ...]:
    listed = schema.get("allOf")
    nodes = listed.elements() if listed else []
    if schema.get("if") or schema.get("then"):
        own = {key: schema.mapping()[key] for key in ("if", "then") if schema.get(key)}
        nodes.append(Node(own, schema.file, schema.pointer))
    return tuple(_requirement(node, fields) for node in nodes)


def alternatives_of(schema: Node, fields: Mapping[str, Field]) -> tuple[tuple[str, ...], ...]:
    """Read `anyOf: [{required: [a]}, {required: [b]}]`: at least one of a, b."""
    listed = schema.get("anyOf")
    if listed is None:
        return ()
    names = []
    for node in listed.elements():
        node.only({"required"})
        names.append(_only_one(node.needs("required"), fields))
    return (tuple(names),)


def rules_of(schema: Node, fields: Mapping[str, Field], judge: Judge) -> tuple[Rule, ...]:
    listed = schema.get("x-rules")
    return tuple(_rule(node, fields, judge) for node in listed.elements()) if listed else ()


def _requirement(node: Node, fields: Mapping[str, Field]) -> Requirement:
    node.only({"if", "then", "$comment"})
    when, then = node.needs("if"), node.needs("then")
    when.only({"properties", "required"})
    then.only({"required"})
    then.needs("required")
    properties = when.needs("properties")
    present = required_names(when, list(fields))
    for name, child in properties.children():
        if name not in present:
            raise child.broken(
                f"“{name}”空着时条件也成立：请把它写进 if 的 required",
                f'The condition holds while "{name}" is empty: add it to the required of if',
            )
    return Requirement(
        tuple(_condition(child, name, fields) for name, child in properties.children()),
        tuple(sorted(required_names(then, list(fields)))),
    )


def _condition(node: Node, name: str, fields: Mapping[str, Field]) -> Condition:
    node.only({"const", "enum", "contains"})
    if found := node.get("contains"):
        found.only({"const"})
        return condition(found.needs("const"), name, fields)
    if found := node.get("enum"):
        found.elements()
        return condition(found, name, fields)
    return condition(node.needs("const"), name, fields)


def _only_one(listed: Node, fields: Mapping[str, Field]) -> str:
    names = listed.elements()
    if len(names) != 1 or names[0].text() not in fields:
        raise listed.broken(
            "anyOf 的每一项写一个本表单的字段", "Each part of anyOf names one field of this form"
        )
    return names[0].text()


def _rule(node: Node, fields: Mapping[str, Field], judge: Judge) -> Rule:
    node.only({"check", "field", "zh", "en", "$comment"})
    text, place = node.needs("check"), node.needs("field")
    message = Problem(node.needs("zh").text(), node.needs("en").text())
    if place.text() not in fields:
        raise place.broken(
            f"“{place.text()}”不是本表单的字段", f'"{place.text()}" is not a field of this form'
        )
    try:
        check = judge.compile(text.text())
    except Exception as error:
        raise _not_an_expression(text, error) from error
    for name in sorted(check.names):
        if name not in fields:
            raise text.broken(
                f"规则里的“{name}”不是本表单的字段",
                f'"{name}" in this rule is not a field of this form',
            )
    return Rule(check, text.text(), tuple(sorted(check.names)), place.text(), message)


def _not_an_expression(text: Node, error: Exception) -> BrokenFormError:
    zh, en = getattr(error, "zh", error), getattr(error, "en", error)
    return text.broken(
        f"规则“{text.text()}”不能编译：{zh}", f'The rule "{text.text()}" does not compile: {en}'
    )
