"""What the timers of a compiled procedure mean, for those who answer for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.calendar import Point, RuleError, Words
from engine.spiff.elements.timers import Deadline
from engine.spiff.elements.timing import read
from engine.spiff.language.expressions import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.elements.timers import Rule
    from engine.spiff.language.expressions import Expression
    from engine.spiff.model import Compiled, Names


class Told(NamedTuple):
    """A timer and what it means."""

    process: str
    element: str
    names: Names
    words: Words
    calendar: str | None = None


def explain_timers(compiled: Compiled) -> Iterator[Told]:
    """Say of each timer of a procedure, in the order of its drawings, what it means."""
    start = compiled.start
    if start.schedule is not None:
        yield _told(
            compiled, start.process, start.element, _said("cycle", start.schedule), start.calendar
        )
    rules = dict(_rules(compiled))
    for process, diagram in compiled.diagrams.items():
        for element in diagram.elements:
            if (process, element) in rules:
                rule = rules[process, element]
                yield _told(compiled, process, element, _explained(rule, compiled), rule.calendar)


def _rules(compiled: Compiled) -> Iterator[tuple[tuple[str, str], Rule]]:
    """Give the rule of each timer event, by process and element."""
    for spec in (compiled.plan.spec, *compiled.plan.called.values()):
        for task_spec in spec.task_specs.values():
            event = getattr(task_spec, "event_definition", None)
            if isinstance(event, Deadline):
                yield (task_spec.mark.process, task_spec.mark.element), event.rule


def _told(
    compiled: Compiled, process: str, element: str, words: Words, calendar: str | None
) -> Told:
    names = compiled.diagrams[process].elements[element].names
    return Told(process, element, names, words, calendar)


def _explained(rule: Rule, compiled: Compiled) -> Words:
    if isinstance(rule.says, str):
        words = _said(rule.kind, rule.says, rule)
    else:
        words = _given(rule, rule.says, compiled)
    if rule.calendar is None:
        return words
    return Words(f"{words.zh}（日历：{rule.calendar}）", f"{words.en} (calendar: {rule.calendar})")


def meaning(rule: Rule) -> Words:
    """Say what a timer's own text means; an expression as it is written."""
    if isinstance(rule.says, str):
        return _said(rule.kind, rule.says, rule)
    return Words(rule.says.text, rule.says.text)


def _said(kind: str, text: str, rule: Rule | None = None) -> Words:
    """Say what a text means; the text itself if it means nothing."""
    for each in (kind, "date"):
        try:
            when = read(each, text)
        except RuleError:
            continue
        if isinstance(when, Point) and rule is not None and rule.closes:
            when = when.until_close()
        return when.words
    return Words(text, text)


def _given(rule: Rule, expression: Expression, compiled: Compiled) -> Words:
    """Say where a timer takes its text from, and what the tables can give it."""
    parts = []
    for decider in compiled.plan.deciders.values():
        for name, cells in decider.columns():
            texts = dict.fromkeys(text for cell in cells if (text := _constant(cell)))
            if name in expression.names and texts:
                said = [_said(rule.kind, text, rule) for text in texts]
                table = decider.table.names
                parts.append(
                    Words(
                        f"按“{table.zh}”：{'；'.join(each.zh for each in said)}",
                        f'by "{table.en}": {"; ".join(each.en for each in said)}',
                    )
                )
    if not parts:
        return Words(f"由“{expression.text}”决定", f'as "{expression.text}" says')
    return Words("。".join(part.zh for part in parts), ". ".join(part.en for part in parts))


def _constant(cell: Expression) -> str | None:
    if cell.names:
        return None
    try:
        value = cell.evaluate({})
    except EvaluationError:
        return None
    return value if isinstance(value, str) else None
