"""Opening cases of procedures that begin otherwise than by a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case, save_draft, start_form
from engine.procedures import NotByHandError
from engine.tables import entries, tasks
from engine.tasks import inbox
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINNINGS: dict[str, Callable[[Process], str]] = {
    "by hand": lambda p: p.start("opened"),
    "by the clock": lambda p: p.timer_start("R/PT24H"),
    "by a signal": lambda p: p.signal_start("s_recall"),
}


def published(conn: sa.Connection, how: str, *start: str) -> None:
    p = Process("tidying")
    BEGINNINGS[how](p)
    p.signal("s_recall")
    p.user("tidy")
    p.end()
    p.chain("opened", "tidy", "done")
    forms = {f"tidying/{id_}": form(note=TEXT) for id_ in (*start, "tidy")}
    put_in_force(conn, small(p, forms=forms))


@pytest.mark.parametrize("how", list(BEGINNINGS))
def test_with_a_form_it_is_opened_by_hand(connection: sa.Connection, how: str) -> None:
    published(connection, how, "opened")
    fang = somebody(connection, "fang", {"clerk"})
    assert [each.procedure for each in inbox.startable(connection, fang)] == ["tidying"]
    assert start_form(connection, "tidying", by=fang).form.title.zh == "小表"
    done = open_case(connection, "tidying", Answered({"note": "柜子"}), by=fang, now=NOW)
    (element,) = connection.scalars(sa.select(tasks.c.element)).all()
    assert element == "tidy"
    assert done.next_task is not None
    assert connection.scalar(sa.select(entries.c.kind)) == "case_opened"


@pytest.mark.parametrize("how", ["by the clock", "by a signal"])
def test_without_a_form_nobody_opens_it_by_hand(connection: sa.Connection, how: str) -> None:
    published(connection, how)
    fang = somebody(connection, "fang", {"clerk"})
    assert inbox.startable(connection, fang) == []
    with pytest.raises(NotByHandError) as refused:
        start_form(connection, "tidying", by=fang)
    assert "tidying名" in refused.value.zh
    with pytest.raises(NotByHandError):
        save_draft(connection, "tidying", {"note": ["x"]}, by=fang, now=NOW)
    with pytest.raises(NotByHandError):
        open_case(connection, "tidying", Answered({"note": "x"}), by=fang, now=NOW)
