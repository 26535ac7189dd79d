"""An action that people may take, with everything that is said of it before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.spiff import Names

STAYS: Final = Names("案件停在原处。", "The case stays where it is.")
RUNS: Final = Names("时限照常计算。", "Deadlines run on.")

HOLDER: Final = Names("办理人", "Whoever holds it")
HOLDER_OR_ROLE: Final = Names(
    "办理人，或还没人领取时本岗位的人", "Whoever holds it, or anybody of its role while it is free"
)
HOLDER_AND_ROLE: Final = Names("办理人和本岗位的人", "Whoever holds it, and its role")
NAMED: Final = Names("规程写明的人，见下", "Whom the procedure names, see below")


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
