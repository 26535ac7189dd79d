"""The errand: a small procedure with a deadline, two parallel steps, and a last signature."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import orjson
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.tables import tasks
from forms import Answered
from tests.engine.small import NOW, TEXT, YES_NO, form, small
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.cases.starts import Completed
    from engine.people import Person

CHECKED = (
    '<banjie:guarantee id="checked_before_signed" kind="only-after" what="sign" after="check" '
    'zh="先检验后签字" en="Checked before it is signed"/>'
)
PHOTOS = {"type": "array", "items": {"type": "string", "format": "attachment"}}


def errand(*, urging: str = "deadline") -> dict[str, bytes]:
    """Give its files.

    asked → prepare (clerk; within an hour, else urge) → check (qc) beside file_away (clerk)
    → sign (gm) → done, which ends an urging that is still open.
    """
    drawn = Process("errand", extra=CHECKED)
    drawn.message_start("asked")
    for step in ("prepare", "urge", "check", "file_away", "sign"):
        drawn.user(step)
    drawn.parallel("fork")
    drawn.parallel("join")
    drawn.end("urged")
    drawn.terminate("done")
    {"deadline": drawn.deadline, "interrupt": drawn.interrupt}[urging]("late", "prepare", "PT1H")
    drawn.chain("asked", "prepare", "fork", "check", "join", "sign", "done")
    drawn.chain("fork", "file_away", "join")
    drawn.chain("late", "urge", "urged")
    drawn.lane("品管部", "check")
    drawn.lane("总经理", "sign")
    return small(
        drawn,
        forms={
            "errand/asked": form(
                "customer", customer={**TEXT, "x-case": "customer"}, photos=PHOTOS
            ),
            "errand/prepare": form("note", note=TEXT, urgent=YES_NO, reason=TEXT, photos=PHOTOS),
            "errand/prepare.ui": orjson.dumps({"reason": {"ui:showIf": {"urgent": True}}}),
            "errand/urge": form(note=TEXT),
            "errand/check": form(note=TEXT),
            "errand/file_away": form(note=TEXT),
            "errand/sign": form(note=TEXT),
        },
    )


def asked(conn: Connection, by: Person, customer: str = "天源水务") -> Completed:
    """Open an errand."""
    return open_case(conn, "errand", Answered({"customer": customer}), by=by, now=NOW)


def waiting(conn: Connection, case_id: UUID) -> dict[str, UUID]:
    """Give the open tasks of a case by step."""
    rows = conn.execute(tasks.select().where(tasks.c.case_id == case_id))
    return {row.element: row.id for row in rows}


def many(conn: Connection, by: Person, count: int) -> list[UUID]:
    """Open errands, and give their first tasks."""
    return [waiting(conn, asked(conn, by).case_id)["prepare"] for _ in range(count)]


def crowd(conn: Connection, task: UUID, count: int) -> None:
    """Lay more tasks like one into its case's row, as cheaply as can be."""
    like = conn.execute(sa.select(tasks).where(tasks.c.id == task)).one()
    rows = [{**like._mapping, "id": uuid4()} for _ in range(count)]  # noqa: SLF001
    conn.execute(sa.insert(tasks), rows)
