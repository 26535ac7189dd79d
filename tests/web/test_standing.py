"""A case that waits for no person says what it waits for, and where, on its page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson
import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.history import dossier
from engine.tables import calls, cases
from forms import Answered
from tests.engine.asking import asking
from tests.engine.conftest import NOW
from tests.engine.letters import claim, claims
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from engine.people import Person
    from tests.web.visiting import Visitor


def resting() -> dict[str, bytes]:
    """Give the files of a procedure that rests two days, and then until it is urgent or refused."""
    drawn = Process("resting")
    drawn.message_start()
    drawn.parallel("fork")
    drawn.timer("rested", "P2D")
    drawn.until("pressing", 'note == "now"')
    drawn.parallel("join")
    drawn.end()
    drawn.chain("opened", "fork", "rested", "join", "done")
    drawn.chain("fork", "pressing", "join")
    return small(drawn, forms={"resting/opened": form("note", note=TEXT)})


@pytest.fixture
def clerk(database: sa.Engine) -> Person:
    with database.begin() as conn:
        for files in (claim(), asking(), resting()):
            put_in_force(conn, files)
        return somebody(conn, "clerk-one", {"clerk"})


def rows(visitor: Visitor, case_id: UUID) -> list[str]:
    visitor.get(f"/cases/{case_id}")
    found = visitor.all("//section[@aria-labelledby='now']//li[contains(@class, 'row-item')]")
    return [" ".join(row.text_content().split()) for row in found]


def here(database: sa.Engine, case_id: UUID, by: Person) -> set[str]:
    with database.connect() as conn:
        (view,) = dossier.case(conn, case_id, by=by).diagrams
        assert not view.done & view.current
        return view.current


def test_a_message_is_named_with_its_keys(
    database: sa.Engine, clerk: Person, sign_in: Callable[[str], Visitor]
) -> None:
    with database.begin() as conn:
        case_id = claims(conn, clerk)
    assert here(database, case_id, clerk) == {"answered"}
    fang = sign_in("fang")
    (row,) = rows(fang, case_id)
    assert "answered名" in row
    assert "等待消息“answer”（claim_no项 TS-7，customer项 天源水务）" in row
    assert "自 " in row
    fang.post("/language/en", {})
    (row,) = rows(fang, case_id)
    assert "waits for the message “answer” (The claim_no TS-7, The customer 天源水务)" in row


def test_a_call_says_which_try_and_when_next_or_that_it_is_held_up(
    database: sa.Engine, clerk: Person, sign_in: Callable[[str], Visitor]
) -> None:
    with database.begin() as conn:
        case_id = open_case(conn, "asking", Answered({"item": "soap"}), by=clerk, now=NOW).case_id
    assert here(database, case_id, clerk) == {"look_up"}
    fang = sign_in("fang")
    (row,) = rows(fang, case_id)
    assert "第 " not in row
    assert "等待外部系统答复" in row
    with database.begin() as conn:
        conn.execute(sa.update(calls).values(tries=2))
    (row,) = rows(fang, case_id)
    assert "等待外部系统答复，第 2 次，下次 " in row
    with database.begin() as conn:
        conn.execute(sa.update(calls).values(status="failed", result=orjson.dumps(None)))
    (row,) = rows(fang, case_id)
    assert "受阻，管理员已知" in row
    assert "下次" not in row


def test_a_time_and_a_condition_are_waited_for_and_a_stuck_case_says_so(
    database: sa.Engine, clerk: Person, sign_in: Callable[[str], Visitor]
) -> None:
    with database.begin() as conn:
        case_id = open_case(conn, "resting", Answered({"note": "later"}), by=clerk, now=NOW).case_id
    assert here(database, case_id, clerk) == {"rested", "pressing"}
    fang = sign_in("fang")
    timer, condition = rows(fang, case_id)
    assert "rested名 等到 " in timer
    assert "怎么算的" in timer
    assert "怎么算的" not in condition
    (until,) = fang.all("//section[@aria-labelledby='now']//time/@datetime")
    assert datetime.fromisoformat(until) == NOW + timedelta(days=2)
    assert "pressing名 等待条件成立" in condition
    with database.begin() as conn:
        conn.execute(sa.update(cases).values(stuck=True))
    assert "受阻，管理员已知" in rows(fang, case_id)[-1]
    fang.post("/language/en", {})
    assert "held up; the operators know" in rows(fang, case_id)[-1]
