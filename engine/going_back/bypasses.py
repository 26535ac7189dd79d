"""Which guarantees (红线) of its version an intervention bypasses, for the page and the entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import spiff
from engine.history import dossier, read
from engine.history.path import on_diagrams
from engine.verifying.doubts import trusted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    import sqlalchemy as sa

    from engine.going_back.intervening import Ready
    from engine.procedures import Version
    from engine.spiff import Guarantee


def bypasses(conn: sa.Connection, ready: Ready) -> tuple[Guarantee, ...]:
    """Return the guarantees that the case keeps as it stands, and no longer after this."""
    version, move = ready.version, ready.move
    if not version.compiled.guarantees:
        return ()
    at = spiff.position(version.compiled, ready.case.state)
    leap = spiff.Leap(ready.wanted.task, ready.place, move.closed, move.flows)
    return spiff.bypassed(version.compiled, at, leap, passed(conn, ready.case.id, version, at))


def passed(
    conn: sa.Connection, case_id: UUID, version: Version, at: spiff.Position
) -> Mapping[str, int]:
    """Return the last entry in which each element was done, or flow taken, and still holds."""
    rows = trusted(dossier.history_rows(conn, case_id))
    holds: set[str] = set()
    for view in on_diagrams(version, at, rows):
        holds |= {f"{view.process}:{key}" for key in (*view.taken, *view.done)}
    return {name: seq for name, seq in _last(rows).items() if name in holds}


def _last(rows: Sequence[sa.Row[Any]]) -> dict[str, int]:
    last: dict[str, int] = {}
    for row in rows:
        body = read(row.body)
        last |= dict.fromkeys((*body.get("flows", ()), *body.get("reached", ())), row.seq)
        for place in _undone(body):
            last.pop(place, None)
    return last


def _undone(body: Mapping[str, Any]) -> list[str]:
    """Return the steps that an entry says were left without being done."""
    left = [place for _, place in body.get("cancelled", ())]
    if body["kind"] == "step_skipped":
        left.append(f"{body['process']}:{body['element']}")
    return [*left, body["left"]] if "left" in body else left
