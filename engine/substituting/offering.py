"""What a substitution may be made of: whose somebody may arrange, by whom, and for which steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import people, procedures
from engine.substituting.making import may_arrange

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.people import Person
    from engine.spiff import Names, Step


@dataclass(frozen=True, slots=True)
class Part:
    """A procedure that a substitution may be limited to, with steps ("process:element")."""

    procedure: str
    names: Names
    steps: tuple[tuple[str, Names], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Everybody who could stand in, for whom, and in what; who asks is first of those arranged."""

    arranged: list[Person]
    substitutes: list[Person]
    parts: list[Part]


def offer(conn: sa.Connection, by: Person) -> Offer:
    """Return what a person may choose from when they make a substitution."""
    everybody = people.all_people(conn)
    others = [one for one in everybody if one.id != by.id and may_arrange(by, one)]
    held = by.roles.union(*(one.roles for one in others))
    parts = [
        Part(version.compiled.id, version.names, _steps(version, held))
        for version in procedures.all_in_force(conn)
    ]
    return Offer([by, *others], everybody, [part for part in parts if part.steps])


def _steps(version: procedures.Version, held: frozenset[str]) -> tuple[tuple[str, Names], ...]:
    drawn = (step for one in version.compiled.diagrams.values() for step in one.steps.values())
    return tuple((f"{s.process}:{s.element}", s.names) for s in drawn if _may_be(s, held))


def _may_be(step: Step, held: frozenset[str]) -> bool:
    """Whether a step may fall to one of these roles; the case may decide on any."""
    return step.role_from is not None or not held.isdisjoint(step.roles)
