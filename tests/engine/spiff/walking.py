"""Walking a case through a compiled procedure, from stored bytes to stored bytes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from engine import spiff
from engine.calendar import STANDARD, Calendars
from engine.spiff import Call, Dues
from tests.engine.spiff.drawing import T0

if TYPE_CHECKING:
    from uuid import UUID

    from engine.spiff import Compiled, Move, OpenTask, Return, Timer, Transfer, Wait


class Then(TypedDict):
    now: datetime
    calendars: Calendars


class Walk:
    """One case; every verb goes through the stored state, and `now` only moves when told to."""

    def __init__(
        self,
        compiled: Compiled,
        at: datetime = T0,
        calendars: Calendars = STANDARD,
        /,
        **answers: object,
    ) -> None:
        self.compiled = compiled
        self.now: datetime = at
        self.calendars = calendars
        self.move: Move = spiff.start(compiled, answers, now=at, calendars=calendars)
        self.tasks: dict[UUID, OpenTask] = {}
        self.calls: dict[UUID, Call] = {}
        self.awaited: dict[UUID, Wait] = {}
        self.moves: list[Move] = []
        self.follow()

    def does(self, element: str, *, item: str | None = None, **answers: object) -> Move:
        """Complete the first open step of that element, or that of an item."""
        task = self.task(element, item)
        self.move = spiff.complete(self.compiled, self.move.state, task.id, answers, **self.then)
        return self.follow()

    def hears(self, element: str, **payload: object) -> Move:
        """Deliver what the first wait of that element waits for."""
        wait = self.wait(element)
        self.move = spiff.deliver(self.compiled, self.move.state, wait.id, payload, **self.then)
        return self.follow()

    def wakes(self, **after: float) -> Move:
        """Let time pass and wake the case."""
        self.now += timedelta(**after)
        self.move = spiff.wake(self.compiled, self.move.state, **self.then)
        return self.follow()

    def answers(self, element: str, **result: object) -> Move:
        """Answer the first open call of that service task."""
        call = self.call(element)
        del self.calls[call]
        self.move = spiff.answer(self.compiled, self.move.state, call, result, **self.then)
        return self.follow()

    def fails(self, element: str, code: str) -> Move:
        """Let the first open call of that service task fail."""
        call = self.call(element)
        self.move = spiff.fail(self.compiled, self.move.state, call, code, **self.then)
        del self.calls[call]
        return self.follow()

    def pauses(self, element: str | None = None) -> Move:
        """Stop the clock of the case, or of the first open step of that element."""
        task = self.task(element).id if element else None
        self.move = spiff.pause(self.compiled, self.move.state, task, **self.then)
        return self.follow()

    def resumes(self, element: str | None = None) -> Move:
        """Let the clock of the case go on, or of the first open step of that element."""
        task = self.task(element).id if element else None
        self.move = spiff.resume(self.compiled, self.move.state, task, **self.then)
        return self.follow()

    def ways(self, element: str) -> list[str]:
        """Give what the first open step of that element may be returned to, in turn."""
        found = spiff.returns(self.compiled, self.move.state, self.task(element).id)
        return [way.element for way in found]

    def way(self, element: str, to: str) -> Return:
        """Give the way back from the first open step of that element to a finished one."""
        found = spiff.returns(self.compiled, self.move.state, self.task(element).id)
        return next(way for way in found if way.element == to)

    def returns(self, element: str, to: str) -> Move:
        """Return the first open step of that element to a finished one."""
        task, target = self.task(element).id, self.way(element, to).target
        self.move = spiff.return_to(self.compiled, self.move.state, task, target, **self.then)
        return self.follow()

    def asks_back(self, element: str, to: str, item: str | None = None) -> Move:
        """Return the first open step of that element, or of an item, straight to a finished one."""
        task, target = self.task(element, item).id, self.way(element, to).target
        state = self.move.state
        self.move = spiff.return_straight(self.compiled, state, task, target, **self.then)
        return self.follow()

    def withdraws(self, task: UUID) -> Move:
        """Take back a step that was done."""
        self.move = spiff.withdraw(self.compiled, self.move.state, task, **self.then)
        return self.follow()

    def skips(self, element: str) -> Move:
        """Let the first open step of that element count as done."""
        task = self.task(element).id
        self.move = spiff.skip(self.compiled, self.move.state, task, **self.then)
        return self.follow()

    def places(self, element: str | None, to: str) -> Move:
        """Move the token of the first open step of that element, or put one more at a place."""
        task = self.task(element).id if element else None
        at = next(at for at in spiff.places(self.compiled) if at.element == to)
        self.move = spiff.place(self.compiled, self.move.state, task, at, **self.then)
        return self.follow()

    def cancels(self) -> Move:
        self.move = spiff.cancel(self.compiled, self.move.state, **self.then)
        return self.follow()

    def reopens(self, element: str | None = None) -> Move:
        """Let a case that is over go on at a finished step, or where it was cancelled."""
        ways = spiff.reopenings(self.compiled, self.move.state)
        target = next(way.target for way in ways if way.element == element) if element else None
        self.move = spiff.reopen(self.compiled, self.move.state, target, **self.then)
        return self.follow()

    def reckons(self, calendars: Calendars) -> Move:
        """Reckon anew what is due on other calendars."""
        self.calendars = calendars
        self.move = spiff.reckon_anew(self.compiled, self.move.state, **self.then)
        return self.follow()

    def transfers(self, to: Compiled, due: Dues = Dues.KEPT) -> Transfer:
        """Let the case go on in another version, if it can."""
        found = spiff.transfer(self.compiled, to, self.move.state, due=due, **self.then)
        if found.move is not None:
            self.compiled, self.move = to, found.move
            self.tasks.update({task.id: task for task in found.reassigned})
            self.follow()
        return found

    @property
    def then(self) -> Then:
        """The moment of the next move, and the calendars that it counts on."""
        return {"now": self.now, "calendars": self.calendars}

    def timer(self, element: str) -> Timer:
        """Give the running timer of that element."""
        timers = spiff.position(self.compiled, self.move.state).timers
        return next(timer for timer in timers if timer.element == element)

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

    def follow(self) -> Move:
        for task in self.move.closed:
            del self.tasks[task]
        self.tasks.update({task.id: task for task in (*self.move.opened, *self.move.retimed)})
        for call in self.move.abandoned:
            del self.calls[call]
        for effect in self.move.effects:
            if isinstance(effect, Call) and effect.id is not None:
                self.calls[effect.id] = effect
        for wait in self.move.unawaited:
            del self.awaited[wait]
        self.awaited.update({wait.id: wait for wait in self.move.awaited})
        stored = spiff.position(self.compiled, self.move.state)
        assert {task.id: task for task in stored.tasks} == self.tasks
        running = [timer.due for timer in stored.timers if timer.stopped is None]
        assert self.move.next_due == min(running, default=None)
        assert set(stored.calls) == set(self.calls)
        assert {wait.id: wait for wait in stored.waits} == self.awaited
        self.moves.append(self.move)
        return self.move
