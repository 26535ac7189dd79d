"""What failed in a case, and why: in words, and as an entry of its history.

The words may quote what people typed, so they stand beside the entry as answers do, and it vouches
for them by a salted digest (architecture.md, law 7).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import orjson

from engine import history
from engine.cases.moving import lock
from engine.history import Draft
from engine.spiff import Names, RunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.incidents.incident import Incident

KIND: Final = "incident"
_log = logging.getLogger("banjie.incidents")


def cause(error: Exception, place: tuple[str, str]) -> dict[str, Any]:
    """Return where and why something failed: process, element, expression, variable, zh and en.

    ``place`` (process, element) holds for an error that does not name its own.
    """
    failed = error if isinstance(error, RunError) else _unexpected(error, place)
    names = ("process", "element", "expression", "variable", "zh", "en")
    return {name: getattr(failed, name) for name in names}


def _unexpected(error: Exception, place: tuple[str, str]) -> RunError:
    process, element = place
    reason, reference = type(error).__name__, uuid4().hex[:8]
    _log.error("Incident at %s:%s, reference %s", process, element, reference, exc_info=error)
    return RunError(
        process=process,
        element=element,
        zh=f"程序在这里意外中断（{reason}）。原因见后台日志，编号 {reference}；排除后请重试。",
        en=f"The program broke off here ({reason}). The log says why under reference {reference};"
        " mend it and retry.",
    )


def enter(
    conn: sa.Connection, case_id: UUID, number: int, told: Mapping[str, Any], *, now: datetime
) -> None:
    """Enter an incident in its case's history; nobody signs it. ``told`` says where and why."""
    where = {"incident": number, "process": told["process"], "element": told["element"]}
    why = {"zh": told["zh"], "en": told["en"]}
    history.enter(conn, lock(conn, case_id), Draft(KIND, where, answers=why), by=None, now=now)


def said(row: sa.Row[Any]) -> list[Names]:
    """Return what the entry of an incident says of its cause; nothing once it is erased."""
    if row.kind != KIND or row.answers is None:
        return []
    why = orjson.loads(row.answers)
    return [Names(why["zh"], why["en"])]


def place_of(incident: Incident) -> dict[str, object]:
    """Return which incident it is and where, as an entry of its case says it."""
    return {"incident": incident.id, "process": incident.process, "element": incident.element}
