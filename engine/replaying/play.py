"""A replay as it goes: its terms, the case on the stage, and what is still to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.spiff import Names, Obstacle

if TYPE_CHECKING:
    from engine.calendar import Calendars
    from engine.procedures.bundles import Bundle
    from engine.replaying.record import Event, Record
    from engine.replaying.stage import Stage

Answers = Mapping[str, Any]
NONE: Final[Answers] = {}


class CannotFollowError(Exception):
    """A replay stops here; the obstacle says where and why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.en)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Terms:
    """In which version a case is replayed (``to``), that it began in (``was``), and by what days.

    ``own`` are the versions by number that it goes to where it went to them; none: it stays in
    ``to``. ``said`` gives what people had answered before an entry (seq).
    """

    to: Bundle
    was: Bundle
    calendars: Calendars
    own: Mapping[int, Bundle] = field(default_factory=dict)
    said: Callable[[int], Answers] = lambda _seq: NONE


@dataclass(slots=True)
class Play:
    """A replay. ``pending`` are the entries to come, ``notes`` say what could not be done again."""

    terms: Terms
    record: Record
    stage: Stage
    pending: list[Event] = field(default_factory=list)
    notes: list[Names] = field(default_factory=list)

    def note(self, event: Event, zh: str, en: str) -> None:
        """Say why an entry could not be done again."""
        self.notes.append(Names(f"第 {event.seq} 条履历：{zh}", f"Entry {event.seq}: {en}"))


def stop(event: Event, zh: str, en: str) -> CannotFollowError:
    """Return that a replay stops at an entry."""
    process, element = event.body.get("process") or "", event.body.get("element") or ""
    return CannotFollowError(
        Obstacle(process, element, f"第 {event.seq} 条履历：{zh}", f"Entry {event.seq}: {en}")
    )
