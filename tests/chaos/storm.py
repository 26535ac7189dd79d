"""A storm over cases that send each other messages: everything is killed, PostgreSQL too.

Meanwhile a supervisor suspends cases, and lets them go on.

`python -m tests.chaos.storm --minutes 10` is the long one; CI runs a short one.
"""

from __future__ import annotations

import argparse
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from threading import Event
from typing import TYPE_CHECKING

import click
import orjson
import psutil
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from engine import embedded, history
from engine.database import connect
from engine.incidents import recording
from engine.messages import outside
from engine.schema import upgrade
from engine.tables import cases, entries, tasks
from engine.tables import messages as message_rows
from tests.bench.counting import postmaster
from tests.chaos import delivery
from tests.chaos.browser import Browser
from tests.chaos.company import CLERKS
from tests.chaos.servers import Servers
from tests.chaos.supervisor import RESUMED, SUSPENDED, Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from sqlalchemy import Engine

    from engine.embedded import Server

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
BROWSERS, RESTARTS = 4, 2
CALM = 0.15
"""Seconds between two slips of the sender."""

DRAINING = 120
"""Seconds within which everything must have ended once the storm is over."""


@dataclass
class Sender:
    """Somebody outside, who sends everything again until it is answered, and sometimes twice."""

    engine: Engine
    random: Random
    slips: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    broken: int = 0

    def work(self, over: Event) -> None:
        """Open a claim and a delivery for each slip and send its papers, in any order."""
        while not over.is_set():
            self.slips += 1
            slip = f"slip-{self.slips}"
            letters = [*delivery.OPENED.values(), "paper"]
            letters += self.random.choices(letters, k=2)
            self.random.shuffle(letters)
            for name in letters:
                self._send(name, slip)
            time.sleep(CALM)

    def _send(self, name: str, slip: str) -> None:
        payload = {"paper": f"papers of {slip}"} if name == "paper" else {"slip": slip}
        keys = {"slip": slip} if name == "paper" else {}
        while True:
            try:
                with self.engine.begin() as conn:
                    outside.send(
                        conn, name, keys=keys, payload=orjson.dumps(payload),
                        idempotency=f"{name} {slip}", by=None, now=datetime.now(UTC),
                    )  # fmt: skip
            except DBAPIError:
                self.broken += 1
                time.sleep(0.1)
            else:
                self.sent[name] += 1
                return


@dataclass(frozen=True)
class Told:
    """What was counted: how often each kind of thing happened, and what went wrong on the way."""

    slips: int
    done: Counter[str]
    kills: int
    broken: int
    requests: int

    @override
    def __str__(self) -> str:
        counted = ", ".join(f"{count} {what}" for what, count in sorted(self.done.items()))
        return (
            f"{self.slips} slips; {counted}; {self.kills} kills, {RESTARTS} restarts of PostgreSQL,"
            f" {self.broken} broken lines, {self.requests} requests: nothing lost, nothing twice"
        )


def rage(seconds: float, seed: int) -> Told:
    """Let the storm rage for so long, wait for calm, and count; AssertionError if it is wrong."""
    random, over = Random(seed), Event()
    with embedded.throw_away(DURABLE) as server, ExitStack() as at_the_end:
        engine = connect(server.url, size=10)
        at_the_end.callback(engine.dispose)
        upgrade(engine)
        with engine.begin() as conn:
            owner = delivery.begin(conn)
        supervisor = Supervisor(engine, Random(seed + 1), owner)
        sender = Sender(engine, Random(seed + 1))
        with Servers(engine, workers=2) as servers, ThreadPoolExecutor(BROWSERS + 2) as pool:
            browsers = [
                Browser(servers.port, login, Random(seed + 2 + n), over)
                for n, login in enumerate(CLERKS[:BROWSERS])
            ]
            calm = Event()
            outside = [pool.submit(one.work, calm) for one in (sender, supervisor)]
            working = [pool.submit(b.work) for b in browsers]
            try:
                kills = _strike(server, servers, random, seconds)
                calm.set()
                for one in outside:
                    one.result()
                _wait(engine, servers, sender.slips, working)
            finally:
                calm.set()
                over.set()
            for one in working:
                one.result()
        return Told(
            sender.slips, _count(engine, sender.slips), kills,
            sender.broken + supervisor.broken + sum(b.broken for b in browsers),
            sum(b.sent for b in browsers),
        )  # fmt: skip


