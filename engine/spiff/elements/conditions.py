"""Conditional events: they happen when a condition becomes true.

Upstream asks only when some other task completes, and again and again while it stays true. Here
all of them are asked whenever the case stands still, each with the variables of its own process
instance; one that has happened must have seen its condition untrue before it happens again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from engine.spiff.elements.catching import Awaited
from engine.spiff.language.expressions import EvaluationError
from engine.spiff.reading import failure

if TYPE_CHECKING:
    from engine.spiff.fixes import Token
    from engine.spiff.language.expressions import Expression

_HELD = "held"


class Condition(Awaited):
    """Waits until an expression is true; it may be true from the beginning."""

    def __init__(self, expression: Expression) -> None:
        super().__init__()
        self.expression = expression

    @override
    def has_fired(self, my_task: Token) -> bool:
        """Whether it has become true. RunError if it cannot be judged with these values."""
        holds = self._holds(my_task)
        if my_task.internal_data.get(_HELD):
            if not holds:
                del my_task.internal_data[_HELD]
            return False
        return holds

    @override
    def happens_again(self, _my_task: Token) -> bool:
        """Whether it may become true once more: always."""
        return True

    @override
    def take_over(self, _before: Token, after: Token) -> None:
        """Remember that it is true now, so that it must become untrue first."""
        after.internal_data[_HELD] = True

    def _holds(self, token: Token) -> bool:
        """Evaluate it; while a name in it has no value yet, what cannot be judged is not true."""
        values = [token.data.get(name) for name in self.expression.names]
        try:
            return bool(self.expression.evaluate(token.data))
        except EvaluationError as error:
            if None in values:
                return False
            raise failure(
                token, error.zh, error.en, expression=error.text, variable=error.variable
            ) from error
