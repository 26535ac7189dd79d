"""The judged: a small procedure in which who investigates does not approve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.starts import open_case
from engine.tasks.completing import complete_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, YES_NO, form, small
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.cases.starts import Completed
    from engine.people import Person

NOTE = Answered({"note": "已办"})
NOT_SAME = (
    '<banjie:guarantee id="not_both" kind="not-same-person" what="investigate" other="approve" '
    'zh="调查人不得核决" en="Who investigates does not approve"/>'
)
NOT_ABOUT = (
    '<banjie:guarantee id="not_about" kind="never-by" what="investigate approve" person="accused" '
    'zh="被投诉人回避" en="Nobody in their own case"/>'
)


def judged(promise: str = NOT_SAME) -> dict[str, bytes]:
    """Give the files of: begun → investigate → approve, or sent back → close."""
    p = Process("judged", extra=promise)
    p.message_start("begun")
    for step in ("investigate", "approve", "close"):
        p.user(step)
    p.xor("merge")
    p.xor("is_sent_back", "sent_back")
    p.chain("begun", "merge", "investigate", "approve", "is_sent_back")
    p.flow("is_sent_back", "merge", id_="sent_back")
    p.flow("is_sent_back", "close", "approved == True", "approved")
    p.chain("close", p.end())
    forms = {step: form(note=TEXT) for step in ("investigate", "close")}
    forms |= {"begun": form(accused=TEXT), "approve": form(approved=YES_NO)}
    return small(p, forms={f"judged/{step}": each for step, each in forms.items()})


def begun(conn: Connection, by: Person, accused: str = "") -> Completed:
    return open_case(conn, "judged", Answered({"accused": accused}), by=by, now=NOW)


def does(conn: Connection, case_id: UUID, step: str, by: Person, **answers: bool) -> Completed:
    task = waiting(conn, case_id)[step]
    return complete_task(conn, task, Answered({"note": "已办", **answers}), by=by, now=NOW)
