"""A planned version comes into force at its moment, once, and takes its duties along."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from engine import procedures
from engine.cases.starts import open_case
from engine.duties.dutyview import all_duties
from engine.duties.starting import start_next
from engine.incidents.closing import settle
from engine.incidents.incidentlist import open_lines
from engine.incidents.retrying import retry
from engine.messages.outside import send
from engine.people import role_names
from engine.procedures.publishing import publish
from engine.spiff import Names
from engine.tables import cases, files, version_files, versions
from engine.versioning.again import withdraw
from engine.versioning.listing import State, all_versions
from engine.versioning.switching import switch_next
from engine.versioning.terms import Source, Terms
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.duties.tidying import tidying
from tests.engine.errand import asked
from tests.engine.small import put_in_force, roles_file, somebody
from tests.engine.spiff.drawing import ROLES
from tests.engine.versioning.lines import FIRST, TENTH, changed, put, standing
from web.commands.working import THINGS

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(days=60)


def test_workers_switch_at_the_moment_and_new_cases_take_it(connection: Connection) -> None:
    put(connection, 1)
    by = somebody(connection, "clerk-one", {"clerk"})
    moment = put(connection, 2, begins=FIRST).begins
    assert moment is not None
    assert switch_next in THINGS

    assert switch_next(connection, now=moment - SECOND) is False
    old = asked(connection, by)
    assert switch_next(connection, now=moment) is True
    assert switch_next(connection, now=moment) is False
    new = asked(connection, by)

    assert standing(connection) == {1: "past", 2: "in force"}
    of = sa.select(versions.c.number).join(cases, cases.c.version_id == versions.c.id)
    numbers = [connection.scalar(of.where(cases.c.id == c.case_id)) for c in (old, new)]
    assert numbers == [1, 2]
    assert procedures.in_force(connection, "errand").number == 2
    assert [one.begins for one in all_versions(connection, "errand")] == [moment, NOW]


def test_roles_are_renamed_on_the_day_and_new_ones_are_there_before_it(
    connection: Connection,
) -> None:
    put(connection, 1)
    renamed = {**ROLES, "qc": Names("质量部", "Quality"), "lab": Names("化验室", "Laboratory")}
    files = {
        path: data.replace("品管部".encode(), "质量部".encode())
        for path, data in changed(2).items()
    }
    planned = {**files, "bpmn/roles.yaml": roles_file(renamed)}
    terms = Terms(Source.FILES, FIRST)
    (one,) = publish(connection, planned, by=None, now=NOW, terms=terms)
    assert one.begins is not None
    assert role_names(connection)["qc"] == (ROLES["qc"].zh, ROLES["qc"].en)
    assert role_names(connection)["lab"] == ("化验室", "Laboratory")
    switch_next(connection, now=one.begins)
    assert role_names(connection)["qc"] == ("质量部", "Quality")


def test_several_moments_that_passed_unseen_are_made_up_for_in_order(
    connection: Connection,
) -> None:
    put(connection, 1)
    put(connection, 2, begins=TENTH)
    put(connection, 3, 2, begins=FIRST)
    put(connection, 4, begins=TENTH)
    later = NOW + timedelta(days=60)

    while switch_next(connection, now=later):
        pass

    assert standing(connection) == {1: "past", 2: "withdrawn", 3: "past", 4: "in force"}


def test_what_is_due_is_switched_before_anything_is_published(connection: Connection) -> None:
    put(connection, 1)
    put(connection, 2, begins=FIRST)
    assert put(connection, 3, now=NOW + timedelta(days=60)).number == 3
    assert standing(connection) == {1: "past", 2: "past", 3: "in force"}


def test_a_duty_and_a_message_of_that_moment_find_the_new_version(connection: Connection) -> None:
    rule = "每月1日 00:00"
    put_in_force(connection, tidying(rule))
    put(connection, 1)
    plan = Terms(begins=FIRST)
    another = {path: content + b"\n" for path, content in tidying(rule).items()}
    publish(connection, another, by=None, now=NOW, terms=plan)
    moment = put(connection, 2, begins=FIRST).begins
    assert moment is not None

    sends(connection, "a", moment - SECOND)
    assert started_at(connection, moment - SECOND) == []
    assert started_at(connection, moment) == [2]
    sends(connection, "b", moment)

    assert numbers_of(connection, "errand") == [1, 2]


def sends(conn: Connection, key: str, now: datetime) -> None:
    """Send a message that opens an errand."""
    payload = orjson.dumps({"customer": "天源水务"})
    send(conn, "errand_opened", keys={}, payload=payload, idempotency=key, by=None, now=now)


def started_at(conn: Connection, now: datetime) -> list[int]:
    """Start the duties that are due, and give the versions of all tidying so far."""
    while start_next(conn, now=now):
        pass
    return numbers_of(conn, "tidying")


def numbers_of(conn: Connection, procedure: str) -> list[int]:
    joined = sa.select(versions.c.number).join(cases, cases.c.version_id == versions.c.id)
    mine = joined.where(cases.c.procedure == procedure)
    return list(conn.scalars(mine.order_by(versions.c.number)))


def test_somebody_who_starts_a_case_then_needs_no_worker(connection: Connection) -> None:
    put(connection, 1)
    by = somebody(connection, "clerk-one", {"clerk"})
    moment = put(connection, 2, begins=FIRST).begins
    assert moment is not None
    for now, number in ((moment - SECOND, 1), (moment, 2)):
        open_case(connection, "errand", Answered({"customer": "天源"}), by=by, now=now)
        assert numbers_of(connection, "errand") == list(range(1, number + 1))


def test_a_withdrawn_version_is_never_switched_to(connection: Connection) -> None:
    put(connection, 1)
    put(connection, 2, begins=FIRST)
    withdraw(connection, "errand", 2, reason="x", by=None, now=NOW)
    assert switch_next(connection, now=NOW + timedelta(days=60)) is False
    assert standing(connection) == {1: "in force", 2: "withdrawn"}


def test_a_version_whose_files_were_changed_stays_out_of_force(connection: Connection) -> None:
    assert spoiled(connection)


def spoiled(connection: Connection) -> int:
    """Let a planned version fail to begin; give the number of its incident."""
    put(connection, 1)
    put(connection, 2, begins=FIRST)
    tampered = sa.select(version_files.c.sha256).where(
        version_files.c.path == "forms/errand/sign.json",
        version_files.c.version_id
        == sa.select(versions.c.id)
        .where(versions.c.procedure == "errand", versions.c.number == 2)
        .scalar_subquery(),
    )
    connection.execute(sa.update(files).where(files.c.sha256.in_(tampered)).values(content=b"{}"))

    assert switch_next(connection, now=LATER) is True

    assert standing(connection) == {1: "in force", 2: "withdrawn"}
    failed = all_versions(connection, "errand")[0]
    assert (failed.state, failed.withdrawal and failed.withdrawal.who) == (State.FAILED, None)
    (line,) = open_lines(connection)
    assert failed.withdrawal is not None
    assert failed.withdrawal.incident == line.incident.id
    text = line.incident.text
    assert failed.withdrawal.reason == f"{text.zh} / {text.en}"
    assert "第 2 版到期没有生效，现行的版本继续有效" in text.zh
    assert "sign.json" in text.en
    assert "publish the procedure again" in text.en
    return line.incident.id


def restored(conn: Connection) -> None:
    mended = sa.update(files).where(files.c.content == b"{}")
    conn.execute(mended.values(content=changed(2)["forms/errand/sign.json"]))


def test_a_version_that_failed_to_begin_is_retried_once_its_files_are_back(
    connection: Connection,
) -> None:
    number = spoiled(connection)
    tried = retry(connection, number, by=None, now=LATER)
    assert (tried.resolved_at, tried.tries) == (None, 2)
    assert standing(connection)[1] == "in force"
    restored(connection)
    tried = retry(connection, number, by=None, now=LATER)
    assert (tried.resolved_at, tried.was_over) == (LATER, False)
    assert standing(connection) == {1: "past", 2: "in force"}
    assert all_versions(connection, "errand")[0].state is State.IN_FORCE


def test_nothing_is_left_of_it_once_the_procedure_is_published_again(
    connection: Connection,
) -> None:
    spoiled(connection)
    put(connection, 3, now=LATER + SECOND)
    assert [line.is_over for line in open_lines(connection)] == [True]
    assert settle(connection, now=LATER + SECOND) == 1
    assert standing(connection)[3] == "in force"


def test_duties_are_planned_by_the_version_that_begins(connection: Connection) -> None:
    put_in_force(connection, tidying("每月10日 16:00"))
    terms = Terms(begins=FIRST)
    publish(connection, tidying("每月20日 16:00"), by=None, now=NOW, terms=terms)

    def day() -> int:
        (duty,) = (one for one in all_duties(connection) if one.procedure == "tidying")
        assert duty.next_at is not None
        return duty.next_at.day

    assert day() == 10
    assert switch_next(connection, now=NOW + timedelta(days=25)) is True
    assert day() == 20


def test_two_workers_switch_once(database: Engine) -> None:
    with database.begin() as conn:
        put(conn, 1)
        put(conn, 2, begins=FIRST)
    ready = Barrier(4)

    def switches(_turn: int) -> bool:
        ready.wait()
        with database.begin() as conn:
            return switch_next(conn, now=NOW + timedelta(days=60))

    with ThreadPoolExecutor(4) as workers:
        done = list(workers.map(switches, range(4)))

    assert sorted(done) == [False, False, False, True]
    with database.connect() as conn:
        assert standing(conn) == {1: "past", 2: "in force"}
