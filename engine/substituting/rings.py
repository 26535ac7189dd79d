"""Rings: people who would all stand in for each other at one moment, so that nobody is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Span:
    """Who stands in for whom, from ``begins`` (UTC) up to ``ends``, which is out of it."""

    person: UUID
    substitute: UUID
    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        return self.begins <= at < self.ends


def ring(new: Span, standing: Collection[Span]) -> list[UUID]:
    """Return the people of a ring that a new span would close, whom it is made for first, or [].

    A ring begins with the latest of its spans, so that the moments at which one begins are enough.
    """
    moments = {new.begins} | {span.begins for span in standing if new.holds(span.begins)}
    for moment in sorted(moments):
        held = [span for span in standing if span.holds(moment)]
        if found := _way(new.substitute, new.person, held):
            return [new.person, *found]
    return []


def _way(start: UUID, goal: UUID, held: Collection[Span]) -> list[UUID]:
    """Return the people from one to another over who stands in for whom, without the other."""
    came: dict[UUID, UUID | None] = {start: None}
    waiting = [start]
    for person in waiting:
        for span in held:
            if span.person != person:
                continue
            if span.substitute == goal:
                return _back(person, came)
            if span.substitute not in came:
                came[span.substitute] = person
                waiting.append(span.substitute)
    return []


def _back(person: UUID, came: dict[UUID, UUID | None]) -> list[UUID]:
    way, at = [], person
    while True:
        way.append(at)
        before = came[at]
        if before is None:
            return way[::-1]
        at = before
