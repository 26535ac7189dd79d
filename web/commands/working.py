"""The worker: it does, one in each transaction, what cases wait for; and it tidies up."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from engine.attachments.tidying import tidy
from engine.calling import run, take_next
from engine.calling.settling import settle
from engine.cases.timers import Waking
from engine.clocks.reckoning import reckon_next
from engine.connectors import Outside
from engine.duties.starting import start_next
from engine.messages.delivering import deliver_next
from engine.transfers.batches import foresee_any
from engine.versioning.switching import switch_next

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event

    from sqlalchemy import Connection, Engine


class Thing(Protocol):
    """One kind of work."""

    def __call__(self, conn: Connection, *, now: datetime) -> bool: ...


IDLE = 1.0
"""Seconds between two looks for work."""

TIDYING = 3600.0
"""Seconds between two times of forgetting what was never sent."""

LONGEST_PAUSE = 30.0
"""Seconds at most between two tries while the database is away."""

NOWHERE: Final = Outside()
"""Where no connector can reach anything."""

_log = logging.getLogger("banjie.worker")

THINGS: Final[tuple[Thing, ...]] = (
    *(switch_next, Waking(), deliver_next),
    *(start_next, reckon_next, foresee_any),
)
"""What a worker does: verbs that do one piece in a transaction, False when nothing is left.

They take turns, so that no heap of one holds up the others.
"""

RESTING = 0.25
"""Seconds for which a thing that had nothing to do is not asked while others have a heap."""


def work(engine: Engine, stopping: Event, outside: Outside = NOWHERE) -> None:
    """Do what there is until told to stop; while the database is away, try again later and later.

    Once an hour, and at the start, what was never sent is tidied away. Connectors, which may take
    long, run in a thread of their own.
    """
    caller = Thread(target=call_while, args=(engine, stopping, outside), name="calls", daemon=True)
    caller.start()
    keep_at(stopping, Rounds(engine))
    caller.join(LONGEST_PAUSE)


def call_while(engine: Engine, stopping: Event, outside: Outside) -> None:
    """Make calls until told to stop; if that breaks off, the worker stops, to be started anew."""
    try:
        keep_at(stopping, lambda: call_next(engine, outside))
    finally:
        stopping.set()


def call_next(engine: Engine, outside: Outside) -> bool:
    """Make one call, in no transaction; False when there was none."""
    with engine.begin() as connection:
        call = take_next(connection, now=datetime.now(UTC))
    if call is None:
        return False
    outcome = run(call, outside)
    with engine.begin() as connection:
        settle(connection, call, outcome, now=datetime.now(UTC))
    return True


def keep_at(stopping: Event, work_on: Callable[[], bool]) -> None:
    """Work while there is work, and look for it again and again."""
    pause = IDLE
    while not stopping.is_set():
        try:
            while not stopping.is_set() and work_on():
                pass
            pause = IDLE
        except SQLAlchemyError:
            _log.exception("The worker goes on in %g s / %g 秒后继续", pause, pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        stopping.wait(pause)


class Rounds:
    """One piece of each thing in turn; when there is none of any, and it is time, tidying."""

    def __init__(self, engine: Engine, things: Sequence[Thing] = THINGS) -> None:
        """Ask every thing at once, and tidy first of all."""
        self._engine = engine
        self._asleep_until = dict.fromkeys(things, 0.0)
        self._tidied = monotonic() - TIDYING

    def __call__(self) -> bool:
        """Do what there is; False when no thing had anything."""
        awake = [thing for thing, at in self._asleep_until.items() if at <= monotonic()]
        done = [self._ask(thing) for thing in awake]
        if any(done):
            return True
        if monotonic() - self._tidied >= TIDYING and _tidy_some(self._engine) == 0:
            self._tidied = monotonic()
        return False

    def _ask(self, thing: Thing) -> bool:
        with self._engine.begin() as connection:
            done = thing(connection, now=datetime.now(UTC))
        self._asleep_until[thing] = 0.0 if done else monotonic() + RESTING
        return done


def _tidy_some(engine: Engine) -> int:
    """Tidy one batch; whatever cases wait for comes before the next one."""
    with engine.begin() as connection:
        return tidy(connection, now=datetime.now(UTC))
