"""Unary tests, compiled: what each says of an input is true, false or None, as in FEEL.

A row of a table fits where all its tests say true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from engine.spiff.dmn.kinds import equal, order
from engine.spiff.dmn.tokens import INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from engine.spiff.language.expressions import Expression

    Data = Mapping[str, object]

_HOLDS: Final[Mapping[str, Callable[[int], bool]]] = {
    "<": lambda place: place < 0,
    "<=": lambda place: place <= 0,
    ">": lambda place: place > 0,
    ">=": lambda place: place >= 0,
}


def _either(said: Iterable[bool | None]) -> bool | None:
    """Give true if one is, else None if one is, else false."""
    found: bool | None = False
    for each in said:
        if each:
            return True
        found = None if each is None else found
    return found


def _opposite(said: bool | None) -> bool | None:  # noqa: FBT001 - a truth value, no switch
    return None if said is None else not said


@dataclass(frozen=True)
class Operand:
    """What the input is compared with; `constant` is its value if it `is_constant`."""

    expression: Expression
    is_constant: bool = False
    constant: object = None

    def value(self, data: Data) -> object:
        return self.constant if self.is_constant else self.expression.evaluate(data)


@dataclass(frozen=True)
class Compared:
    """A value, of which a list stands for each of its items, or a limit."""

    sign: str
    operand: Operand

    def says(self, value: object, data: Data) -> bool | None:
        other = self.operand.value(data)
        if self.sign in {"==", "!="}:
            same = _same(value, other)
            return same if self.sign == "==" else _opposite(same)
        place = order(value, other)
        return None if place is None else _HOLDS[self.sign](place)

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.operand,)


def _same(value: object, other: object) -> bool | None:
    if isinstance(other, (list, tuple)) and not isinstance(value, (list, tuple)):
        return _either(equal(value, item) for item in other)
    return equal(value, other)


@dataclass(frozen=True)
class Between:
    """An interval; `with_low` and `with_high` where its ends belong to it."""

    low: Operand
    high: Operand
    with_low: bool
    with_high: bool

    def says(self, value: object, data: Data) -> bool | None:
        above, under = order(value, self.low.value(data)), order(value, self.high.value(data))
        if above is None or under is None:
            return self._halves(above, under)
        return (above > 0 or (above == 0 and self.with_low)) and (
            under < 0 or (under == 0 and self.with_high)
        )

    def _halves(self, above: int | None, under: int | None) -> bool | None:
        """Say no where one end is known to leave a value out, else that nobody knows."""
        low_out = above is not None and (above < 0 or (above == 0 and not self.with_low))
        high_out = under is not None and (under > 0 or (under == 0 and not self.with_high))
        return False if low_out or high_out else None

    @property
    def is_closed(self) -> bool:
        """Whether both ends belong to it."""
        return self.with_low and self.with_high

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.low, self.high)


@dataclass(frozen=True)
class Asked:
    """An expression about the input, written `?`; only True counts as true."""

    expression: Expression

    def says(self, value: object, data: Data) -> bool | None:
        said = self.expression.evaluate({**data, INPUT: value})
        return said if isinstance(said, bool) else None

    @property
    def operands(self) -> tuple[Operand, ...]:
        return ()


Test: TypeAlias = "Compared | Between | Asked"


@dataclass(frozen=True)
class Cell:
    """Tests of which one must hold, or what `not` is said of: `inner`."""

    text: str
    tests: tuple[Test, ...] = ()
    inner: Cell | None = None

    def fits(self, value: object, data: Data) -> bool:
        """Whether an input fits; EvaluationError if a variable cannot be compared with."""
        return self.says(value, data) is True

    def says(self, value: object, data: Data) -> bool | None:
        if self.inner is not None:
            return _opposite(self.inner.says(value, data))
        if len(self.tests) == 1:
            return self.tests[0].says(value, data)
        return _either(test.says(value, data) for test in self.tests)

    def leaves(self) -> Iterator[Test]:
        """Give every test, those inside `not` too."""
        yield from self.tests
        if self.inner is not None:
            yield from self.inner.leaves()

    @property
    def names(self) -> frozenset[str]:
        """The variables that it may read, the input apart."""
        read = {name for leaf in self.leaves() for name in _expressions_names(leaf)}
        return frozenset(read - {INPUT})

    @property
    def constants(self) -> list[object]:
        """The values and limits that it compares with, items of lists each."""
        found: list[object] = []
        for operand in (each for leaf in self.leaves() for each in leaf.operands):
            value = operand.constant
            found += value if isinstance(value, (list, tuple)) else [value]
        return found


def _expressions_names(test: Test) -> Iterator[str]:
    if isinstance(test, Asked):
        yield from test.expression.names
    for operand in test.operands:
        yield from operand.expression.names
