"""Another row of a deadline table reaches open cases if their owner wants it, and it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.history import dossier
from engine.procedures.publishing import publish
from engine.replaying.replay import replay_as_it_was
from engine.replaying.verdicts import Verdict
from engine.spiff import Dues
from engine.tables import tasks
from engine.tasks.completing import complete_task
from engine.transfers.batches import Which, carry_out
from engine.transfers.foreseen import batch
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process, table
from tests.engine.transfers.test_batches import LATER, foreseen

if TYPE_CHECKING:
    from sqlalchemy import Connection

DAY = timedelta(days=1)


def limited(vip: str) -> dict[str, bytes]:
    """Draw asked → limits → check → sign, each due by the limit of the customer's grade."""
    drawn = Process("errand")
    drawn.message_start("asked")
    drawn.rule("decide", "limits")
    drawn.end("done")
    for step in ("check", "sign"):
        drawn.user(step)
        drawn.deadline(f"{step}_late", step, f"{step}_limit")
        drawn.end(f"{step}_missed")
        drawn.chain(f"{step}_late", f"{step}_missed")
    drawn.chain("asked", "decide", "check", "sign", "done")
    rows = [(['"vip"'], [vip, vip]), (["-"], ['"P9D"', '"P9D"'])]
    tables = {
        "limits": table(
            "limits", ["grade"], ["check_limit", "sign_limit"], rows, 'hitPolicy="FIRST"'
        )
    }
    forms = {f"errand/{step}": form(note=TEXT) for step in ("check", "sign")}
    return small(drawn, forms={**forms, "errand/asked": form(grade=TEXT)}, tables=tables)


@pytest.mark.parametrize(("due", "days"), [(Dues.DRAWN, 5), (Dues.KEPT, 2)])
def test_a_row_of_a_deadline_table_reaches_open_cases_if_it_is_wanted(
    connection: Connection, due: Dues, days: int
) -> None:
    put_in_force(connection, limited('"P2D"'))
    clerk = somebody(connection, "clerk", {"clerk"})
    case = open_case(connection, "errand", Answered({"grade": "vip"}), by=clerk, now=NOW).case_id
    (new,) = publish(connection, limited('"P5D"'), by=None, now=LATER)

    found = foreseen(connection, new.number, due)
    [seen] = batch(connection, found).cases
    [deadline] = seen.deadlines
    assert (deadline.before, deadline.after) == (NOW + 2 * DAY, NOW + days * DAY)
    assert deadline.drawn == NOW + 5 * DAY
    said = "依“limits名”，“check_limit”由 2 天 改为 5 天"
    assert (said in [each.zh for each in seen.limits]) is (due is Dues.DRAWN)

    carry_out(connection, found, Which.ALL, by=None, now=LATER)
    notes = [note.zh for note in dossier.case(connection, case, by=clerk).timeline[-1].notes]
    assert (said in notes) is (due is Dues.DRAWN)
    check = waiting(connection, case)["check"]
    complete_task(connection, check, Answered({"note": "x"}), by=clerk, now=LATER)
    assert connection.scalar(sa.select(tasks.c.due_at)) == LATER + days * DAY
    assert astray(connection) == {}
    assert replay_as_it_was(connection, case).replayed.verdict is Verdict.SAME
