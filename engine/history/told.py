"""What a case's entries say when they are read in order, whatever somebody has made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

GENESIS: Final = bytes(32)
"""What the first entry is bound to."""

PAUSED: Final = "clock_paused"
"""The kind of the entry of a pause."""

SUSPENDED: Final = "case_suspended"
"""The kind of the entry of a suspension."""

LINKED: Final = "case_tied"
UNLINKED: Final = "case_untied"
"""The kinds of the entries of a case's links to others."""

AWAITED: Final = "awaited"
"""Under which an entry says what is waited for since then: of each wait id (hex) and place."""


@dataclass(slots=True)
class Told:
    """What a case's entries say when they are read in order, and the first that does not hold.

    ``files`` are attachments by id (hex), ``letters`` bodies with a message and what it carried,
    ``calls`` what was last said of each call by its id (hex), ``pauses`` bodies that stop a clock,
    ``suspensions`` those that suspend the case, ``awaited`` by its id (hex) the body that began a
    wait, ``ties`` the body that made each link that stands, ``bodies`` all of them.
    """

    broken: int | None = None
    count: int = 0
    head: bytes = GENESIS
    facts: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[Any]] = field(default_factory=dict)
    letters: list[tuple[dict[str, Any], bytes | None]] = field(default_factory=list)
    revised: list[Any] = field(default_factory=list)
    calls: dict[str, list[Any]] = field(default_factory=dict)
    pauses: list[Mapping[str, Any]] = field(default_factory=list)
    suspensions: list[Mapping[str, Any]] = field(default_factory=list)
    ties: dict[object, Mapping[str, Any]] = field(default_factory=dict)
    awaited: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, body: dict[str, Any]) -> None:
        """Take in what one entry says of its case."""
        self.bodies.append(body)
        if isinstance(facts := body.get("facts"), dict):
            self.facts.update(facts)
        self.files |= by_key(body, "files")
        self.calls |= by_key(body, "calls")
        self.revised += listed(body, "revised")
        self.awaited |= dict.fromkeys(by_key(body, AWAITED), body)
        if body.get("kind") == PAUSED:
            self.pauses.append(body)
        if body.get("kind") == SUSPENDED:
            self.suspensions.append(body)
        kind, tie = body.get("kind"), body.get("tie")
        if kind in (LINKED, UNLINKED) and not isinstance(tie, list | dict):
            self.ties.pop(tie, None)
            self.ties |= {tie: body} if kind == LINKED else {}


def listed(body: Mapping[str, Any], name: str) -> list[Any]:
    """Return the list that a body has under a name; empty when it has none, whatever is there."""
    found = body.get(name)
    return found if isinstance(found, list) else []


def word(body: Mapping[str, Any], name: str) -> str | None:
    """Return the text that a body has under a name; None when it has none, whatever is there."""
    found = body.get(name)
    return found if isinstance(found, str) else None


def by_key(body: Mapping[str, Any], name: str) -> dict[str, list[Any]]:
    """Return the lists that a body has under a name, by what each begins with."""
    found = (each for each in listed(body, name) if isinstance(each, list) and len(each) > 1)
    return {str(each[0]): each for each in found}
