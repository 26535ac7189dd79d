"""What no longer holds: a step that is done again takes back what had followed it."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from engine.spiff import Diagram

Path = tuple[str, ...]
"""The call activities from the procedure down to a diagram; empty for the procedure itself."""
Turn = tuple[tuple[str, str], ...]
"""The instances that it stood in, the outer one first: which multi-instance, which of its items.

An activity that is come to once more is another multi-instance."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that somebody completed, or skipped.

    ``place`` is its path followed by the step, ``task`` the task (hex) that it was. Done ``alone``
    it takes back only what was said there before, and nothing that had followed.
    """

    seq: int
    place: Path
    turn: Turn = ()
    task: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """That a case went back: what no longer holds are ``tasks`` (hex), and all items of ``turns``.

    ``turns`` are multi-instances, as a Turn names them.
    """

    tasks: frozenset[str]
    turns: frozenset[str]

    def undoes(self, one: Done) -> bool:
        """Whether a step no longer holds."""
        return one.task in self.tasks or any(host in self.turns for host, _ in one.turn)


def turn_of(text: str) -> Turn:
    """Read the instances as an entry says them, such as "17:2/30:1"."""
    levels = (level.partition(":") for level in text.split("/") if level)
    return tuple((host, number) for host, _, number in levels)


def beside(one: Turn, other: Turn) -> bool:
    """Whether they are different items of one multi-instance, which have no part in each other."""
    for (host, number), (other_host, other_number) in zip(one, other, strict=False):
        if host != other_host:
            return False
        if number != other_number:
            return True
    return False


def within(outer: Turn, inner: Turn) -> bool:
    """Whether what was said in the one instance is known in the other."""
    return outer == inner[: len(outer)]


class _Standing:
    """Where each step was first completed and still holds, apart from the items beside it."""

    def __init__(self, done: Sequence[Done | Back], fallen: Collection[int]) -> None:
        self._done, self._fallen = done, fallen
        self._same: dict[tuple[Path, Turn], deque[int]] = defaultdict(deque)
        self._around: dict[tuple[Path, Turn], dict[str, deque[int]]] = defaultdict(dict)

    def add(self, done: Done, index: int) -> None:
        self._same[done.place, done.turn].append(index)
        for level, (host, _) in enumerate(done.turn):
            around = self._around[done.place, done.turn[:level]]
            around.setdefault(host, deque()).append(index)

    def first(self, again: Done) -> int | None:
        """Give the first completion that holds and that this one repeats."""
        repeated = (self._first(found) for found in self._repeated(again))
        return min((index for index in repeated if index is not None), default=None)

    def _repeated(self, again: Done) -> Iterator[deque[int]]:
        yield self._same[again.place, again.turn]
        for level, (host, _) in enumerate(again.turn):
            hosts = self._around[again.place, again.turn[:level]]
            yield from (found for other, found in hosts.items() if other != host)

    def _first(self, found: deque[int]) -> int | None:
        """Give the first of them that holds; what has fallen never holds again."""
        while found and self._has_fallen(found[0]):
            found.popleft()
        return found[0] if found else None

    def _has_fallen(self, index: int) -> bool:
        one = self._done[index]
        return isinstance(one, Done) and one.seq in self._fallen


def superseded(diagrams: Mapping[str, Diagram], root: str, done: Sequence[Done | Back]) -> set[int]:
    """Return the ``seq`` of what no longer holds, ``done`` being in order.

    When a case goes back, what falls is what its engine undid. When a step is completed again in
    the same call, its earlier completion falls, and with it whatever was done in between at
    elements that the drawing reaches from it. A parallel branch stands, and so do urging, which
    hangs on a boundary event, and the other items of its list. Where the earlier completion has
    fallen before, nothing was done since that came of it.
    """
    fallen: set[int] = set()
    standing = _Standing(done, fallen)
    for i, again in enumerate(done):
        if isinstance(again, Back):
            fallen |= {one.seq for one in _steps(done[:i]) if again.undoes(one)}
            continue
        begun = standing.first(again)
        standing.add(again, i)
        if begun is None:
            continue
        *path, step = again.place
        redone = {step}
        if not again.alone:
            redone |= after(diagrams[_process(diagrams, root, path)], step)
        depth = len(path)
        fallen |= {
            one.seq
            for one in _steps(done[begun:i])
            if list(one.place[:depth]) == path
            and len(one.place) > depth
            and one.place[depth] in redone
            and not beside(one.turn, again.turn)
        }
    return fallen


def _steps(done: Iterable[Done | Back]) -> Iterator[Done]:
    return (one for one in done if isinstance(one, Done))


def _process(diagrams: Mapping[str, Diagram], root: str, path: Iterable[str]) -> str:
    for call in path:
        root = diagrams[root].calls[call]
    return root


def after(diagram: Diagram, element: str) -> set[str]:
    """Return what the flows of a drawing reach from an element; itself only over a loop."""
    reached: set[str] = set()
    ahead = [element]
    while ahead:
        source = ahead.pop()
        targets = {flow.target for flow in diagram.flows.values() if flow.source == source}
        ahead += targets - reached
        reached |= targets
    return reached
