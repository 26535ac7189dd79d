"""A procedure on which people may start something whenever they see fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.cases.starts import open_case
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process, messaging

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

COUNT: dict[str, Any] = {"type": "integer"}


def gathering() -> dict[str, bytes]:
    """Give its files.

    opened → handle (clerk) → done. While it is handled a clerk or qc may call a meeting any number
    of times (meet, clerk); gm may stop it (stopped, which ends it); gm may weigh the amount, which
    fails without one (weigh).
    """
    drawn = Process("gathering")
    drawn.message("m_meet", name="meeting_wanted")
    drawn.message("m_stop", name="stop_wanted")
    drawn.message("m_weigh", name="weighing_wanted")
    drawn.message_start()
    drawn.user("handle")
    drawn.beside("meeting_called", "handle", messaging("m_meet"), 'banjie:offeredTo="clerk qc"')
    drawn.instead("stopped", "handle", messaging("m_stop"), 'banjie:offeredTo="gm"')
    drawn.beside("weighing_called", "handle", messaging("m_weigh"), 'banjie:offeredTo="gm"')
    drawn.user("meet")
    drawn.xor("is_heavy", default="light")
    drawn.end()
    drawn.end("met")
    drawn.end("ended_early")
    drawn.end("weighed")
    drawn.chain("opened", "handle", "done")
    drawn.chain("meeting_called", "meet", "met")
    drawn.flow("stopped", "ended_early")
    drawn.flow("weighing_called", "is_heavy")
    drawn.flow("is_heavy", "weighed", "amount > 1000")
    drawn.flow("is_heavy", "met", id_="light")
    steps = {f"gathering/{step}": form(note=TEXT) for step in ("handle", "meet")}
    return small(drawn, forms={**steps, "gathering/opened": form(amount=COUNT)})


def gathered(conn: Connection, by: Person) -> UUID:
    """Open a gathering without an amount."""
    return open_case(conn, "gathering", Answered({}), by=by, now=NOW).case_id
