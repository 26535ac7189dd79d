"""Writing down what happens to a case without a database, as engine.cases.moving does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from engine import history, spiff
from engine.calling.asked import CALLS
from engine.going_back.anew import RETURNED, STRAIGHT
from engine.going_back.ending import CANCELLED, REOPENED
from engine.going_back.withdrawing import WITHDRAWN
from engine.history import Draft, telling
from engine.history.told import GENESIS
from engine.procedures import Version
from engine.procedures.bundles import Bundle
from engine.replaying.going_back import PLACED, SKIPPED
from engine.replaying.record import record
from engine.spiff import Call
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from engine.replaying.record import Record
    from engine.spiff import Compiled, Move, OpenTask, Place, Start, Wait

CASE = UUID(int=7)


def bundle_of(compiled: Compiled) -> Bundle:
    """Give a procedure without forms, as what was drawn in a test is."""
    return Bundle(compiled, {}, {}, {}, {})


class Recording(Walk):
    """A case that enters what happens to it; nothing of it is stored."""

    def __init__(self, compiled: Compiled, /, **answers: object) -> None:
        self.book = Book()
        self.standing: set[UUID] = set()
        super().__init__(compiled, **answers)
        self.book.enter(self, Draft("case_opened", _where(compiled.start), answers=answers))

    def completes(self, element: str, **answers: object) -> Move:
        task = self.task(element)
        move = self.does(element, item=None, **answers)
        self.book.enter(self, Draft("step_completed", _where(task), answers, task.id))
        return move

    def receives(self, element: str, **payload: object) -> Move:
        wait = self.wait(element)
        move = self.hears(element, **payload)
        said = {**_where(wait), "called": wait.name, "keys": dict(wait.keys)}
        self.book.enter(self, Draft(f"{wait.kind}_delivered", said, answers=payload or None))
        return move

    def is_answered(self, element: str, call: UUID | None = None, **result: object) -> Move:
        key = call or self.call(element)
        said = _where(self.calls.pop(key))
        self.move = spiff.answer(self.compiled, self.move.state, key, result, **self.then)
        self.follow()
        told = {"asked": {}, "answered": result}
        self.book.enter(self, Draft("call_answered", said, answers=told, timer_id=key))
        return self.move

    def stands(self, task: OpenTask | None = None) -> Move:
        """Stop the clock of the case, or of a task."""
        return self._clock(spiff.pause, "clock_paused", task)

    def runs_on(self, task: OpenTask | None = None) -> Move:
        return self._clock(spiff.resume, "clock_resumed", task)

    def _clock(self, verb: Callable[..., Move], kind: str, task: OpenTask | None) -> Move:
        where, key = (_where(task), task.id) if task else ({}, None)
        self.standing ^= {key} if key else set()
        self.move = verb(self.compiled, self.move.state, key, **self.then)
        self.follow()
        self.book.enter(self, Draft(kind, where, task_id=key))
        return self.move

    def says(self, kind: str, task: OpenTask) -> None:
        """Enter that somebody did something with a task that moved nothing."""
        self.book.chain([Draft(kind, _where(task), task_id=task.id)], self.now)

    def sends_back(self, element: str, to: str, way: str) -> Move:
        task, target = self.task(element), self.way(element, to)
        move = (self.asks_back if way == STRAIGHT else self.returns)(element, to)
        back = {"task": target.target.hex, "place": "", "item": target.item, "way": way}
        self.book.enter(self, Draft(RETURNED, {**_where(task), "back": back}, task_id=task.id))
        return move

    def takes_back(self, task: UUID) -> Move:
        move = self.withdraws(task)
        back = {"task": task.hex, "place": "", "item": None, "way": "withdrawn"}
        self.book.enter(self, Draft(WITHDRAWN, {"back": back}, task_id=task))
        return move

    def is_cancelled(self) -> Move:
        move = self.cancels()
        self.book.enter(self, Draft(CANCELLED))
        return move

    def is_reopened(self, element: str | None = None) -> Move:
        ways = spiff.reopenings(self.compiled, self.move.state)
        target = next((way.target for way in ways if way.element == element), None)
        move = self.reopens(element)
        back = {"back": {"task": target.hex, "place": ""}} if target else {}
        self.book.enter(self, Draft(REOPENED, back))
        return move

    def is_skipped(self, element: str) -> Move:
        task = self.task(element)
        move = self.skips(element)
        self.book.enter(self, Draft(SKIPPED, _where(task), task_id=task.id))
        return move

    def is_placed(self, task: OpenTask | None, at: Place) -> Move:
        """Move the token of a task, or put one more somewhere."""
        key, state = None if task is None else task.id, self.move.state
        self.move = spiff.place(self.compiled, state, key, at, **self.then)
        self.follow()
        where = {**_where(at), "path": list(at.path)}
        self.book.enter(self, Draft(PLACED, where, task_id=key))
        return self.move

    def passes(self, **time: float) -> Move:
        """Let time pass, and a worker wake the case if anything is due."""
        move = self.wakes(**time)
        self.book.enter(self, *([] if move.fired else [Draft("woken")]))
        return move

    @property
    def record(self) -> Record:
        return record(self.book.rows)


def _where(thing: Start | OpenTask | Wait | Call | Place) -> dict[str, object]:
    return {"process": thing.process, "element": thing.element}


@dataclass
class Book:
    """The entries of a case."""

    rows: list[Any] = field(default_factory=list)
    head: bytes = GENESIS
    open: dict[UUID, Any] = field(default_factory=dict)

    def enter(self, walk: Walk, *happened: Draft) -> None:
        """Chain what a move did, with its consequences."""
        move, version = walk.move, Version(1, 1, bundle_of(walk.compiled), b"", {})
        drafts = telling.as_it_happened(version, move, happened)
        if drafts:
            cause = drafts.index(happened[-1] if happened else drafts[-1])
            done = drafts[cause].task_id
            gone = [self.open[task] for task in move.closed if task != done]
            facts = telling.consequences(version, move, gone)
            facts[CALLS] = [
                [call.id.hex, f"{call.process}:{call.element}", ""]
                for call in move.effects
                if isinstance(call, Call) and call.id is not None
            ]
            drafts[cause] = telling.saying(drafts[cause], {**facts, "facts": {}})
            self.chain(drafts, walk.now)
        self.open.update({task.id: task for task in move.opened})

    def chain(self, drafts: Sequence[Draft], now: datetime) -> None:
        """Add entries to the chain as they are."""
        chained, self.head = history.chain(
            drafts, case_id=CASE, seq=len(self.rows), head=self.head, by=None, now=now
        )
        self.rows += [SimpleNamespace(**row) for row in chained]

    def acts(self, walk: Walk, kind: str) -> None:
        """Enter that somebody moved the case in some other way."""
        walk.move = replace(walk.move, fired=(), opened=(), closed=(), flows=())
        self.enter(walk, Draft(kind))

    def erases(self, walk: Walk, seq: int) -> None:
        """Enter that an entry's answers were erased."""
        walk.move = replace(walk.move, fired=(), opened=(), closed=(), flows=())
        self.enter(walk, Draft(history.ERASED, {"erased": [seq]}))
