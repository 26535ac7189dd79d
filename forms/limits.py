"""How long, how large and how many: the limits that a field's schema sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema_rs

from forms.fields import JSON, LONGEST_TEXT, MOST_FILES, MOST_ROWS, TODAY, Kind, Limits

if TYPE_CHECKING:
    from decimal import Decimal

    from forms.source import Node

# The engine behind these options never backtracks, so no pattern can be made to hang.
LINEAR = jsonschema_rs.RegexOptions(size_limit=250_000)
LONGEST_EMAIL = 254
MOST_CHOICES = 500


def limits_of(node: Node, kind: Kind) -> Limits:
    most = {Kind.ROWS: MOST_ROWS, Kind.ATTACHMENTS: MOST_FILES}.get(kind, MOST_CHOICES)
    longest = LONGEST_EMAIL if kind is Kind.EMAIL else LONGEST_TEXT
    found = Limits(
        min_length=_count(node, "minLength"),
        max_length=_capped(node, "maxLength", 20 * LONGEST_TEXT, usual=longest),
        pattern=_pattern(node),
        example=_example(node),
        minimum=_number(node, "minimum"),
        maximum=_number(node, "maximum"),
        above=_number(node, "exclusiveMinimum"),
        below=_number(node, "exclusiveMaximum"),
        min_items=_count(node, "minItems") or 0,
        max_items=_capped(node, "maxItems", most, usual=most),
        unique=node.flagged("uniqueItems"),
        until_today=_today(node, "x-latest"),
        from_today=_today(node, "x-earliest"),
    )
    if found.max_length is not None and (found.min_length or 0) > found.max_length:
        raise node.broken("minLength 大于 maxLength", "minLength is greater than maxLength")
    if found.min_items > found.max_items:
        raise node.broken("minItems 大于 maxItems", "minItems is greater than maxItems")
    _refuse_empty_range(node, found)
    return found


def must_be_true(node: Node) -> bool:
    const = node.get("const")
    if const is not None and const.value is not True:
        raise const.broken("const 只能是 true（必须勾选）", "const can only be true (to be ticked)")
    return const is not None


def default_of(node: Node) -> JSON:
    """Take a scalar as it stands; whether it fits the field is tried by the field's checker."""
    found = node.get("default")
    if found is None:
        return None
    if isinstance(found.value, str | bool | int):
        return found.value
    raise found.broken("default 只能是单个值", "A default is a single value")


def clauses_of(node: Node) -> tuple[str, ...]:
    listed = node.get("x-clauses")
    return tuple(clause.text() for clause in listed.elements()) if listed else ()


def _pattern(node: Node) -> str | None:
    pattern = node.said("pattern")
    if pattern is None:
        return None
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=LINEAR)
    except ValueError as error:
        raise node.at("pattern").broken(
            f"正则表达式“{pattern}”不可用：不得有前后查找、反向引用或过大的重复",
            f'The pattern "{pattern}" cannot be used: no look-around, back-reference '
            "or huge repetition",
        ) from error
    return pattern


def _example(node: Node) -> str | None:
    listed = node.get("examples")
    if listed is None:
        return None
    pattern = {"pattern": _pattern(node) or ""}
    checked = jsonschema_rs.Draft202012Validator(pattern, pattern_options=LINEAR)
    said = [one.text() for one in listed.elements()]
    if not said or not all(map(checked.is_valid, said)):
        raise listed.broken(
            "examples 至少要有一个，且都要符合 pattern",
            "There is at least one of the examples, and all fit the pattern",
        )
    return said[0]


def _refuse_empty_range(node: Node, limits: Limits) -> None:
    lows = [low for low in (limits.minimum, limits.above) if low is not None]
    highs = [high for high in (limits.maximum, limits.below) if high is not None]
    if lows and highs and max(lows) > min(highs):
        raise node.broken("下限大于上限", "The lower bound is greater than the upper bound")


def _today(node: Node, key: str) -> bool:
    said = node.said(key)
    if said not in (None, TODAY):
        raise node.at(key).broken(f'{key} 只能是 "{TODAY}"', f'{key} can only be "{TODAY}"')
    return said is not None


def _count(node: Node, key: str) -> int | None:
    found = node.get(key)
    return found.count() if found else None


def _capped(node: Node, key: str, most: int, *, usual: int) -> int:
    found = _count(node, key)
    if found is None:
        return usual
    if found > most:
        raise node.at(key).broken(f"{key} 最多 {most}", f"{key} is at most {most}")
    return found


def _number(node: Node, key: str) -> Decimal | None:
    found = node.get(key)
    return found.number() if found else None
