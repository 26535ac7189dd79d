"""Deskwork: a procedure with deadlines in working days, and a company holiday that moves them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine import calendars
from engine.calendars.changes import change
from engine.calendars.edits import with_days
from engine.calendars.files import Line
from engine.cases.starts import open_case
from engine.tables import entries, tasks
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.small import TEXT, form, row_of, small
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.calendars import Revision, Stored
    from engine.people import Person

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = date(2026, 11, 13)
NOTE = Answered({"note": "已办"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


TUESDAY, THURSDAY = at("2026-11-10T14:00"), at("2026-11-12T16:00")
LATER = at("2026-11-18T12:00")
"""When the step is due that was to be on 11-16 10:00, having stood from Tuesday to Thursday."""


def deskwork(limit: str = "5 个工作日", tag: str = "timeDuration") -> dict[str, bytes]:
    """Give a procedure whose whole work is under the case's clock, and whose step has a limit."""
    inside = Process("errand")
    inside.start("inner")
    inside.user("prepare")
    inside.end("prepared")
    inside.deadline("step_late", "prepare", limit, tag=tag)
    inside.chain("inner", "prepare", "prepared")
    inside.user("urge")
    inside.end("urged")
    inside.chain("step_late", "urge", "urged")
    p = Process("errand")
    p.message_start("asked")
    p.sub("work", inside)
    p.terminate("done")
    p.deadline("case_late", "work", "10 个工作日", 'banjie:clock="case"')
    p.user("chase")
    p.end("chased")
    p.chain("asked", "work", "done")
    p.chain("case_late", "chase", "chased")
    return small(
        p, forms={f"errand/{s}": form(note=TEXT) for s in ("asked", "prepare", "urge", "chase")}
    )


def opened(conn: Connection, by: Person) -> UUID:
    """Open one on Monday 2026-11-09 10:00: the step is due on 11-16 10:00, the case on 11-23."""
    return open_case(conn, "errand", NOTE, by=by, now=NOW).case_id


def friday_off(conn: Connection) -> Stored:
    line = Line(1, FRIDAY, (), "厂休")
    return with_days(calendars.current(conn), "standard", [line], announced=(), source="x")


def revised(conn: Connection, after: Stored | None = None) -> Revision:
    return change(conn, after or friday_off(conn), by=None, now=NOW, note="厂休")


def dues(conn: Connection, case_id: UUID) -> tuple[datetime, datetime, datetime]:
    """Give when the step is due, the case, and what comes next."""
    row = row_of(conn, case_id)
    step = conn.scalar(sa.select(tasks.c.due_at).where(tasks.c.case_id == case_id))
    assert step is not None
    return step, row.due_at, row.next_due


def kinds(conn: Connection, case_id: UUID) -> list[str]:
    mine = sa.select(entries.c.kind).where(entries.c.case_id == case_id)
    return list(conn.scalars(mine.order_by(entries.c.seq)))


BEFORE = (at("2026-11-16T10:00"), at("2026-11-23T10:00"), at("2026-11-16T10:00"))
AFTER = (at("2026-11-17T10:00"), at("2026-11-24T10:00"), at("2026-11-17T10:00"))
