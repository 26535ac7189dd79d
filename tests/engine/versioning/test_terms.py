"""Nobody undoes unknowingly what another has published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.errors import NotFoundError, Refusal
from engine.reasons import BadReasonError
from engine.tables import versions
from engine.versioning.again import NotPlannedError, SameFilesError, roll_back, withdraw
from engine.versioning.line import OverwritingError, PlannedAfterError, VersionCameBetweenError
from engine.versioning.listing import State, all_versions
from engine.versioning.terms import PastDayError, Source, Terms
from tests.engine.conftest import NOW
from tests.engine.small import somebody
from tests.engine.versioning.lines import FIRST, TENTH, put, standing

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def test_files_follow_files_and_what_came_from_the_product_only_by_its_number(
    connection: Connection,
) -> None:
    assert put(connection, 1).number == 1
    assert put(connection, 2).number == 2
    assert put(connection, 3, 2, source=Source.PRODUCT).number == 3

    with pytest.raises(OverwritingError) as refused:
        put(connection, 2)
    assert "产品内修改" in refused.value.zh
    assert "--replaces errand=3" in refused.value.zh
    assert "--replaces errand=3" in refused.value.en
    assert standing(connection) == {1: "past", 2: "past", 3: "in force"}

    assert put(connection, 2, 3).number == 4
    assert standing(connection)[4] == "in force"
    assert put(connection, 2, 9).changed is False, "the same files undo nothing"


def test_the_product_always_names_what_it_changed(connection: Connection) -> None:
    put(connection, 1)
    with pytest.raises(OverwritingError):
        put(connection, 2, source=Source.PRODUCT)
    put(connection, 2)
    with pytest.raises(VersionCameBetweenError) as refused:
        put(connection, 3, 1, source=Source.PRODUCT)
    assert "第 2 版" in refused.value.zh
    assert "version 2" in refused.value.en
    assert standing(connection) == {1: "past", 2: "in force"}


def test_a_day_is_its_first_minute_in_the_companys_zone(connection: Connection) -> None:
    put(connection, 1)
    planned = put(connection, 2, begins=FIRST)

    assert planned.begins == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert standing(connection) == {1: "in force", 2: "planned"}
    again = put(connection, 2, begins=FIRST)
    assert (again.number, again.changed, again.begins) == (2, False, planned.begins)
    for day in (date(2026, 11, 9), date(2026, 11, 8)):
        with pytest.raises(PastDayError) as refused:
            put(connection, 3, begins=day)
        assert str(day) in refused.value.zh


def test_a_planned_version_is_undone_by_nobody_and_undoes_nothing(connection: Connection) -> None:
    put(connection, 1)
    put(connection, 2, begins=FIRST)
    for begins in (None, date(2026, 11, 20), FIRST):
        with pytest.raises(PlannedAfterError) as refused:
            put(connection, 3, begins=begins)
        assert "2026-12-01" in refused.value.zh
        assert "--replaces errand=2" in refused.value.en

    assert put(connection, 3, begins=TENTH).number == 3, "a later day follows the plan"
    with pytest.raises(PlannedAfterError):
        put(connection, 4, 2)
    assert put(connection, 4, 2, 3).number == 4
    assert standing(connection) == {1: "past", 2: "withdrawn", 3: "withdrawn", 4: "in force"}


def test_a_planned_version_is_withdrawn_with_a_reason(connection: Connection) -> None:
    by = somebody(connection, "owner-one", {"process-owner"})
    put(connection, 1)
    put(connection, 2, begins=FIRST)
    with pytest.raises(BadReasonError):
        withdraw(connection, "errand", 2, reason=" ", by=by, now=NOW)
    with pytest.raises(NotFoundError):
        withdraw(connection, "errand", 7, reason="x", by=by, now=NOW)
    with pytest.raises(NotPlannedError) as refused:
        withdraw(connection, "errand", 1, reason="x", by=by, now=NOW)
    assert "已经生效" in refused.value.zh

    withdraw(connection, "errand", 2, reason="总经理未批准", by=by, now=NOW)

    listed = {one.number: one for one in all_versions(connection, "errand")}
    assert listed[2].state is State.WITHDRAWN
    taken = listed[2].withdrawal
    assert taken is not None
    assert (taken.who, taken.reason, taken.at) == ("owner-one君", "总经理未批准", NOW)
    with pytest.raises(NotPlannedError) as twice:
        withdraw(connection, "errand", 2, reason="x", by=by, now=NOW)
    assert "已撤回" in twice.value.zh
    assert put(connection, 2).number == 3, "its files can be published after all"


def test_rolling_back_publishes_the_old_files_under_a_new_number(connection: Connection) -> None:
    by = somebody(connection, "owner-one", {"process-owner"})
    put(connection, 1)
    put(connection, 2)
    with pytest.raises(BadReasonError):
        roll_back(connection, "errand", 1, reason="", by=by, now=NOW)
    with pytest.raises(SameFilesError):
        roll_back(connection, "errand", 2, reason="x", by=by, now=NOW)
    with pytest.raises(VersionCameBetweenError):
        roll_back(connection, "errand", 1, reason="x", by=by, now=NOW, seen={1})

    made = roll_back(connection, "errand", 1, reason="审批表有误", by=by, now=NOW, seen={2})

    listed = {one.number: one for one in all_versions(connection, "errand")}
    back = listed[made]
    assert (made, back.state, back.source) == (3, State.IN_FORCE, Source.AGAIN)
    assert (back.digest, back.again_of, back.based_on) == (listed[1].digest, 1, 2)
    assert (back.note, back.who) == ("审批表有误", "owner-one君")
    with pytest.raises(OverwritingError):
        put(connection, 2)


def test_an_older_version_is_planned_again_but_not_under_a_plan(connection: Connection) -> None:
    put(connection, 1)
    put(connection, 2)
    assert roll_back(
        connection, "errand", 1, reason="x", by=None, now=NOW, terms=Terms(begins=FIRST), seen={2}
    ) == 3  # fmt: skip
    assert standing(connection) == {1: "past", 2: "in force", 3: "planned"}
    with pytest.raises(SameFilesError):
        roll_back(connection, "errand", 1, reason="x", by=None, now=NOW, terms=Terms(begins=TENTH))
    with pytest.raises(PlannedAfterError) as refused:
        roll_back(connection, "errand", 1, reason="x", by=None, now=NOW)
    assert refused.value.zh.endswith("请先撤回它。")


def test_an_older_version_follows_the_plan_that_holds_on_its_day(connection: Connection) -> None:
    put(connection, 1)
    put(connection, 2)
    put(connection, 3, begins=FIRST)
    later = Terms(begins=TENTH)
    with pytest.raises(VersionCameBetweenError):
        roll_back(connection, "errand", 1, reason="x", by=None, now=NOW, terms=later, seen={2})
    with pytest.raises(PlannedAfterError):
        roll_back(connection, "errand", 1, reason="x", by=None, now=NOW, seen={2, 3})

    made = roll_back(
        connection, "errand", 1, reason="x", by=None, now=NOW, terms=later, seen={2, 3}
    )

    assert all_versions(connection, "errand")[0].based_on == 3
    assert standing(connection) == {1: "past", 2: "in force", 3: "planned", made: "planned"}


@pytest.mark.parametrize("source", [Source.FILES, Source.PRODUCT])
def test_of_publishers_at_once_the_second_hears_of_the_first(
    database: Engine, source: Source
) -> None:
    with database.begin() as conn:
        put(conn, 0)
    ready = Barrier(3)

    def publishes(turn: int) -> str:
        ready.wait()
        try:
            with database.begin() as conn:
                return str(put(conn, turn, 1, source=source).number)
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(3) as publishers:
        told = sorted(publishers.map(publishes, range(1, 4)))

    assert told == ["2", "version_came_between", "version_came_between"]
    with database.connect() as conn:
        assert standing(conn) == {1: "past", 2: "in force"}


def test_terms_name_versions_by_procedure() -> None:
    terms = Terms(replaces=frozenset({("errand", 3), ("other", 4)}))
    assert terms.named("errand") == {3}
    assert {one.names.zh for one in Source} == {"文件", "产品内修改", "旧版重新发布"}


def test_a_version_tells_who_when_why_and_from_where(connection: Connection) -> None:
    put(connection, 1)
    put(connection, 2)
    newest, oldest = all_versions(connection, "errand")
    assert (newest.number, newest.state, newest.ended) == (2, State.IN_FORCE, None)
    assert (oldest.state, oldest.begins, oldest.ended) == (State.PAST, NOW, newest.begins)
    digest = connection.scalar(
        sa.select(versions.c.digest).where(versions.c.procedure == "errand", versions.c.number == 2)
    )
    assert digest is not None
    assert newest.digest == digest.hex()
