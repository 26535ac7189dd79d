"""The worker: it does, one in each transaction, what cases wait for; and it tidies up."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from engine.delivering import deliver_next
from engine.duties import start_next
from engine.tidying import tidy
from engine.timers import wake_next

if TYPE_CHECKING:
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

_log = logging.getLogger("banjie.worker")

THINGS: Final[tuple[Thing, ...]] = (wake_next, deliver_next, start_next)
"""What a worker does: verbs that do one piece in a transaction, False when nothing is left.

They take turns, so that no heap of one holds up the others.
"""


def work(engine: Engine, stopping: Event) -> None:
    """Do what there is until told to stop; while the database is away, try again later and later.

    Once an hour, and at the start, what was never sent is tidied away.
    """
    pause, tidied = IDLE, monotonic() - TIDYING
    while not stopping.is_set():
        try:
            while not stopping.is_set() and _round(engine):
                pass
            if monotonic() - tidied >= TIDYING and _tidy_some(engine) == 0:
                tidied = monotonic()
            pause = IDLE
        except SQLAlchemyError:
            _log.exception("The worker goes on in %g s / %g 秒后继续", pause, pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        stopping.wait(pause)


def _tidy_some(engine: Engine) -> int:
    """Tidy one batch; whatever cases wait for comes before the next one."""
    with engine.begin() as connection:
        return tidy(connection, now=datetime.now(UTC))


def _round(engine: Engine) -> bool:
    """Do one piece of each thing; False when there was none of any."""
    done = [_do(engine, thing) for thing in THINGS]
    return any(done)


def _do(engine: Engine, thing: Thing) -> bool:
    with engine.begin() as connection:
        return thing(connection, now=datetime.now(UTC))
