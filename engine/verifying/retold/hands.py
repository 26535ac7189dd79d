"""In whose hands a task is: what its row should say, as the entries tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.history.told import by_key, listed, word

if TYPE_CHECKING:
    from collections.abc import Mapping

_AGAIN: Final = {"through": "returned", "straight": "straight"}
_GIVEN: Final = frozenset(
    {"task_transferred", "task_assigned", "task_given_back", "task_released", "task_handed_over"}
)
"""The kinds of entries that give a task to somebody for good, or to its role."""


@dataclass(slots=True)
class Hand:
    """People by id (hex); ``again`` is how a task came to be open anew, one of these.

    ``unsure`` is one that an older release handed over, which did not say what of it.
    """

    again: frozenset[str | None]
    owner: str | None = None
    given_to: str | None = None
    signing: str | None = None
    unsure: bool = False

    @property
    def is_again(self) -> bool:
        """Whether it may be open anew."""
        return self.again != {None}

    def hear(self, body: dict[str, Any]) -> None:
        """Take in an entry about the task."""
        kind, taker = word(body, "kind"), next(iter(by_key(body, "to")), None)
        if kind == "task_delegated":
            self.owner, self.given_to = principal(body), taker
        elif kind == "task_taken_back":
            self.owner, self.given_to = None, principal(body)
        elif kind == "task_handed_over" and body.get("hand") != "held":
            self.unsure |= "hand" not in body
            self.owner = taker if body.get("hand") == "delegated" else self.owner
        elif kind in _GIVEN:
            self.owner, self.given_to = None, taker
        self._hear_signing(body)

    def _hear_signing(self, body: Mapping[str, Any]) -> None:
        if body.get("kind") == "signatures_asked":
            self.signing = next(iter(listed(body, "signing")), None)
        elif "settled" in body:
            self.signing = None


def principal(body: Mapping[str, Any]) -> str | None:
    """Return whose right it was that an entry's signer used."""
    return word(body, "for") or word(body, "by")


def anew(body: Mapping[str, Any], place: str) -> set[str | None]:
    """Return how a task at a place is open anew that an entry opened; of several, not each is."""
    if body.get("kind") == "case_reopened":
        return {"reopened"}
    back = back_of(body)
    if back.get("place") != place:
        return {None}
    way = word(back, "way")
    again = _AGAIN.get(way or "", way)
    return {again} if back.get("item") is None else {again, None}


def back_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an entry says of where a case went back to; empty if it says nothing."""
    found = body.get("back")
    return found if isinstance(found, dict) else {}
