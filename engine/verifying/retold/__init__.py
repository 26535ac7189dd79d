"""What a case's entries say of who has its tasks in hand and who signs them, told again in order.

Each rule here is that of the verb whose entry it reads (engine.flexible, engine.going_back), so
that the rows which those verbs wrote are compared with the history, whatever release wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from engine.history.told import by_key, word
from engine.verifying.retold.hands import Hand, anew, back_of
from engine.verifying.retold.signatures import Signatures

if TYPE_CHECKING:
    from collections.abc import Iterable

FINISHING: Final = frozenset({"step_completed", "step_skipped"})
PASSING: Final = frozenset({"task_returned", "step_skipped", "token_moved"})
"""The kinds of entries that end the very task that they name, undone."""

End: TypeAlias = tuple[object, str]
"""The number of the entry by which a task ended, and its step ("process:element")."""


@dataclass(slots=True)
class Retold:
    """Open tasks and all signatures of a case.

    ``cancelled`` are the tasks that ended undone, with the number of the entry that ended them and
    where they were; those that it was itself about (``passed``) have no row where an older release
    wrote it.
    """

    hands: dict[str, Hand] = field(default_factory=dict)
    signatures: Signatures = field(default_factory=Signatures)
    cancelled: dict[str, End] = field(default_factory=dict)
    passed: dict[str, End] = field(default_factory=dict)
    _straight: dict[str, set[str | None]] = field(default_factory=dict)

    def hear(self, body: dict[str, Any]) -> None:
        """Take in one entry."""
        task, kind = word(body, "task") or "", word(body, "kind")
        seq = body.get("seq") if isinstance(body.get("seq"), int) else None
        hand = self.hands.get(task)
        if hand is not None:
            hand.hear(body)
        self.signatures.hear(task, body)
        gone = {key: str(told[1]) for key, told in by_key(body, "cancelled").items()}
        self.cancelled |= {key: (seq, place) for key, place in gone.items()}
        if kind in PASSING:
            own = f"{body.get('process')}:{body.get('element')}"
            self.passed[task] = (seq, word(body, "left") or own)
        for key in [*gone, *([task] if kind in FINISHING | PASSING else [])]:
            self.hands.pop(key, None)
            self.signatures.close(key, body)
        self._open(body, comes_back=kind in FINISHING and hand is not None and hand.is_again)

    def _open(self, body: dict[str, Any], *, comes_back: bool) -> None:
        """Take in what an entry opened; a step may come back to who returned it straight."""
        if "opened" not in body and word(body, "kind") not in PASSING:
            return
        opened = {key: str(told[1]) for key, told in by_key(body, "opened").items()}
        places = [*opened.values()]
        for key, place in opened.items():
            items = self._straight.get(place, set()) if comes_back else set()
            back: set[str | None] = {"back"} if items and places.count(place) == 1 else set()
            again = back if back and items == {None} else back | anew(body, place)
            self.hands[key] = Hand(frozenset(again))
        for place in places:
            self._straight.pop(place, None)
        if word(body, "kind") == "task_returned" and word(back_of(body), "way") == "straight":
            own = f"{body.get('process')}:{body.get('element')}"
            self._straight.setdefault(own, set()).add(word(body, "item"))


def retold(bodies: Iterable[dict[str, Any]]) -> Retold:
    """Return what entries say, read in their order."""
    found = Retold()
    for body in bodies:
        found.hear(body)
    return found
