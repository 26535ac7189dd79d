"""The inbox page of a small and of a large company, both looked at in turns."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import sqlalchemy as sa

from tests.bench import stand
from tests.bench.clients import Look
from tests.bench.company import LOGINS, PASSWORD, new_database
from tests.bench.counting import Spent, cpu, postmaster
from tests.bench.figures import Samples
from tests.bench.line import Session

if TYPE_CHECKING:
    from engine.embedded import Server
    from tests.bench.clients import Clients

HELD = 10
"""Tasks that the person has claimed; all others that they may see are free."""

LOOKS = 100
"""Pages in a round."""

_CASES = sa.text("""
insert into cases (id, procedure, version_id, opened_at, opened_by, customer, product,
    state, revision, entries, head)
select md5('case' || i)::uuid, 'looping-report',
    (select id from versions where procedure = 'looping-report'), now() - i * interval '1 minute',
    (select id from people where login = 'first'), '乌鲁木齐水务有限公司 ' || i,
    'IS80-65-160 离心泵', decode(repeat('5a', 1300), 'hex'), 1, 1, decode('00', 'hex')
from generate_series(1, :count) as i
""")
_TASKS = sa.text("""
insert into tasks (id, case_id, process, element, role, due_at, opened_at, claimed_by, claimed_at)
select md5('task' || i)::uuid, md5('case' || i)::uuid, 'looping-report', 'write_report',
    case when i <= :seen then 'clerk' else 'other' end,
    case when i % 3 > 0 then now() + (i % 97 - 40) * interval '1 hour' end, now(),
    case when i <= :held then (select id from people where login = 'first') end,
    case when i <= :held then now() end
from generate_series(1, :count) as i
""")
_COUNT = sa.text("vacuum (analyze) tasks, cases")


@dataclass
class Desk:
    """One company's database: its open tasks, and how many of them the person may see."""

    name: str
    tasks: int
    seen: int
    samples: Samples = field(default_factory=Samples)


SMALL: Final = "1 k"
SAME: Final = "1 k, as many rows"
LARGE: Final = "100 k"


class Desks:
    """Three companies, each with its own database and one web process."""

    def __init__(self, server: Server, clients: Clients) -> None:
        """Fill the databases and start the servers."""
        self._clients, self._postmaster = clients, postmaster(server)
        self.desks = {
            desk.name: desk
            for desk in (Desk(SMALL, 1000, 10), Desk(SAME, 1000, 60), Desk(LARGE, 100_000, 1000))
        }
        self._engines, self._webs, self._looks = [], {}, {}
        with ExitStack() as starting:
            for number, desk in enumerate(self.desks.values()):
                engine = new_database(server, f"desk{number}")
                _fill(engine, desk)
                web = starting.enter_context(stand.inbox(engine, processes=1))
                session = Session(web.port, LOGINS[0], PASSWORD)
                self._engines.append(engine)
                self._webs[desk.name] = web
                self._looks[desk.name] = Look(web.port, session.cookie, "/", LOOKS)
            self._stop = starting.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.close()
        for engine in self._engines:
            engine.dispose()

    def warm_up(self) -> None:
        """Let the servers prepare statements and templates."""
        for look in self._looks.values():
            self._clients.do([look])

    def run(self, number: int) -> None:
        """Measure one round; the order alternates."""
        for name in [*self.desks][:: 1 if number % 2 else -1]:
            before = self._spent(name)
            took = self._clients.do([self._looks[name]])
            self.desks[name].samples.add(took, self._spent(name).since(before))

    def _spent(self, name: str) -> Spent:
        return Spent(cpu(self._webs[name].pid), cpu(self._postmaster))


def _fill(engine: sa.Engine, desk: Desk) -> None:
    with engine.begin() as conn:
        conn.execute(_CASES, {"count": desk.tasks})
        held = min(HELD, desk.seen // 10)
        conn.execute(_TASKS, {"count": desk.tasks, "seen": desk.seen, "held": held})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
        opened.execute(_COUNT)
