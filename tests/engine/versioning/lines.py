"""Errands that differ, published on terms, for the tests of versions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.procedures.publishing import publish
from engine.tables import versions
from engine.versioning.terms import Source, Terms
from tests.engine.conftest import NOW
from tests.engine.errand import errand
from tests.engine.small import TEXT, form

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.procedures.publishing import Published

FIRST, TENTH = date(2026, 12, 1), date(2026, 12, 10)


def changed(turn: int) -> dict[str, bytes]:
    """Give an errand whose last form has one more field."""
    return {**errand(), "forms/errand/sign.json": form(note=TEXT, **{f"more_{turn}": TEXT})}


def put(
    conn: Connection,
    turn: int,
    *named: int,
    source: Source = Source.FILES,
    begins: date | None = None,
    now: datetime = NOW,
) -> Published:
    """Publish an errand; `named` are the numbers that it knowingly replaces."""
    replaces = frozenset(("errand", number) for number in named)
    terms = Terms(source, begins, replaces)
    (one,) = publish(conn, changed(turn), by=None, now=now, terms=terms)
    return one


def standing(conn: Connection) -> dict[int, str]:
    """Say of each version of the errand whether it is in force, planned, withdrawn or past."""
    rows = conn.execute(
        sa.select(versions).where(versions.c.procedure == "errand").order_by(versions.c.number)
    )
    return {
        row.number: "in force"
        if row.in_force
        else "withdrawn"
        if row.withdrawn_at
        else "past"
        if row.began_at
        else "planned"
        for row in rows
    }
