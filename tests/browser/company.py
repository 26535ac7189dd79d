"""The demo company with cases on their way, made by the engine's own verbs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine import demo
from engine.bundles import read_folder
from engine.database import upgrade
from engine.procedures import publish
from tests.browser.procedure import PROCEDURE
from tests.procedures.complaint import USUAL
from tests.procedures.walk import Walk

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def found(engine: Engine) -> None:
    """Bring an empty database to the point where the demo company opens its doors."""
    upgrade(engine)
    with engine.begin() as conn:
        now = datetime.now(UTC)
        publish(conn, read_folder(), by=None, now=now, note="shipped")
        demo.load(conn, now=now)


def walk(conn: Connection) -> Walk:
    """Give a case to be opened now, by the real clock."""
    one = Walk(conn, PROCEDURE, USUAL)
    one.now = datetime.now(UTC)
    return one
