"""Moving open cases on the command line: look at each, then move all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.errors import Refusal
from engine.settings import company
from engine.transfers.batches import carry_out, foresee_next
from engine.transfers.ending import give_up
from engine.transfers.foreseen import batch
from engine.transfers.planning import begin, unfinished
from web.commands.hand import whoever_types
from web.commands.say import say

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Engine

    from engine.spiff import Dues
    from engine.transfers.batches import Which
    from engine.transfers.foreseen import Batch, DueThen, Foreseen, Stand

EVERY = 20
_SAID = {
    "cannot": "不能迁移 cannot move",
    "new_step": "随即继续 goes on at once",
    "same_place": "停在原处 same place",
    "ended": "已办结 ended",
    None: "未预演 not looked at",
}


def try_all(engine: Engine, procedure: str, number: int, *, due: Dues, now: datetime) -> None:
    """Show what would become of each open case; nothing is kept."""
    with engine.connect() as connection:
        found = begin(connection, procedure, number, reason="-", due=due, by=None, now=now)
        while foresee_next(connection, found, now=now):
            pass
        _show(batch(connection, found), company(connection).zone)
        connection.rollback()


def move_all(
    engine: Engine,
    procedure: str,
    number: int,
    *,
    reason: str,
    due: Dues,
    which: Which,
    now: datetime,
) -> None:
    """Look at each open case and move them; after a kill it goes on where it was."""
    with engine.begin() as connection:
        found = _begun(connection, procedure, number, reason=reason, due=due, now=now)
    looked = 0
    while _look(engine, found, now):
        looked += 1
        if looked % EVERY == 0:
            click.echo(f"… {looked}", err=True)
    with engine.begin() as connection:
        _show(batch(connection, found), company(connection).zone)
    try:
        with engine.begin() as connection:
            by = whoever_types(connection, now=now)
            moved = carry_out(connection, found, which, by=by, now=now)
    except Refusal as refused:
        with engine.begin() as connection:
            by = whoever_types(connection, now=now)
            give_up(connection, found, by=by, now=now, why=refused)
        raise
    say(
        f"已将 {moved} 个案件迁移到“{procedure}”第 {number} 版。",
        f"{moved} case(s) of “{procedure}” were moved to version {number}.",
    )


def _begun(
    connection: Connection, procedure: str, number: int, *, reason: str, due: Dues, now: datetime
) -> int:
    """Begin a batch, or go on with one of the same terms that was interrupted."""
    found = unfinished(connection, procedure, number, reason=reason, due=due)
    if found is None:
        by = whoever_types(connection, now=now)
        return begin(connection, procedure, number, reason=reason, due=due, by=by, now=now)
    say(f"继续第 {found} 批。", f"Going on with batch {found}.")
    return found


def _look(engine: Engine, found: int, now: datetime) -> bool:
    with engine.begin() as connection:
        return foresee_next(connection, found, now=now)


def _show(found: Batch, zone: ZoneInfo) -> None:
    for case in found.cases:
        click.echo("\n    ".join(_lines(case, zone)))
    counts = ", ".join(f"{found.count(v)} {said}" for v, said in _SAID.items() if found.count(v))
    click.echo(f"{len(found.cases)}: {counts}")


def _lines(case: Foreseen, zone: ZoneInfo) -> list[str]:
    lines = [f"{case.case_code}  v{case.number}  {case.customer or '-'}  {_SAID[case.verdict]}"]
    lines += map(_stands, case.stands)
    lines += [line for each in (*case.obstacles, *case.handed) for line in (each.zh, each.en)]
    lines += [f"→ {step.zh} {step.en} ({role.zh} {role.en})" for step, role in case.opened]
    lines += [f"{said.zh} / {said.en}" for said in (*case.lies, *case.limits)]
    return lines + [_due(each, zone) for each in case.deadlines if _tells(case, each)]


def _stands(at: Stand) -> str:
    held = f", {at.holder}" if at.holder else ""
    return f"停在 stands at: {at.step.zh} {at.step.en} ({at.role.zh} {at.role.en}{held})"


def _tells(case: Foreseen, due: DueThen) -> bool:
    """Whether a deadline is another then, or would be as drawn now."""
    return case.verdict != "cannot" and (due.before != due.after or due.drawn is not None)


def _due(due: DueThen, zone: ZoneInfo) -> str:
    was, then, drawn = (
        "-" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
        for moment in (due.before, due.after, due.drawn)
    )
    where = f"等到 waits: {due.timer.zh}" if due.waits else f"{due.host.zh} · {due.timer.zh}"
    said = f"{where}{'（提醒 reminder）' if due.reminds else ''}  {was} → {then}"
    return said if due.drawn is None else f"{said}  (按新图 as drawn now: {drawn})"
