"""The demo company with cases on their way, made by the engine's own verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine import demo
from engine.procedures.bundles import SHIPPED_NOTE, read_folder
from engine.procedures.publishing import publish
from engine.schema import upgrade
from tests.browser.procedure import PROCEDURE
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER, USUAL
from tests.procedures.walk import Walk

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Engine


def found(engine: Engine) -> None:
    """Bring an empty database to the point where the demo company opens its doors."""
    upgrade(engine)
    with engine.begin() as conn:
        now = datetime.now(UTC)
        publish(conn, read_folder(), by=None, now=now, note=SHIPPED_NOTE)
        demo.load(conn, now=now)


def walk(conn: Connection) -> Walk:
    """Give a case to be opened now, by the real clock."""
    one = Walk(conn, PROCEDURE, USUAL)
    one.now = datetime.now(UTC)
    return one


@dataclass(frozen=True, slots=True)
class Cases:
    """Three cases: one with quality control and production, one to be decided on, one settled."""

    investigated: UUID
    judged: UUID
    settled: UUID


def furnish(engine: Engine) -> Cases:
    """Open the three cases and take each to its place, by the real clock."""
    with engine.begin() as conn:
        settled, judged, investigated = walk(conn), walk(conn), walk(conn)
        for one in (settled, judged, investigated):
            one.opens()
            one.does_all(*REGISTER, "review_content", "inspect_sample")
        for one in (settled, judged):
            one.does_all(*INVESTIGATE[1:])
        settled.does_all("determine_handling", "plan_quality_handling", "decide", *NEGOTIATE)
        settled.does_all("write_opinion", "decide", "archive_case", "pass_final_decision")
        return Cases(investigated.case_id, judged.case_id, settled.case_id)
