"""What the bench works on: its procedure, its people, and cases made by the engine's own verbs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.database import connect
from engine.people import Person, add_person, all_people
from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from engine.schema import upgrade
from engine.tables import tasks
from forms import Answered

if TYPE_CHECKING:
    from datetime import timedelta

    from engine.embedded import Server

FOLDER: Final = Path(__file__).parent / "procedure"
LOOPING: Final = "looping-report"
WAKING: Final = "waking-report"
PASSWORD: Final = "bench for staff"
LOGINS: Final = ("first", "second", "third", "fourth")

REPORT: Final = Answered(
    {
        "customer": "乌鲁木齐水务有限公司",
        "product": "IS80-65-160 离心泵",
        "batch": "2026-1108-A",
        "quantity": 120,
        "defective": 3,
        "loss": "12800.50",
        "found_on": "2026-11-18",
        "severity": "major",
        "causes": ["material", "method"],
        "urgent": True,
        "remarks": "运行两周后机械密封渗漏，现场更换后仍有滴漏；请品管部检验同批库存。",
        "more": "yes",
    }
)
"""The answers of every measured step: twelve fields, after which the report is written again."""


def new_database(server: Server, name: str) -> sa.Engine:
    """Make a database with the newest schema, the bench's procedures and one clerk per client."""
    admin = connect(server.url, size=1)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
        opened.execute(sa.text(f'create database "{name}"'))
    admin.dispose()
    engine = connect(sa.make_url(server.url).set(database=name))
    upgrade(engine)
    with engine.begin() as conn:
        now = datetime.now(UTC)
        publish(conn, read_folder(FOLDER), by=None, now=now, note="bench")
        for login in LOGINS:
            add_person(conn, login, login, password=PASSWORD, held={"clerk"}, now=now)
    return engine


def address(engine: sa.Engine) -> str:
    """Give a database's address, for the environment of a process."""
    return engine.url.render_as_string(hide_password=False)


def clerk(engine: sa.Engine, login: str = LOGINS[0]) -> Person:
    """Find one of the clerks."""
    with engine.begin() as conn:
        return next(person for person in all_people(conn) if person.login == login)


def open_cases(engine: sa.Engine, procedure: str, count: int, *, ago: timedelta) -> list[str]:
    """Open cases in the past, through the engine, and give their first tasks."""
    by, then = clerk(engine), datetime.now(UTC) - ago
    start = Answered({"subject": "同批产品多次渗漏"})
    with engine.begin() as conn:
        opened = [open_case(conn, procedure, start, by=by, now=then) for _ in range(count)]
    return [str(case.next_task) for case in opened]


_PLAIN_CASES = sa.text("""
insert into cases (id, procedure, version_id, opened_at, opened_by, state, revision, entries, head)
select id, 'looping-report', (select id from versions where procedure = 'looping-report'), now(),
    (select id from people limit 1), decode(repeat('5a', 1300), 'hex'), 1, 1, decode('00', 'hex')
from unnest(cast(:cases as uuid[])) as id
""")


def floor_cases(engine: sa.Engine, count: int) -> list[str]:
    """Write cases with one task each that only the floor understands; give the tasks."""
    made = [(uuid4(), uuid4()) for _ in range(count)]
    shape = {"process": LOOPING, "element": "write_report", "role": "clerk"}
    now = datetime.now(UTC)
    with engine.begin() as conn:
        conn.execute(_PLAIN_CASES, {"cases": [case for case, _ in made]})
        rows = [{"id": t, "case_id": c, "opened_at": now, **shape} for c, t in made]
        conn.execute(sa.insert(tasks), rows)
    return [str(task) for _, task in made]
