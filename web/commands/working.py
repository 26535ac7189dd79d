"""The worker: it wakes the cases whose time has come, one in each transaction, and tidies up."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from engine.tidying import tidy
from engine.timers import wake_next

if TYPE_CHECKING:
    from threading import Event

    from sqlalchemy import Engine

IDLE = 1.0
"""Seconds between two looks for due cases."""

TIDYING = 3600.0
"""Seconds between two times of forgetting what was never sent."""

LONGEST_PAUSE = 30.0
"""Seconds at most between two tries while the database is away."""

_log = logging.getLogger("banjie.worker")


def work(engine: Engine, stopping: Event) -> None:
    """Wake due cases until told to stop; while the database is away, try again later and later.

    Once an hour, and at the start, what was never sent is tidied away.
    """
    pause, tidied = IDLE, monotonic() - TIDYING
    while not stopping.is_set():
        try:
            while not stopping.is_set() and _wake_one(engine):
                pass
            if monotonic() - tidied >= TIDYING and _tidy_some(engine) == 0:
                tidied = monotonic()
            pause = IDLE
        except SQLAlchemyError:
            _log.exception("The worker goes on in %g s / %g 秒后继续", pause, pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        stopping.wait(pause)


def _tidy_some(engine: Engine) -> int:
    """Tidy one batch; cases that are due come before the next one."""
    with engine.begin() as connection:
        return tidy(connection, now=datetime.now(UTC))


def _wake_one(engine: Engine) -> bool:
    with engine.begin() as connection:
        return wake_next(connection, now=datetime.now(UTC))
