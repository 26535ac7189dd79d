"""One case goes to another version: with an entry that says from where, why, and what became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.cases.lineage import MOVED, lineage
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.errors import Refusal
from engine.history import Draft, rounds
from engine.history.dossier import history_rows
from engine.history.telling import REMINDS
from engine.spiff import Dues
from engine.tables import cases
from engine.transfers import telling
from engine.transfers.handing import hand_over, handed
from engine.transfers.lying import lying
from engine.verifying.doubts import trusted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Deadline, Obstacle, Transfer, Verdict
    from engine.transfers.telling import Told


class CannotMoveError(Refusal):
    """A case cannot go on in the other version; the sentences name where it stands and why."""

    code = "cannot_move"

    def __init__(self, code: str, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(
            f"案件 {code} 不能迁移：" + "".join(each.zh for each in obstacles),
            f"Case {code} cannot be moved. " + " ".join(each.en for each in obstacles),
        )
        self.obstacles = tuple(obstacles)


_OVER: Final = spiff.Obstacle("", "", spiff.CaseOverError.zh, spiff.CaseOverError.en)


@dataclass(frozen=True, slots=True)
class Terms:
    """To which version, why, and when timers are due whose drawing has changed."""

    to: Version
    reason: str
    due: Dues = Dues.KEPT


def foresee(conn: sa.Connection, case: Case, terms: Terms, *, now: datetime) -> Transfer:
    """Say what would become of a case; nothing is written."""
    version = procedures.version(conn, case.version_id)
    return spiff.transfer(
        version.compiled,
        terms.to.compiled,
        case.state,
        now=now,
        calendars=calendars.of(conn, case.calendars),
        due=terms.due,
        answers=_answers(conn, case, version, terms.to),
    )


def _answers(conn: sa.Connection, case: Case, was: Version, to: Version) -> dict[str, object]:
    """Return the number, and what people answered at fields, that only the other version reads."""
    names = to.compiled.variables - was.compiled.variables
    if not names:
        return {}
    rows = trusted(history_rows(conn, case.id))
    said = rounds.latest(rounds.filled(lineage(conn, was, rows), rows))
    said |= dict.fromkeys(to.compiled.numbers, case.number)
    return {name: said[name] for name in names if said.get(name) is not None}


def move(
    conn: sa.Connection, case_id: UUID, terms: Terms, *, by: Person | None, now: datetime
) -> tuple[Verdict, Told]:
    """Let an open case go on in another version; return how it did.

    Raises CannotMoveError, also when it has ended.

    Drafts, pauses and claims stay, but for a step that is another role's now, which its holder
    has not.
    """
    case = lock(conn, case_id)
    if conn.scalar(sa.select(cases.c.status).where(cases.c.id == case_id)) != "open":
        raise CannotMoveError(_code(conn, case_id), [_OVER])
    try:
        case = fresh(conn, case, now=now)
    except spiff.RunError as error:
        zh, en = error.zh, error.en
        obstacle = spiff.Obstacle(error.process, error.element, zh, en)
        raise CannotMoveError(_code(conn, case_id), [obstacle]) from error
    found = foresee(conn, case, terms, now=now)
    if found.move is None:
        raise CannotMoveError(_code(conn, case_id), found.obstacles)
    was = procedures.version(conn, case.version_id)
    others, lies = handed(conn, was, found), lying(conn, case, was, terms.to, found)
    said = {
        **_told(was, terms, found, case),
        "lies": lies,
        "handed": [one.told for one in others],
        "limits": telling.limits_told(found, terms.due),
    }
    seen = telling.told(found, others, telling.standing(conn, case_id), lies, terms.due)
    move_on(conn, case, terms.to, found.move, [Draft(MOVED, said)], by=by, now=now)
    _write(conn, case_id, terms.to, said["facts"])
    hand_over(conn, case_id, terms.to, others, now=now)
    return found.verdict, seen


def _code(conn: sa.Connection, case_id: UUID) -> str:
    named = sa.select(sa.func.coalesce(cases.c.number, cases.c.code)).where(cases.c.id == case_id)
    return str(conn.scalar(named))


def _told(was: Version, terms: Terms, found: Transfer, case: Case) -> dict[str, Any]:
    """Return what the entry says; the version is a fact of the case that the chain vouches for."""
    facts: dict[str, str | None] = {"version": terms.to.digest.hex()}
    if _loses_clock(found, case):
        facts |= {"clock": None, "due_at": None}
    return {
        "moved": [was.number, terms.to.number, found.verdict.value],
        "reason": terms.reason,
        "redrawn": [
            _redrawn(each, each.after, each.drawn)
            for each in found.deadlines
            if each.drawn is not None and each.after is not None
        ],
        "disarmed": [
            f"{t.process}:{t.element}" for t in (found.move.disarmed if found.move else ())
        ],
        "facts": facts,
    }


def _redrawn(timer: Deadline, after: datetime, drawn: datetime) -> list[str]:
    told = [f"{timer.process}:{timer.element}", after.isoformat(), drawn.isoformat()]
    return [*told, REMINDS] if timer.reminds else told


def _loses_clock(found: Transfer, case: Case) -> bool:
    """Whether the timer of the whole case is gone, with none drawn in its place."""
    move = found.move
    if move is None or case.clock is None:
        return False
    gone = any(t.clock and f"{t.process}:{t.host}" == case.clock for t in move.disarmed)
    return gone and not any(timer.clock for timer in move.armed)


def _write(conn: sa.Connection, case_id: UUID, to: Version, facts: dict[str, str | None]) -> None:
    gone = {name: None for name in ("clock", "due_at") if name in facts}
    mine = sa.update(cases).where(cases.c.id == case_id)
    conn.execute(mine.values(version_id=to.id, **gone))
