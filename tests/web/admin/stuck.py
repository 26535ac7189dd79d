"""A complaint that cannot be registered: the variant of its procedure was set wrongly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures, spiff
from engine.incidents import recording
from engine.spiff import RunError
from engine.tables import cases
from engine.tasks.completing import complete_task
from engine.tasks.drafts import Kept
from forms.definition import COMPANY_ZONE
from tests.browser.company import walk
from tests.procedures.complaint import REGISTER
from tests.web.visiting import filled

if TYPE_CHECKING:
    from uuid import UUID

    from engine.people import Person

STEP = "register_case"


def stuck_case(engine: sa.Engine, by: Person) -> tuple[UUID, UUID, int]:
    """Take a case to where registering it fails for somebody; give case, task and incident."""
    with engine.begin() as conn:
        case_id, task = spoilt_case(conn)
    return case_id, task, fail(engine, task, by)


def spoilt_case(conn: sa.Connection) -> tuple[UUID, UUID]:
    """Take a case to where registering it would fail; give case and task."""
    one = walk(conn)
    one.opens()
    one.does_all(*REGISTER[:-1])
    _set_variant(conn, one.case_id, 5)
    return one.case_id, one.task(STEP).id


def mend(conn: sa.Connection, case_id: UUID) -> None:
    """Put right what keeps a case from being registered."""
    _set_variant(conn, case_id, "CM")


def fail(engine: sa.Engine, task: UUID, by: Person) -> int:
    """Complete the step as the web does, in vain; give the number of the incident."""
    now = datetime.now(UTC)
    posted = filled(STEP, zone="china", accepted_at=today())
    with engine.connect() as conn:
        try:
            complete_task(conn, task, Kept(posted), by=by, now=now)
        except RunError as error:
            failed = error
        else:
            message = "it should have failed"
            raise AssertionError(message)
    with engine.begin() as conn:
        return recording.record_task(conn, task, failed, posted=posted, by=by, now=now)


def today() -> str:
    """Give the company's day, on which the complaint came in and was accepted."""
    return datetime.now(COMPANY_ZONE).date().isoformat()


def _set_variant(conn: sa.Connection, case_id: UUID, variant: object) -> None:
    mine = cases.c.id == case_id
    row = conn.execute(sa.select(cases.c.version_id, cases.c.state).where(mine)).one()
    version = procedures.version(conn, row.version_id)
    changed = spiff.repair(version.compiled, row.state, {"variant": variant})
    conn.execute(sa.update(cases).where(mine).values(state=changed.state))
