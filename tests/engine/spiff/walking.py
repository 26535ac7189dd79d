"""Walking a case through a compiled procedure, from stored bytes to stored bytes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine import spiff
from engine.spiff import Call
from tests.engine.spiff.drawing import T0

if TYPE_CHECKING:
    from uuid import UUID

    from engine.spiff import Compiled, Move, OpenTask, Wait


class Walk:
    """One case; every verb goes through the stored state, and `now` only moves when told to."""

    def __init__(self, compiled: Compiled, **answers: object) -> None:
        self.compiled = compiled
        self.now: datetime = T0
        self.move: Move = spiff.start(compiled, answers, now=self.now)
        self.tasks: dict[UUID, OpenTask] = {}
        self.calls: dict[UUID, Call] = {}
        self.awaited: dict[UUID, Wait] = {}
        self.moves: list[Move] = []
        self._follow()

    def does(self, element: str, *, item: str | None = None, **answers: object) -> Move:
        """Complete the first open step of that element, or that of an item."""
        task = self.task(element, item)
        self.move = spiff.complete(self.compiled, self.move.state, task.id, answers, now=self.now)
        return self._follow()

    def hears(self, element: str, **payload: object) -> Move:
        """Deliver what the first wait of that element waits for."""
        wait = self.wait(element)
        self.move = spiff.deliver(self.compiled, self.move.state, wait.id, payload, now=self.now)
        return self._follow()

    def wakes(self, **after: float) -> Move:
        """Let time pass and wake the case."""
        self.now += timedelta(**after)
        self.move = spiff.wake(self.compiled, self.move.state, now=self.now)
        return self._follow()

    def answers(self, element: str, **result: object) -> Move:
        """Answer the first open call of that service task."""
        call = self.call(element)
        del self.calls[call]
        self.move = spiff.answer(self.compiled, self.move.state, call, result, now=self.now)
        return self._follow()

    def fails(self, element: str, code: str) -> Move:
        """Let the first open call of that service task fail."""
        call = self.call(element)
        self.move = spiff.fail(self.compiled, self.move.state, call, code, now=self.now)
        del self.calls[call]
        return self._follow()

    def call(self, element: str) -> UUID:
        return next(id_ for id_, call in self.calls.items() if call.element == element)

    def task(self, element: str, item: str | None = None) -> OpenTask:
        return next(
            task
            for task in self.tasks.values()
            if task.element == element and item in {None, task.item}
        )

    def wait(self, element: str) -> Wait:
        return next(wait for wait in self.awaited.values() if wait.element == element)

    @property
    def listens(self) -> list[str]:
        """The elements that wait for a message or signal, as the differences add up."""
        return sorted(wait.element for wait in self.awaited.values())

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
        for call in self.move.abandoned:
            del self.calls[call]
        for effect in self.move.effects:
            if isinstance(effect, Call) and effect.id is not None:
                self.calls[effect.id] = effect
        for wait in self.move.unawaited:
            del self.awaited[wait]
        self.awaited.update({wait.id: wait for wait in self.move.awaited})
        stored = spiff.position(self.compiled, self.move.state)
        assert {task.id for task in stored.tasks} == set(self.tasks)
        assert set(stored.calls) == set(self.calls)
        assert {wait.id: wait for wait in stored.waits} == self.awaited
        self.moves.append(self.move)
        return self.move
