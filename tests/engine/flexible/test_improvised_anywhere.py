"""The same people in any procedure: others stand in for them, it is published anew, calls fail.

`python -m tests.engine.flexible.test_improvised_anywhere --cases 300` is the long run.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from typing_extensions import override

from engine import calling, procedures
from engine.calling.settling import settle
from engine.cases.starts import open_case
from engine.connectors import RefusedCallError
from engine.incidents import recording
from engine.incidents.retrying import retry
from engine.messages.delivering import deliver_next
from engine.messages.outside import send
from engine.procedures.publishing import publish
from engine.spiff import BrokenFilesError
from engine.substituting import making
from engine.tables import waits
from engine.transfers.one import Terms, move
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.flexible.drawn import drawn, edited, shouting
from tests.engine.flexible.test_improvised import PERSON, PICK
from tests.engine.flexible.test_improvised_moves import WHY, Moving, at_length, improvise
from tests.engine.small import put_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from engine.people import Person

EXAMPLES = 15
SEED, N = st.integers(0, 10**6), st.integers(0, 11)
BROKEN = RefusedCallError("对方系统停用。", "The other system is switched off.")


def publish_anew(
    conn: Connection, files: Mapping[str, bytes], *, by: Person, now: datetime
) -> None:
    publish(conn, files, by=by, now=now, note=WHY)


class Anywhere(Moving):
    """People act in a procedure that nobody has seen before."""

    @initialize(seed=SEED)
    @override
    def open_a_case(self, seed: int = 0) -> None:
        self.opened = self.engine.connect()
        self.now, self.done, self.files = NOW, set(), drawn(seed)
        self.n = seed % 12
        put_in_force(self.conn, self.files)
        begun = open_case(self.conn, "demo", self.answers(), by=self.staff["one"], now=NOW)
        self.case = begun.case_id

    @override
    def answers(self) -> Answered:
        return Answered({"n": self.n})

    @override
    def typed(self) -> dict[str, list[str]]:
        return {"n": [str(self.n)]}

    @rule(n=N)
    def another_number_is_filled_in(self, n: int) -> None:
        self.n = n

    @rule(person=PERSON, to=PERSON, days=st.integers(0, 3))
    def others_stand_in(self, person: str, to: str, days: int) -> None:
        first, last = self.now.date(), (self.now + timedelta(days=days)).date()
        wanted = making.Wanted(self.staff[person].id, self.staff[to].id, first, last)
        self.tried(making.make, wanted, by=person)

    @rule(seed=SEED)
    def the_case_is_moved_to_an_edited_version(self, seed: int) -> None:
        files = edited(self.files, seed)
        with suppress(BrokenFilesError):
            if self.tried(publish_anew, files, by="chief"):
                self.files = files
        terms = Terms(procedures.in_force(self.conn, "demo"), WHY)
        self.tried(move, self.case, terms, by="operator")

    @rule(pick=PICK)
    def a_message_comes(self, pick: int) -> None:
        ours = waits.c.case_id == self.case, waits.c.kind == "message"
        rows = self.conn.execute(sa.select(waits).where(*ours).order_by(waits.c.name)).all()
        if rows:
            row = rows[pick % len(rows)]
            said = {"keys": row.keys, "payload": orjson.dumps({"n": self.n}), "idempotency": None}
            send(self.conn, row.name, **said, by=None, now=self.now)
            self.done_so_far["send"] += 1
        self.letters_are_delivered()

    @rule()
    def a_signal_is_heard(self) -> None:
        open_case(self.conn, "shouting", self.answers(), by=self.staff["one"], now=self.now)
        self.letters_are_delivered()

    def letters_are_delivered(self) -> None:
        while deliver_next(self.conn, now=self.now):
            self.done_so_far["deliver_next"] += 1

    @rule(works=st.booleans())
    def a_call_is_answered(self, works: bool) -> None:  # noqa: FBT001 - as drawn
        call = calling.take_next(self.conn, now=self.now)
        if call is not None:
            outcome = calling.Answered({"n": self.n}) if works else calling.Hopeless(BROKEN)
            settle(self.conn, call, outcome, now=self.now)
            self.done_so_far["settle"] += 1

    @rule()
    def what_failed_is_retried(self) -> None:
        for incident in recording.unresolved(self.conn):
            self.tried(retry, incident.id, by="operator")

    @override
    def waits(self) -> None:
        self.what_failed_is_retried()
        self.a_call_is_answered(works=True)
        self.a_message_comes(self.n)
        self.a_signal_is_heard()
        self.time_passes(minutes=5 * 24 * 60)
        self.n = (self.n + 1) % 12


def anywhere(database: Engine, examples: int) -> None:
    with database.begin() as conn:
        put_in_force(conn, shouting())
    improvise(database, examples, Anywhere)


def test_moving_anywhere_loses_nothing(database: Engine) -> None:
    anywhere(database, EXAMPLES)
    assert Anywhere.done_so_far["complete_task"]


if __name__ == "__main__":
    at_length(anywhere, Anywhere, 300)
