"""Acts that belong to no single case are journalled, and every row is compared with that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine.history import journal, read
from engine.substituting import making
from engine.substituting.making import Wanted
from engine.tables import journal as rows
from engine.tables import substitutions, transfer_cases, transfers, version_files, versions
from engine.transfers.batches import Which, carry_out, foresee_next
from engine.transfers.ending import give_up
from engine.transfers.planning import begin
from engine.verifying.journalled import astray
from engine.versioning.again import roll_back, withdraw
from engine.versioning.switching import switch_next
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand
from tests.engine.small import put_in_force, somebody
from tests.engine.versioning.lines import FIRST, TENTH, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

LATER = NOW + timedelta(days=30)


def wrong(conn: Connection) -> list[str]:
    return [names.en for names in astray(conn, journal.follow(conn))]


@pytest.fixture
def acted(connection: Connection) -> Connection:
    """Do each kind of act once: versions 1, 2 (planned, begun), 3 (withdrawn), 4 (1 again)."""
    put_in_force(connection, errand())
    clerk, owner = (
        somebody(connection, login, {role})
        for login, role in (("clerk-one", "clerk"), ("owner", "process-owner"))
    )
    asked(connection, clerk)
    put(connection, 1, begins=FIRST)
    put(connection, 2, begins=TENTH)
    withdraw(connection, "errand", 3, reason="改主意了", by=owner, now=NOW)
    while switch_next(connection, now=LATER):
        pass
    roll_back(connection, "errand", 1, reason="退回旧版", by=owner, now=LATER)
    given = begin(connection, "errand", 2, reason="不迁了", by=owner, now=LATER)
    give_up(connection, given, by=owner, now=LATER)
    batch = begin(connection, "errand", 2, reason="表单改了", by=owner, now=LATER)
    while foresee_next(connection, batch, now=LATER):
        pass
    assert carry_out(connection, batch, Which.ALL, by=owner, now=LATER) == 1
    day = NOW.date()
    wanted = Wanted(clerk.id, owner.id, day, day, reason="出差")
    making.end(connection, making.make(connection, wanted, by=owner, now=NOW), by=owner, now=NOW)
    return connection


def test_each_act_is_entered_with_who_did_it_and_all_of_it_holds(acted: Connection) -> None:
    found = journal.follow(acted)
    assert (found.broken, found.taken_over) == (None, None)
    assert wrong(acted) == []
    bodies = [read(row.body) for row in acted.execute(sa.select(rows).order_by(rows.c.seq))]
    kinds = [body["kind"] for body in bodies]
    assert {
        each for each in dir(journal) if each.isupper() and isinstance(getattr(journal, each), str)
    }
    assert set(kinds) == {
        *("version_published", "version_began", "version_withdrawn"),
        *("substitution_made", "substitution_ended"),
        *("moves_begun", "moves_carried_out", "moves_given_up"),
    }
    assert all(body["name"] for body in bodies if not body["kind"].startswith("version_"))


def update(table: sa.Table, **values: Any) -> sa.Update:  # noqa: ANN401 - columns
    newest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
    return sa.update(table).where(table.c.id == newest).values(**values)


def forge(conn: Connection) -> None:
    like = conn.execute(sa.select(versions).order_by(versions.c.id.desc()).limit(1)).one()
    forged = {**like._mapping, "number": 99, "in_force": False}  # noqa: SLF001
    del forged["id"]
    conn.execute(sa.insert(versions).values(forged))


def unplan(conn: Connection) -> None:
    planned = sa.select(versions.c.id).where(versions.c.withdrawn_at.is_not(None))
    conn.execute(sa.delete(version_files).where(version_files.c.version_id.in_(planned)))
    conn.execute(sa.delete(versions).where(versions.c.withdrawn_at.is_not(None)))


def drop_batches(conn: Connection) -> None:
    conn.execute(sa.delete(transfer_cases))
    conn.execute(sa.delete(transfers))


TAMPERED: dict[str, tuple[sa.Update | sa.Delete | Callable[[Connection], None], str]] = {
    "note": (update(versions, note="另一个理由"), "why it was published"),
    "who published": (update(versions, published_by=None), "who published it"),
    "when": (update(versions, published_at=LATER + timedelta(1)), "when it was published"),
    "source": (update(versions, source="files"), "source"),
    "again of": (update(versions, again_of=None), "version published again"),
    "in force": (update(versions, in_force=False), "whether it is in force"),
    "files": (update(versions, digest=b"x"), "digest of its files"),
    "forged": (forge, "Version 99 of “errand in English” is not in the journal"),
    "a version gone": (unplan, "Version 3 of “errand in English” is missing"),
    "why moved": (update(transfers, reason="别的"), "reason"),
    "who moved": (update(transfers, begun_by=None), "who began it"),
    "not ended": (update(transfers, ended_at=None), "when it ended"),
    "batches gone": (drop_batches, "of moves is missing"),
    "why represented": (update(substitutions, reason="别的"), "reason"),
    "ended": (update(substitutions, ended_at=None), "when it ended"),
    "a substitution gone": (sa.delete(substitutions), "is missing"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_behind_the_journal_is_told(acted: Connection, name: str) -> None:
    tamper, said = TAMPERED[name]
    if callable(tamper):
        tamper(acted)
    else:
        acted.execute(tamper)
    told = wrong(acted)
    assert told
    assert all(said in each for each in told)
    assert journal.follow(acted).broken is None


def test_an_entry_that_was_changed_or_is_gone_is_told(acted: Connection) -> None:
    sound = journal.follow(acted)
    changed = sa.update(rows).where(rows.c.seq == 2)
    acted.execute(changed.values(body=rows.c.body.op("||")(b" ")))
    assert journal.follow(acted).broken == 2
    acted.execute(sa.delete(rows).where(rows.c.seq == 2))
    assert journal.follow(acted).broken == 2
    assert journal.follow(acted).head != sound.head
