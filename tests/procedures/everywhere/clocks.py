"""What the regulation says of every deadline, and a watch that compares the running clocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import procedures, spiff
from engine.tables import tasks

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from engine.spiff import OpenTask, Position, Timer
    from tests.procedures.walk import Walk

DAY: Final = timedelta(days=1)
CASE: Final = "handle_complaint"
"""The activity under the clock of the case."""

LIMITS: Final = {
    CASE: 5 * DAY,
    "review_content": DAY / 2,
    "trace_cause": DAY,
    "analyse_production": DAY,
    "report_to_gm": 3 * DAY,
    "decide": DAY / 2,
    "negotiate_result": DAY,
    "write_opinion": DAY,
    "close_complaint": DAY / 2,
}
"""In calendar time: five days within Xinjiang (S1:99), three for the report, the stages of §5.7."""


@dataclass
class Watch:
    """What ran when the case was looked at last: due times by arming, and the open tasks.

    ``inside`` are tasks that are done within a step that was returned straight: the activities
    around that one. After an intervention clocks may run ``beside`` what is open. ``lasts`` are the
    due times that clocks had last, by activity, and ``back`` are a step that was taken back and
    the activities around it.
    """

    dues: dict[UUID, datetime] = field(default_factory=dict)
    tasks: frozenset[UUID] = frozenset()
    inside: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    beside: bool = False
    lasts: dict[str, datetime] = field(default_factory=dict)
    back: tuple[str, ...] = ()

    def look(self, walk: Walk, *, kept: Collection[str] = ()) -> None:
        """See that exactly the drawn clocks run; old armings stand, new ones count from now.

        The clocks of and around a step that was taken back count on, although armed anew.
        ``kept`` are activities around the steps whose clocks must not have begun anew.
        """
        row = walk.row()
        compiled = procedures.version(walk.conn, row.version_id).compiled
        at = spiff.position(compiled, row.state)
        running, drawn = Counter(timer.host for timer in at.timers), self._drawn(at)
        assert (drawn <= running) if self.beside else (drawn == running), (drawn, running)
        for timer in at.timers:
            self._check(walk, timer, at, kept)
        self._check_rows(walk, at)
        self.dues = {timer.id: timer.due for timer in at.timers}
        self.lasts |= {timer.host: timer.due for timer in at.timers}
        self.back = ()
        self.tasks = frozenset(task.id for task in at.tasks)

    def around(self, task: OpenTask) -> tuple[str, ...]:
        """Give the activities around a step that have a deadline, and the step if it has one."""
        calls = self.inside.get(task.id, task.path)
        return tuple(each for each in (*calls, task.element) if each in LIMITS)

    def _drawn(self, at: Position) -> Counter[str]:
        calls = {call for task in at.tasks for call in self.around(task)[:-1]}
        every = {each for task in at.tasks for each in self.around(task)}
        steps = Counter(task.element for task in at.tasks if task.element in LIMITS)
        return steps + Counter(calls | (every - steps.keys()))

    def _check(self, walk: Walk, timer: Timer, at: Position, kept: Collection[str]) -> None:
        same = [task.id for task in at.tasks if task.element == timer.host]
        is_old = timer.id in self.dues
        if len(same) == 1:
            assert is_old == (same[0] in self.tasks), f"{timer.host} counts anew, or does not"
        assert is_old or timer.host not in kept, f"{timer.host} counts anew"
        anew = self.lasts[timer.host] if timer.host in self.back else walk.now + LIMITS[timer.host]
        wanted = self.dues[timer.id] if is_old else anew
        assert timer.due == wanted, (timer.host, timer.due, wanted)

    def _check_rows(self, walk: Walk, at: Position) -> None:
        """See that the rows that people read have the same due times."""
        told = sa.select(tasks.c.id, tasks.c.due_at).where(tasks.c.case_id == walk.case_id)
        rows = {row.id: row.due_at for row in walk.conn.execute(told)}
        dues = {timer.host: timer.due for timer in at.timers}
        assert rows.keys() == {task.id for task in at.tasks}
        for task in () if self.beside else at.tasks:
            expected = min((dues[each] for each in self.around(task)), default=None)
            assert rows[task.id] == expected, (task.element, rows[task.id], expected)
        if CASE in dues:
            assert walk.row().due_at == dues[CASE]

    def forgets(self) -> None:
        """Expect every clock to have begun anew."""
        self.dues, self.tasks = {}, frozenset()

    def stood(self, walk: Walk, later: timedelta, host: str | None) -> None:
        """Expect the clock of one activity, or all of them, to have stood so long."""
        row = walk.row()
        compiled = procedures.version(walk.conn, row.version_id).compiled
        for timer in spiff.position(compiled, row.state).timers:
            if host in (None, timer.host):
                self.dues[timer.id] += later
