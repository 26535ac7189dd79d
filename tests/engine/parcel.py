"""A parcel whose packing fails until it is known how heavy it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.incidents import recording
from engine.spiff import RunError
from engine.tasks.completing import complete_task
from engine.tasks.drafts import Kept
from tests.engine.conftest import NOW
from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.incidents.incident import Incident
    from engine.people import Person

KILOS = {"type": "integer"}
LATER = NOW + timedelta(hours=2)
PACKED = {"note": ["包好了"]}


def parcel() -> dict[str, bytes]:
    """Give a procedure in which packing needs to know what weighing, beside it, finds out."""
    drawn = Process("parcel")
    drawn.message_start("asked")
    for step in ("weigh", "pack", "call_porter"):
        drawn.user(step)
    drawn.parallel("fork")
    drawn.parallel("join")
    drawn.xor("is_heavy", default="is_light")
    drawn.xor("carried")
    drawn.end("done")
    drawn.chain("asked", "fork", "weigh", "join", "done")
    drawn.chain("fork", "pack", "is_heavy")
    drawn.flow("is_heavy", "call_porter", "kilos > 5")
    drawn.flow("is_heavy", "carried", id_="is_light")
    drawn.chain("call_porter", "carried", "join")
    return small(
        drawn,
        forms={
            "parcel/asked": form(note=TEXT),
            "parcel/weigh": form(kilos=KILOS),
            "parcel/pack": form(note=TEXT),
            "parcel/call_porter": form(note=TEXT),
        },
    )


def fails(conn: Connection, task: UUID, by: Person) -> Incident:
    """Complete a task that cannot be completed, and record it as the web does."""
    with pytest.raises(RunError) as failed, conn.begin_nested():
        complete_task(conn, task, Kept(PACKED), by=by, now=NOW)
    key = recording.record_task(conn, task, failed.value, posted=PACKED, by=by, now=NOW)
    return recording.find(conn, key)
