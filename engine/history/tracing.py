"""Where the steps of a case stood: within which calls and instances, as its entries tell."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from engine.history.superseding import Back, Done, turn_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.history.superseding import Path
    from engine.spiff import Diagram

MOVED: Final = "token_moved"
_DONE: Final = ("case_opened", "step_completed", "step_skipped")


def places(
    diagrams: Mapping[str, Diagram],
    root: str,
    entries: Iterable[tuple[int, Any, Mapping[str, Any]]],
) -> list[Done | Back]:
    """Return what was completed or skipped, each with the calls it stood in, and what went back.

    ``entries`` are (seq, task, body) in order. A task's calls are those that were entered with
    the move that opened it, or else those of the step that led to it, or of the place that a token
    was moved to; those of an instance's task are told.
    """
    trace = _Trace(diagrams, root)
    found: list[Done | Back] = []
    for seq, task, body in entries:
        key = task.hex if task else ""
        if body["kind"] in _DONE:
            found.append(trace.done(seq, key, body["element"]))
        back = body.get("back")
        if back and back["way"] == "straight":
            opened = body.get("opened", ())
            trace.alone |= {other for other, place, _ in opened if place == back["place"]}
        elif back:
            undone = frozenset(back.get("undone", [back["task"]]))
            found.append(Back(undone, frozenset(back.get("turns", ()))))
        trace.follow(key, body)
    return found


def undone_moves(entries: Iterable[tuple[int, Any, Mapping[str, Any]]]) -> set[int]:
    """Return the ``seq`` of the tokens that were moved before a case went back behind them.

    ``entries`` are as of places. A return to the very step that a token was moved to leaves it
    there: that step, opened anew, stands for the one before.
    """
    moves: dict[str, int] = {}
    found: set[int] = set()
    for seq, task, body in entries:
        key = task.hex if task else ""
        opened = {other: place for other, place, _ in body.get("opened", ())}
        if body["kind"] == MOVED:
            moves |= dict.fromkeys(opened, seq)
        back = body.get("back")
        if not back or back["way"] == "straight":
            continue
        gone = {*back.get("undone", ()), *(other for other, _ in body.get("cancelled", ()))}
        gone |= {key} if body["kind"] == "task_returned" else set()
        found |= {moves[other] for other in gone - {back["task"]} if other in moves}
        if back["task"] in moves:
            anew = [other for other, place in opened.items() if place == back["place"]]
            moves |= dict.fromkeys(anew, moves[back["task"]])
            found -= {moves[back["task"]]}
    return found


class _Trace:
    """What the entries so far say of tasks, by their keys.

    ``last`` is where a process was called last; what is ``alone`` was returned straight.
    """

    def __init__(self, diagrams: Mapping[str, Diagram], root: str) -> None:
        self.diagrams, self.root = diagrams, root
        self.last: dict[str, Path] = {root: ()}
        self.paths: dict[str, Path] = {}
        self.turns: dict[str, str] = {}
        self.alone: set[str] = set()

    def done(self, seq: int, key: str, element: str) -> Done:
        """Return a step that was done, where it stood."""
        place = (*self.paths.get(key, ()), element)
        return Done(seq, place, turn_of(self.turns.get(key, "")), key, key in self.alone)

    def follow(self, key: str, body: Mapping[str, Any]) -> None:
        """Take in what an entry about a task opened, and where."""
        self._come_along(self._moved_to(body) or self.paths.get(key, ()))
        entered = self._entered(body.get("flows", ()))
        for opened, place, _ in body.get("opened", ()):
            process = place.partition(":")[0]
            waiting = entered.get(process, [])
            self.paths[opened] = waiting.pop(0) if len(waiting) > 1 else self.last.get(process, ())
        for opened, (said, *path) in body.get("turns", {}).items():
            self.turns[opened], self.paths[opened] = said, tuple(path)

    def _entered(self, flows: Iterable[str]) -> dict[str, list[Path]]:
        """Return the calls that a move entered, by called process, and remember the last ones."""
        entered: dict[str, list[Path]] = defaultdict(list)
        for taken in flows:
            process, _, flow = taken.partition(":")
            diagram = self.diagrams[process]
            target = diagram.flows[flow].target
            if called := diagram.calls.get(target):
                self.last[called] = (*self.last.get(process, ()), target)
                entered[called].append(self.last[called])
        return entered

    def _moved_to(self, body: Mapping[str, Any]) -> Path:
        """Return the calls down to where an operator moved a token, and that place if it is one."""
        if body["kind"] != MOVED:
            return ()
        element, path = body["element"], tuple(body.get("path", ()))
        return (*path, element) if element in self.diagrams[body["process"]].calls else path

    def _come_along(self, path: Path) -> None:
        """Remember the calls of a path as the last ones of their processes."""
        process = self.root
        for depth, call in enumerate(path, start=1):
            process = self.diagrams[process].calls[call]
            self.last[process] = path[:depth]
