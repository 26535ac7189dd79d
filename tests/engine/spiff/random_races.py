"""Random procedures in which branches end one another, for what must hold whatever ends a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.engine.spiff.drawing import Scope
from tests.engine.spiff.random_diagrams import KINDS, Artist

if TYPE_CHECKING:
    from collections.abc import Iterator

RACES: Final = ("race", "drop", "hurry")


@dataclass
class Racer(Artist):
    """An artist who also draws forks whose branches end differently."""

    kinds: tuple[str, ...] = (*KINDS, *RACES * 4)

    def race(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw a fork of which one branch may end everything around by a terminate end."""
        gate, join = scope.parallel(self.id("fork")), scope.parallel(self.id("join"))
        sure, over = self.id("sure"), scope.terminate(self.id("over"))
        (first, last), (other, end) = self._blocks(scope, depth)
        scope.chain(gate, first)
        scope.chain(gate, other)
        scope.chain(last, join)
        scope.xor(sure, f"{sure}_to_{join}")
        scope.chain(end, sure, join)
        scope.flow(sure, over, "n % 2 == 1")
        return gate, join

    def drop(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw a fork of which one branch ends for itself."""
        gate, merge, dropped = scope.parallel(self.id("fork")), self.id("merge"), self.id("dropped")
        (first, last), (other, end) = self._blocks(scope, depth)
        scope.xor(merge)
        scope.end(dropped)
        scope.chain(gate, first)
        scope.chain(gate, other)
        scope.chain(last, merge)
        scope.chain(end, dropped)
        return gate, merge

    def hurry(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw something for each item, of which the first that is done ends the rest."""
        inside, id_ = Scope(scope.process), self.id("part")
        self.fill(inside, depth)
        scope.sub(id_, inside)
        scope.each(id_, "items", "item", sequential="false", until="nrOfCompletedInstances >= 1")
        return id_, id_

    def _blocks(self, scope: Scope, depth: int) -> Iterator[tuple[str, str]]:
        return iter([self.row(scope, max(depth, 0)), self.block(scope, max(depth, 0))])
