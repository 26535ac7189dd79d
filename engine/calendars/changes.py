"""Storing a change of the calendars as their next revision, which reckons open deadlines anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.calendars import Revision, current
from engine.calendars.chain import body_of, chained, last_hash
from engine.calendars.differences import differences
from engine.duties import planning
from engine.errors import Refusal
from engine.people import role_names
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.tables import calendar_days, calendar_revisions, calendar_uses, calendars, cases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.calendars import Kept, Stored
    from engine.people import Person

_CHANGING = 0x63_61_6C_65  # advisory lock: revisions commit in the order of their numbers

_NEXT_KEY = sa.select(sa.func.nextval(sa.func.pg_get_serial_sequence("calendar_revisions", "id")))


class CalendarsChangedError(Refusal):
    """Somebody else changed the calendars since this change was thought through."""

    code = "calendars_changed"

    def __init__(self) -> None:
        super().__init__(
            "日历刚刚被他人改动过，本次修改没有保存；请重新预览后再确认。",
            "Somebody has just changed the calendars, so this change was not saved; look at the "
            "preview again and confirm it then.",
        )


def lock(conn: sa.Connection) -> None:
    """Let nobody else change the calendars until this transaction ends."""
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHANGING)))


def change(
    conn: sa.Connection, after: Stored, *, by: Person | None, now: datetime, note: str
) -> Revision:
    """Store calendars that were made from the newest revision (engine.calendars.edits).

    ``note`` says why. What it changes is kept with it and chained to the revision before. Raises
    BadReasonError, and CalendarsChangedError when there is a newer revision by now.
    """
    why = checked_reason(note)
    lock(conn)
    before = current(conn)
    if before.revision != after.revision:
        raise CalendarsChangedError
    for code, kept in after.kept.items():
        _store(conn, kept, before.kept.get(code))
    _store_uses(conn, before.uses, after.uses)
    planning.replan(conn, known=after)
    return _revise(conn, before, after, by=by, now=now, note=why)


def _store(conn: sa.Connection, kept: Kept, before: Kept | None) -> None:
    if kept == before:
        return
    values = {
        "zh": kept.zh,
        "en": kept.en,
        "zone": kept.zone,
        "week": [list(map(list, spans)) for spans in kept.week],
        "announced": None if kept.announced is None else sorted(kept.announced),
    }
    written = insert(calendars).values(code=kept.code, **values)
    conn.execute(written.on_conflict_do_update(index_elements=["code"], set_=values))
    known = {} if before is None else before.days
    gone = [day for day in known if day not in kept.days]
    if gone:
        mine = calendar_days.c.calendar == kept.code
        conn.execute(sa.delete(calendar_days).where(mine, calendar_days.c.day.in_(gone)))
    rows = [
        {
            "calendar": kept.code,
            "day": day,
            "spans": None if each.spans is None else list(map(list, each.spans)),
            "note": each.note,
            "source": each.source,
        }
        for day, each in kept.days.items()
        if known.get(day) != each
    ]
    _write_days(conn, rows)


def _write_days(conn: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    written = insert(calendar_days)
    other = {name: written.excluded[name] for name in ("spans", "note", "source")}
    conn.execute(
        written.on_conflict_do_update(index_elements=["calendar", "day"], set_=other), rows
    )


def _store_uses(
    conn: sa.Connection,
    before: Mapping[tuple[str, str], str],
    after: Mapping[tuple[str, str], str],
) -> None:
    for kind, code in before.keys() - after.keys():
        mine = sa.and_(calendar_uses.c.kind == kind, calendar_uses.c.code == code)
        conn.execute(sa.delete(calendar_uses).where(mine))
    for (kind, code), calendar in after.items():
        if before.get((kind, code)) != calendar:
            written = insert(calendar_uses).values(kind=kind, code=code, calendar=calendar)
            conn.execute(
                written.on_conflict_do_update(
                    index_elements=["kind", "code"], set_={"calendar": calendar}
                )
            )


def _revise(
    conn: sa.Connection,
    before: Stored,
    after: Stored,
    *,
    by: Person | None,
    now: datetime,
    note: str,
) -> Revision:
    waiting = sa.select(sa.func.count()).where(
        cases.c.status == "open", cases.c.next_due.is_not(None)
    )
    count = int(conn.scalar(waiting) or 0)
    key = int(conn.scalar(_NEXT_KEY) or 0)
    roles = {code: Names(*names) for code, names in role_names(conn).items()}
    who = None if by is None else by.name
    row: dict[str, Any] = {
        "id": key,
        "at": now,
        "changed_by": None if by is None else by.id,
        "note": note,
    }
    row["cases"] = count
    found = differences(before, after, roles=roles)
    row["body"] = body_of(row, who, found, after)
    row["hash"] = chained(last_hash(conn), row["body"])
    conn.execute(sa.insert(calendar_revisions).values(row))
    return Revision(key, now, who, note, count, row["hash"])
