"""What happens while a case moves, written down in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from engine.spiff.moves import Call, Decision, Message, Signal, Timer


@dataclass
class Journal:
    """Filled by the tokens of one move, then turned into a Move."""

    flows: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    entered: set[int] = field(default_factory=set)
    effects: list[Message | Signal | Call] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    armed: list[Timer] = field(default_factory=list)
    fired: list[Timer] = field(default_factory=list)
    answered: set[UUID] = field(default_factory=set)
    last_end: str | None = None
    steps: int = 0
