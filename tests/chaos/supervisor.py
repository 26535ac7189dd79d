"""A supervisor in the storm, who suspends cases and lets them go on: by hand, or on their day."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar
from unittest.mock import patch

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine.errors import Refusal
from engine.suspending import holding
from engine.suspending.holding import resume_case, suspend_case
from engine.tables import cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random
    from threading import Event
    from uuid import UUID

    from sqlalchemy import Engine

    from engine.people import Person

Found = TypeVar("Found")
SUSPENDED, RESUMED = "case_suspended", "case_resumed"
DAY: Final = date(2027, 1, 1)
NIGHT: Final = timedelta(seconds=1)
"""How long it is till any day begins: no storm lasts until midnight."""

_GOES_ON = (
    sa.select(cases.c.id)
    .where(cases.c.status == "open", cases.c.suspended_at.is_(None))
    .order_by(sa.func.random())
    .limit(1)
)


@dataclass
class Supervisor:
    """Who suspends; every second case goes on by itself, which a worker sees to."""

    engine: Engine
    random: Random
    person: Person
    held: deque[UUID] = field(default_factory=deque)
    broken: int = 0

    def work(self, over: Event) -> None:
        """Suspend one case after the other until it is over; then nothing stands any more."""
        with patch.object(holding, "_begins", lambda _conn, _day, now: now + NIGHT):
            while not over.is_set():
                self._suspend()
                time.sleep(self.random.uniform(0.1, 0.5))
                if self.random.random() < 0.5:
                    self._let_one_go_on()
        while self.held:
            self._let_one_go_on()

    def _suspend(self) -> None:
        key = self._until_answered(lambda conn: conn.scalar(_GOES_ON))
        by_hand = self.random.random() < 0.5
        if key is None:
            return
        if by_hand:
            self.held.append(key)
        self._acts(suspend_case, key, "等客户", None if by_hand else DAY)

    def _let_one_go_on(self) -> None:
        if self.held:
            self._acts(resume_case, self.held.popleft())

    def _acts(self, verb: Callable[..., None], *args: object) -> None:
        """Do it, once: what was done before the line broke is refused the second time."""

        def deed(conn: sa.Connection) -> None:
            with suppress(Refusal):
                verb(conn, *args, by=self.person, now=datetime.now(UTC))

        self._until_answered(deed)

    def _until_answered(self, deed: Callable[[sa.Connection], Found]) -> Found:
        while True:
            try:
                with self.engine.begin() as conn:
                    return deed(conn)
            except DBAPIError:
                self.broken += 1
                time.sleep(0.1)
