"""The signatures of a case: what their rows should say, as the entries tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.history import moment
from engine.history.told import by_key, listed, word
from engine.verifying.retold.hands import principal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

_OPEN: Final = frozenset({"asked", "waiting"})
_ANSWERS: Final = {"signature_given": "agreed", "signature_refused": "refused"}
_CHANGING: Final = frozenset({*_ANSWERS, "signature_removed"})
_TOUCHING: Final = _CHANGING | {"signatures_asked", "task_handed_over"}


@dataclass(slots=True)
class Signature:
    """One of them: ``how`` is place, mode and ratio, ``asked`` by whom, when (UTC), and what.

    ``people`` are those whose it may be, by id (hex): several where an older release let somebody
    take signatures over without saying whose; ``name`` is what the entry calls whoever signs.
    """

    task: str
    group: int
    number: int
    how: tuple[Any, ...]
    asked: tuple[str | None, datetime | None, object]
    people: set[str]
    status: str
    opinion: str | None = None
    settled_at: datetime | None = None
    name: str = ""

    def settle(self, status: str, body: dict[str, Any]) -> None:
        """Take in what became of it."""
        self.status, self.settled_at = status, moment(body)


@dataclass(slots=True)
class Signatures:
    """All of a case, in the order in which they were asked for."""

    all: list[Signature] = field(default_factory=list)

    def hear(self, task: str, body: dict[str, Any]) -> None:
        """Take in an entry about a task."""
        kind = str(body.get("kind"))
        if kind not in _TOUCHING:
            return
        to = {key: str(told[1]) for key, told in by_key(body, "to").items()}
        waiting = self._waiting(task)
        if kind == "signatures_asked":
            self._ask(task, body, to)
        elif kind in _ANSWERS:
            _answer(body, _ANSWERS[kind], waiting)
        elif kind == "signature_removed":
            _remove(body, waiting, to)
        elif kind == "task_handed_over":
            _pass_on(body, waiting, to)
        if kind in _CHANGING:
            self._go_on(task, body)

    def close(self, task: str, body: dict[str, Any]) -> None:
        """Let the signatures go that a task still waits for."""
        for one in self._waiting(task):
            one.settle("void", body)

    def _waiting(self, task: str) -> list[Signature]:
        return [one for one in self.all if one.task == task and one.status in _OPEN]

    def _ask(self, task: str, body: dict[str, Any], people: Mapping[str, str]) -> None:
        """Ask people into the group that waits, or a new one."""
        ours = [one for one in self.all if one.task == task]
        waiting = self._waiting(task)
        group = waiting[0].group if waiting else max((o.group for o in ours), default=0) + 1
        begun = sum(one.group == group for one in ours)
        how = tuple(each for each in listed(body, "signing") if not isinstance(each, list | dict))
        asked = (principal(body), moment(body))
        for number, (person, name) in enumerate(people.items(), start=begun + 1):
            status = "waiting" if "order" in how and number > 1 else "asked"
            said = (*asked, word(body, "reason"))
            one = Signature(task, group, number, how, said, {person}, status, name=name)
            self.all.append(one)

    def _go_on(self, task: str, body: dict[str, Any]) -> None:
        """Let the next be asked, or the rest go once the group is complete."""
        if "settled" in body:
            self.close(task, body)
            return
        waiting = self._waiting(task)
        if waiting and not any(one.status == "asked" for one in waiting):
            waiting[0].status = "asked"


def _answer(body: dict[str, Any], status: str, waiting: list[Signature]) -> None:
    asked = [one for one in waiting if one.status == "asked"]
    for one in _of({principal(body)}, asked):
        one.settle(status, body)
        one.opinion = word(body, "opinion") or ""


def _remove(body: dict[str, Any], waiting: list[Signature], people: Collection[str]) -> None:
    for one in _of({*people}, waiting):
        one.settle("removed", body)


def _pass_on(body: dict[str, Any], waiting: list[Signature], to: Mapping[str, str]) -> None:
    """Let signatures that somebody was asked for be those of who takes over."""
    if body.get("hand") == "signature":
        for one in _of({*map(str, listed(body, "whose")[:1])}, waiting):
            one.people, one.name = {*to}, "、".join(to.values())
    elif "hand" not in body:
        for one in waiting:
            one.people |= {*to}


def _of(people: Collection[str | None], signatures: list[Signature]) -> list[Signature]:
    return [one for one in signatures if not one.people.isdisjoint(people)]
