"""An action that people may take, with everything that is said of it before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.spiff import Names

STAYS: Final = Names("案件停在原处。", "The case stays where it is.")
RUNS: Final = Names("时限照常计算。", "Deadlines run on.")


@dataclass(frozen=True, slots=True)
class Act:
    """One action: its names, and its consequence for people, for the case's place, for clocks.

    ``who`` says who takes it; where it is ``drawn``, that attribute of ``banjie:actions`` says by
    or to whom. ``whom`` is how many people are chosen: nobody, one or many; ``reason`` the words
    that ask for one, None where none is needed. ``kinds`` are those of the entries that tell of it.
    """

    key: str
    names: Names
    who: Names
    consequence: Names
    place: Names = STAYS
    clocks: Names = RUNS
    whom: str = "nobody"
    reason: Names | None = None
    drawn: str | None = None
    kinds: tuple[str, ...] = ()
