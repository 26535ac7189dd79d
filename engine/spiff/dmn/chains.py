"""Decisions that require others: all of them made in order, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spiff.dmn.policies import AmbiguousError
from engine.spiff.language.expressions import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.dmn.decisions import Decider


@dataclass(frozen=True)
class Answer:
    """What a decision came to, as Decider.decide gives it."""

    decider: Decider
    rule: str | None
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]


def ask(
    deciders: Mapping[str, Decider], wanted: str, data: Mapping[str, object]
) -> dict[str, Answer]:
    """Make a decision after those that it requires, each once; give all answers in that order.

    What required decisions say is seen by those that require them, and by nothing else.
    FailedError naming the decision that cannot be made.
    """
    made: dict[str, Answer] = {}
    pending = [wanted]
    while pending:
        decider = deciders[pending[-1]]
        missing = [id_ for id_ in decider.requires if id_ not in made]
        if missing:
            pending += missing
            continue
        id_ = pending.pop()
        if id_ not in made:
            seen = {name: made[by].outputs[name] for name, by in decider.given.items()}
            made[id_] = _made(decider, {**data, **seen} if seen else data)
    return made


class FailedError(Exception):
    """A decision cannot be made; `cause` is an EvaluationError or AmbiguousError."""

    def __init__(self, decider: Decider, cause: EvaluationError | AmbiguousError) -> None:
        super().__init__(str(cause))
        self.table = decider.table
        self.cause = cause


def _made(decider: Decider, data: Mapping[str, object]) -> Answer:
    try:
        return Answer(decider, *decider.decide(data))
    except (EvaluationError, AmbiguousError) as error:
        raise FailedError(decider, error) from error
