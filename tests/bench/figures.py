"""Figures out of samples: medians and percentiles in milliseconds, ratios round by round."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TYPE_CHECKING

from tests.bench.counting import Spent

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class Samples:
    """What one thing took, over all rounds: seconds of each request, and CPU of each round."""

    took: list[float] = field(default_factory=list)
    rounds: list[Spent] = field(default_factory=list)
    """CPU seconds for one request, by round."""

    def add(self, took: Sequence[float], spent: Spent) -> None:
        """Add one round."""
        self.took += took
        self.rounds.append(Spent(*(part / len(took) for part in spent)))

    @property
    def p50(self) -> float:
        """The median, ms."""
        return 1000 * median(self.took)

    @property
    def p95(self) -> float:
        """The time that one in twenty exceeds, ms."""
        return 1000 * quantiles(self.took, n=20)[-1]

    @property
    def web(self) -> float:
        """CPU of the web processes for one request, ms: the median of the rounds."""
        return 1000 * median(spent.web for spent in self.rounds)

    @property
    def database(self) -> float:
        """CPU of PostgreSQL for one request, ms: the median of the rounds."""
        return 1000 * median(spent.database for spent in self.rounds)

    @property
    def both(self) -> float:
        """CPU of web and PostgreSQL for one request, ms: the median of the rounds."""
        return 1000 * median(spent.both for spent in self.rounds)

    def times(self, other: Samples) -> float:
        """Give how many times the CPU of the other this one takes: the median over the rounds.

        Both were measured right after each other in each round, so that drift cancels out.
        """
        pairs = zip(self.rounds, other.rounds, strict=True)
        return median(mine.both / theirs.both for mine, theirs in pairs)

    def instructions(self, other: Samples) -> float:
        """Give the same of the instructions; 0 where they were not counted."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return median(mine.instructions / (theirs.instructions or 1) for mine, theirs in pairs)
