"""Walking a case through a compiled procedure, from stored bytes to stored bytes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine import spiff
from tests.engine.spiff.drawing import T0

if TYPE_CHECKING:
    from uuid import UUID

    from engine.spiff import Compiled, Move, OpenTask


class Walk:
    """One case; every verb goes through the stored state, and `now` only moves when told to."""

    def __init__(self, compiled: Compiled, **answers: object) -> None:
        self.compiled = compiled
        self.now: datetime = T0
        self.move: Move = spiff.start(compiled, answers, now=self.now)
        self.tasks: dict[UUID, OpenTask] = {}
        self.moves: list[Move] = []
        self._follow()

    def does(self, element: str, **answers: object) -> Move:
        """Complete the first open step of that element."""
        task = self.task(element)
        self.move = spiff.complete(self.compiled, self.move.state, task.id, answers, now=self.now)
        return self._follow()

    def wakes(self, **after: float) -> Move:
        """Let time pass and wake the case."""
        self.now += timedelta(**after)
        self.move = spiff.wake(self.compiled, self.move.state, now=self.now)
        return self._follow()

    def task(self, element: str) -> OpenTask:
        return next(task for task in self.tasks.values() if task.element == element)

    @property
    def waits(self) -> list[str]:
        """The elements that wait for somebody, as the differences of all moves add up."""
        return sorted(task.element for task in self.tasks.values())

    @property
    def timers(self) -> list[str]:
        return sorted(
            timer.element for timer in spiff.position(self.compiled, self.move.state).timers
        )

    def _follow(self) -> Move:
        for task in self.move.closed:
            del self.tasks[task]
        self.tasks.update({task.id: task for task in self.move.opened})
        stored = spiff.position(self.compiled, self.move.state).tasks
        assert {task.id for task in stored} == set(self.tasks)
        self.moves.append(self.move)
        return self.move
