"""Reading what a timer says: a limit, a date or a cycle, as a literal or by an expression."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from engine.calendar import RuleError, parse_cycle, parse_date, parse_limit
from engine.calendar.limits import Elapsed
from engine.calendar.model import NothingError
from engine.spiff.language.expressions import EvaluationError, ExpressionError, compile_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.calendar import Cycle, Limit, Point
    from engine.spiff.files.eventful import Timing
    from engine.spiff.language.expressions import Expression

    When = Limit | Point | Cycle

_READERS: Final[Mapping[str, Callable[[str], When]]] = {
    "limit": parse_limit,
    "date": parse_date,
    "cycle": parse_cycle,
}
_LITERAL: Final = re.compile(r"-?P[T\d]\S*$|R-?\d*/")
_WORDS: Final = re.compile(
    r"\W*\d|P\d|P-|R\d*/|.*[^\x00-\x7f]|(?:every|daily|by|same|within|the|day|on|monthly|next|following|in|at|up|no|end|close|half|an?"
    r"|one|two|three|about|around|as|right|without) ",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def read(kind: str, text: str) -> When:
    """Read a limit, date or cycle in a running case; RuleError if it is none.

    What is no time at all is due at once: a table may say so.
    """
    try:
        return _READERS[kind](text)
    except NothingError:
        return Elapsed()


def says(timing: Timing) -> str | Expression:
    """Give what a timer says: a literal as it is written, anything else as an expression."""
    literal = literal_of(timing)
    return literal if literal is not None else compile_expression(timing.text)


def literal_of(timing: Timing) -> str | None:
    """Give the text that a timer says itself, quoted or not; None if an expression is to say it.

    What can be neither is taken for the one that it looks like.
    """
    if _LITERAL.match(timing.text) or is_read(timing):
        return timing.text
    try:
        expression = compile_expression(timing.text)
    except ExpressionError:
        return timing.text if _WORDS.match(timing.text) else None
    return None if expression.names else _constant(expression)


def _constant(expression: Expression) -> str:
    try:
        value = expression.evaluate({})
    except EvaluationError:
        return expression.text
    return value if isinstance(value, str) else expression.text


def objection(timing: Timing) -> RuleError | None:
    """Say why a timer's own text is none of its kind; nothing to say of a variable's."""
    literal = literal_of(timing)
    return None if literal is None else refusal(timing.kind, literal)


def refusal(kind: str, text: str) -> RuleError | None:
    """Say why a text is no limit, date or cycle; None if it is."""
    try:
        _READERS[kind](text)
    except RuleError as error:
        return error
    return None


def names_of_timing(timing: Timing | None) -> frozenset[str]:
    """Give the variables that a timer reads."""
    if timing is None:
        return frozenset()
    said = says(timing)
    return frozenset() if isinstance(said, str) else said.names


def is_read(timing: Timing) -> bool:
    """Whether the text is a limit, date or cycle as it stands."""
    try:
        read(timing.kind, timing.text)
    except RuleError:
        return False
    return True