def _strike(server: Server, servers: Servers, random: Random, seconds: float) -> int:
    """Kill one process after the other, and PostgreSQL twice, at moments that nobody knows."""
    begun, kills = time.monotonic(), 0
    restarts = [seconds * (n + 1) / (RESTARTS + 1) for n in range(RESTARTS)]
    ways = (
        servers.kill_a_web_process, servers.kill_the_web_master, servers.kill_the_whole_web,
        servers.kill_a_worker, servers.kill_everything,
    )  # fmt: skip
    while (passed := time.monotonic() - begun) < seconds:
        if restarts and passed >= restarts[0]:
            restarts.pop(0)
            _crash(server)
        else:
            random.choice(ways)(random)
            kills += 1
        servers.tend()
        servers.wait()
        time.sleep(random.uniform(0.2, 2))
    return kills


def _crash(server: Server) -> None:
    """Let PostgreSQL quit at once, without a checkpoint, and start it again."""
    first = psutil.Process(postmaster(server))
    first.send_signal(signal.SIGQUIT)
    first.wait(30)
    server.keep()


def _wait(engine: Engine, servers: Servers, slips: int, working: list[Future[None]]) -> None:
    """Wait until every case has ended; whatever was killed last is started again."""
    ended = sa.select(sa.func.count()).where(cases.c.status == "ended")
    deadline = time.monotonic() + DRAINING
    while True:
        with suppress(DBAPIError), engine.connect() as conn:
            if conn.scalar(ended) == 2 * slips:
                return
            given_up = [one.exception() for one in working if one.done()]
            assert not given_up, (given_up, _left(conn))
            assert time.monotonic() < deadline, _left(conn)
        servers.tend()
        time.sleep(0.2)


def _left(conn: sa.Connection) -> str:
    waiting = Counter(conn.scalars(sa.select(tasks.c.element)))
    letters = Counter(f"{n} {s}" for n, s in conn.execute(_LETTERS))
    return f"left: {waiting}, {letters}, {recording.unresolved(conn)}"


_LETTERS = sa.select(message_rows.c.name, message_rows.c.status)


def _count(engine: Engine, slips: int) -> Counter[str]:
    """Let everything have happened once for each slip, and every case be whole."""
    with engine.connect() as conn:
        assert recording.unresolved(conn) == []
        letters = Counter(tuple(row) for row in conn.execute(_LETTERS))
        once = dict.fromkeys((*delivery.OPENED.values(), "paper", "goods_came"), slips)
        assert letters == {(name, "delivered"): count for name, count in once.items()}
        done: Counter[str] = Counter({"messages": sum(letters.values())})
        for procedure, steps in delivery.STEPS.items():
            keys = conn.scalars(sa.select(cases.c.id).where(cases.c.procedure == procedure)).all()
            assert len(keys) == slips, procedure
            for key in keys:
                happened = Counter(_happened(conn, key))
                stood, went_on = happened.pop((SUSPENDED, ""), 0), happened.pop((RESUMED, ""), 0)
                assert stood == went_on
                assert sorted(e for k, e in happened if k == "step_completed") == steps
                assert set(happened.values()) == {1}, happened
                assert history.verify(conn, key) is None
                done.update([SUSPENDED] * stood)
                done.update(kind for kind, _ in happened)
        assert conn.scalar(sa.select(sa.func.count()).select_from(tasks)) == 0
    return done


def _happened(conn: sa.Connection, case: object) -> Iterator[tuple[str, str]]:
    wanted = sa.select(entries.c.kind, entries.c.body).where(entries.c.case_id == case)
    for kind, body in conn.execute(wanted):
        yield kind, history.read(body).get("element", "")


def main() -> None:
    """Rage for the minutes asked for, and say what was counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.storm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=20261122)
    asked = parser.parse_args()
    click.echo(str(rage(60 * asked.minutes, asked.seed)))


if __name__ == "__main__":
    main()
