"""What becomes of sessions and claims when somebody's password, roles or place change."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history, people
from engine.cases.starts import NotYoursError, save_draft
from engine.errors import NotFoundError
from engine.people import BadPasswordError, UnknownRoleError, staffing
from engine.people.signing_in import SignInRefusedError, sign_in
from engine.substituting.represented import of_session
from engine.tables import entries, tasks
from engine.tables import people as staff
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task
from engine.tasks.completing import save_draft as save_task_draft
from engine.tasks.taskview import open_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from engine.people import Person

NOTE = Answered({"note": "已办"})


@pytest.fixture
def conn(connection: sa.Connection) -> sa.Connection:
    put_in_force(connection, errand())
    return connection


@pytest.fixture
def clara(conn: sa.Connection) -> Person:
    """Give somebody of two roles."""
    return somebody(conn, "clara", {"clerk", "qc"})


@pytest.fixture
def case_id(conn: sa.Connection, clara: Person) -> UUID:
    """Give an errand at its two parallel steps, both claimed by clara."""
    done = asked(conn, clara)
    complete_task(conn, waiting(conn, done.case_id)["prepare"], NOTE, by=clara, now=NOW)
    for task_id in waiting(conn, done.case_id).values():
        claim(conn, task_id, by=clara, now=NOW)
    return done.case_id


def holders(conn: sa.Connection, case_id: UUID) -> dict[str, UUID | None]:
    rows = conn.execute(sa.select(tasks).where(tasks.c.case_id == case_id))
    return {row.element: row.claimed_by for row in rows}


def test_a_new_password_replaces_the_old_and_ends_the_sessions(
    conn: sa.Connection, clara: Person
) -> None:
    staffing.set_password(conn, "clara", "quite another one")

    assert of_session(conn, clara.id, clara.generation, now=NOW) is None
    for password, right in (("long enough", False), ("quite another one", True)):
        with nullcontext() if right else pytest.raises(SignInRefusedError):
            sign_in(lambda: nullcontext(conn), "clara", password, address="::1", now=NOW)
    with pytest.raises(BadPasswordError):
        staffing.set_password(conn, "clara", "short")
    with pytest.raises(NotFoundError, match="nobody with the login"):
        staffing.set_password(conn, "dora", "quite another one")


def test_a_lost_role_gives_its_claims_back_and_keeps_the_others(
    conn: sa.Connection, clara: Person, case_id: UUID
) -> None:
    _, released = staffing.set_roles(conn, "clara", {"clerk"}, now=NOW)

    assert released == 1
    assert holders(conn, case_id) == {"file_away": clara.id, "check": None}
    (entry,) = conn.execute(sa.select(entries).where(entries.c.kind == "task_released"))
    said = history.read(entry.body)
    assert (said["by"], said["element"], said["role"]) == (None, "check", "qc")
    assert history.verify(conn, case_id) is None
    assert of_session(conn, clara.id, clara.generation, now=NOW) is None
    changed = people.person(conn, clara.id)
    assert changed is not None
    assert changed.roles == {"clerk"}
    with pytest.raises(UnknownRoleError):
        staffing.set_roles(conn, "clara", {"magician"}, now=NOW)


def test_a_claim_without_the_role_completes_opens_and_drafts_nothing(
    conn: sa.Connection, clara: Person, case_id: UUID
) -> None:
    check = waiting(conn, case_id)["check"]
    row = sa.update(staff).where(staff.c.id == clara.id)
    conn.execute(row.values(roles=["clerk"]))
    changed = people.person(conn, clara.id)
    assert changed is not None
    with pytest.raises(NotYoursError):
        complete_task(conn, check, NOTE, by=changed, now=NOW)
    with pytest.raises(NotYoursError):
        open_task(conn, check, by=changed)
    with pytest.raises(NotYoursError):
        save_task_draft(conn, check, {"note": ["x"]}, by=changed, now=NOW)


def test_a_start_form_is_drafted_only_by_who_may_start(conn: sa.Connection, clara: Person) -> None:
    stranger = somebody(conn, "dora", {"gm"})
    typed = {"customer": ["天源"]}
    with pytest.raises(NotYoursError):
        save_draft(conn, "errand", typed, by=stranger, now=NOW)
    with pytest.raises(NotFoundError):
        save_draft(conn, "no-such", typed, by=clara, now=NOW)
    save_draft(conn, "errand", typed, by=clara, now=NOW)
    assert drafts.load(conn, drafts.of_start("errand"), by=clara) == typed
