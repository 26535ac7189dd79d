"""Gateways of a process that ask the same: while nothing of it changes, they answer the same."""

from __future__ import annotations

import ast
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, product
from math import prod
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import NAMESPACES
from engine.spiff.language.expressions import (
    EvaluationError,
    ExpressionError,
    compile_expression,
)
from engine.spiff.language.inference import tree_of
from engine.spiff.markings import Markings, TooManyError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from engine.spiff.files.sheet import Edge, Node, Sheet
    from engine.spiff.net import Net

CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})
MOST: Final = 64
"""The combinations of answers that are looked at; of more, each gateway chooses by itself."""

Answer = frozenset[str]
"""The conditions, in one spelling, whose ways are taken; none of them for the default."""


@dataclass(frozen=True)
class Question:
    """What a gateway asks: conditions in one spelling; of several `one` may be taken, the first."""

    conditions: tuple[str, ...]
    one: bool

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(compile_expression(each).names for each in self.conditions))

    @property
    def size(self) -> int:
        """How many answers there are."""
        return len(self.conditions) + 1 if self.one else 2 ** len(self.conditions)

    @property
    def answers(self) -> list[Answer]:
        most = 1 if self.one else len(self.conditions)
        sizes = (combinations(self.conditions, size) for size in range(most + 1))
        return [frozenset(each) for each in chain(*sizes)]

    def answer(self, values: Mapping[str, object]) -> Answer:
        """Give the answer for these values; EvaluationError if they do not give one."""
        found: list[str] = []
        for each in self.conditions:
            if (not found or not self.one) and compile_expression(each).evaluate(values):
                found.append(each)
        return frozenset(found)


@lru_cache(maxsize=64)
def alike(net: Net) -> dict[Question, list[str]]:
    """Give the gateways of a whole process that ask what another one asks as well."""
    asked: dict[Question, list[str]] = defaultdict(list)
    if net.scope == net.sheet.process_id:
        for node in net.nodes.values():
            question = _question(net, node) if node.kind in CHOOSING else None
            if question is not None:
                asked[question].append(node.id)
    return {question: nodes for question, nodes in asked.items() if len(nodes) > 1}


def _question(net: Net, node: Node) -> Question | None:
    """Give what a gateway with a default asks, None if that cannot be told."""
    default = node.xml.get("default")
    ways = [each for each in as_asked(net.sheet, node) if each.id != default]
    conditions: list[str] = []
    with suppress(ExpressionError):
        conditions = [_spelt(each.condition) for each in ways]
    whole = default in {each.id for each in net.onward(node.id)}
    if not whole or len(net.onward(node.id)) != len({*conditions}) + 1:
        return None
    is_one = node.kind == "exclusiveGateway" or len(conditions) == 1
    return Question(tuple(conditions if is_one else sorted(conditions)), is_one)


def _spelt(condition: str | None) -> str:
    plain = ast.unparse(tree_of(compile_expression(condition or "").text))
    return compile_expression(plain).text


def _ways(net: Net, node: str, answer: Answer) -> tuple[Edge, ...]:
    """Give the flows by which a gateway goes on with an answer."""
    default = net.nodes[node].xml.get("default")
    ways = [each for each in net.onward(node) if each.id != default]
    taken = tuple(each for each in ways if _spelt(each.condition) in answer)
    return taken or tuple(each for each in net.onward(node) if each.id == default)


def held(net: Net, answers: Mapping[Question, Answer]) -> Net:
    """Give a net in which all gateways that ask these questions answer them so."""
    groups = alike(net)
    return net.holding(
        {at: _ways(net, at, answer) for each, answer in answers.items() for at in groups[each]}
    )


def combined(questions: Sequence[Question]) -> list[dict[Question, Answer]]:
    """Give each combination of answers; a single empty one where they are too many."""
    if prod(each.size for each in questions) > MOST:
        return [{}]
    answers = product(*(each.answers for each in questions))
    return [dict(zip(questions, each, strict=True)) for each in answers]


def fits(net: Net) -> bool:
    """Whether nothing waits for ever and nothing is done twice, whatever each gateway chooses."""
    beside = (n.id for n in net.nodes.values() if n.kind == "boundaryEvent" and not n.interrupts)
    try:
        return not any(any(Markings(net, event).wrong()) for event in (None, *beside))
    except TooManyError:
        return True


def with_values(net: Net, steady: Collection[str], values: Mapping[str, object]) -> list[Net]:
    """Give the nets that a case with these values must fit, each of them.

    `steady` are the gateways ("process:id") of whose questions nothing is written any more once
    they are asked. One that the values do not answer was not asked yet, and may be answered anyhow.
    """
    answers, left = {}, []
    for question, gateways in alike(net).items() if steady else ():
        if f"{net.scope}:{gateways[0]}" not in steady:
            continue
        try:
            answers[question] = question.answer(values)
        except EvaluationError:
            left.append(question)
    return [held(net, {**answers, **open_}) for open_ in combined(left)]


def as_asked(sheet: Sheet, node: Node) -> list[Edge]:
    """Give the ways out with conditions in the order in which the engine asks them."""
    ways = [edge for edge in sheet.outgoing(node.id) if edge.condition]
    if len(ways) < 2:  # noqa: PLR2004 - one way has none before it
        return ways
    tops = _tops(sheet)
    return sorted(ways, key=lambda edge: tops.get(edge.target, 0.0))


def _tops(sheet: Sheet) -> dict[str, float]:
    """Give how far down each shape begins; nothing of those that are not drawn."""
    found = {}
    for shape in sheet.root.iter("{*}BPMNShape"):
        bounds = shape.find("dc:Bounds", NAMESPACES)
        with suppress(ValueError):
            y = "" if bounds is None else bounds.get("y", "")
            found[shape.get("bpmnElement", "")] = float(y)
    return found
