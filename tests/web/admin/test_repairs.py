"""Repairing data on the page: typed, looked at before and after, given a reason, and done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine import procedures, spiff
from engine.cases.casedata import case_data
from engine.tables import cases, entries
from tests.web.admin.stuck import stuck_case

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from engine.people import Person
    from tests.web.visiting import Visitor

Stuck = tuple["UUID", str]


@pytest.fixture
def stuck(database: sa.Engine, staff: dict[str, Person]) -> Stuck:
    """Give a case, and the address of the page of what it is stuck by."""
    case_id, _, number = stuck_case(database, staff["jie"])
    return case_id, f"/admin/incidents/{number}"


def typed(he: Visitor, path: str, **changed: str) -> dict[str, Any]:
    """Open the page, and type values into the form of the case's own data."""
    he.get(path)
    values = he.values(f"{path}/data")
    values.pop("do", None)
    return {**values, **{f"value.{name}": text for name, text in changed.items()}}


def value(engine: sa.Engine, case_id: UUID, name: str, scope: int = 0) -> object:
    with engine.connect() as conn:
        parts = {part.scope: part for part in case_data(conn, case_id).parts}
    return next(one.value for one in parts[scope].variables if one.name == name)


def with_its_own(engine: sa.Engine, case_id: UUID, **values: object) -> int:
    """Give a called process of the case values of its own, and return its scope."""
    with engine.begin() as conn:
        mine = cases.c.id == case_id
        row = conn.execute(sa.select(cases.c.version_id, cases.c.state).where(mine)).one()
        compiled = procedures.version(conn, row.version_id).compiled
        scope = spiff.variables(compiled, row.state)[-1].id
        changed = spiff.repair(compiled, row.state, values, scope=scope)
        conn.execute(sa.update(cases).where(mine).values(state=changed.state))
    return scope


def test_a_repair_is_looked_at_before_it_is_done_and_leaves_the_case_where_it_is(
    he: Visitor, stuck: Stuck, database: sa.Engine
) -> None:
    case_id, path = stuck
    sent = typed(he, path, variant='"CM"') | {"kind.variant": "json"}

    assert he.post(f"{path}/data", {**sent, "do": "review"}).status_code == 200
    (row,) = he.all("//table[contains(@class, 'changes')]/tbody/tr")
    assert [" ".join("".join(cell.itertext()).split()) for cell in row] == [
        "变体 variant",
        "更正前5",
        "更正后CM",
    ]
    assert value(database, case_id, "variant") == 5

    looked_at = he.values(f"{path}/data")
    assert he.post(f"{path}/data", {**looked_at, "do": "repair"}).status_code == 422
    assert "请写明原因" in he.text
    assert value(database, case_id, "variant") == 5

    looked_at = {**he.values(f"{path}/data"), "reason": "发布时写错", "do": "repair"}
    he.follow(he.post(f"{path}/data", looked_at))
    assert "数据已更正" in he.text
    assert value(database, case_id, "variant") == "CM"
    with database.connect() as conn:
        kept = sa.select(entries).where(entries.c.kind == "data_repaired")
        assert conn.execute(kept).one().case_id == case_id
        assert conn.scalar(sa.select(cases.c.status)) == "open"
    he.follow(he.post(f"{path}/retry"))
    assert "重试成功" in he.text


def test_what_the_steps_own_form_fills_in_is_folded_away_with_why(
    he: Visitor, stuck: Stuck
) -> None:
    _, path = stuck
    he.get(path)
    (fold,) = he.all("//details[contains(., '盖过这里的更正')][contains(@class, 'datum-rest')]")
    assert fold.get("open") is None
    assert fold.xpath(".//*[@name='value.zone']")
    assert not fold.xpath(".//*[@name='value.variant']")
    assert len(he.all("//*[@name='value.zone']")) == 1

    he.post(f"{path}/data", {**typed(he, path, zone="overseas"), "do": "edit"})
    (fold,) = he.all("//details[contains(., '盖过这里的更正')][contains(@class, 'datum-rest')]")
    assert fold.get("open") is not None, "what was typed there is to be seen again"


def test_several_variables_are_repaired_at_once(
    he: Visitor, stuck: Stuck, database: sa.Engine
) -> None:
    case_id, path = stuck
    sent = typed(he, path, zone="overseas", rounds="2", loss="empty")
    he.follow(he.post(f"{path}/data", {**sent, "reason": "三处都错", "do": "repair"}))
    found = [value(database, case_id, name) for name in ("zone", "rounds", "loss")]
    assert found == ["overseas", 2, None]


def test_of_what_no_form_asks_the_operator_says_what_it_is(
    he: Visitor, stuck: Stuck, database: sa.Engine
) -> None:
    case_id, path = stuck
    he.get(path)
    choices = he.all("//select[starts-with(@name, 'kind.')]")
    unset = next(one.get("name") for one in choices if not one.xpath("option[@selected]/@value")[0])
    name = unset.removeprefix("kind.")
    sent = typed(he, path, **{name: "5"})
    assert he.post(f"{path}/data", {**sent, "do": "review"}).status_code == 422
    assert "请先选择类型" in he.text
    chosen = {**he.values(f"{path}/data"), unset: "number", "reason": "漏算", "do": "repair"}
    he.follow(he.post(f"{path}/data", chosen))
    assert value(database, case_id, name) == 5


def test_going_back_to_type_keeps_what_was_typed(he: Visitor, stuck: Stuck) -> None:
    _, path = stuck
    he.post(f"{path}/data", {**typed(he, path, rounds="7"), "do": "review"})
    he.post(f"{path}/data", {**he.values(f"{path}/data"), "do": "edit"})
    assert he.values(f"{path}/data")["value.rounds"] == "7"


def test_a_variable_can_be_typed_as_json_and_the_others_stay_as_typed(
    he: Visitor, stuck: Stuck
) -> None:
    _, path = stuck
    he.post(f"{path}/data", {**typed(he, path, rounds="7", zone="china"), "json": "zone"})
    values = he.values(f"{path}/data")
    assert (values["kind.zone"], values["value.zone"].strip()) == ("json", '"china"')
    assert values["value.rounds"] == "7"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"rounds": "seven"}, "请填数字"),
        ({"zone": "mars"}, ""),
        ({}, "没有任何变量的值有变化"),
        ({"unheard_of": "1", "__class__": "x", "typename": "x"}, "没有任何变量的值有变化"),
    ],
)
def test_what_cannot_be_is_told_and_kept_to_be_corrected(
    he: Visitor, stuck: Stuck, database: sa.Engine, changed: dict[str, str], says: str
) -> None:
    case_id, path = stuck
    sent = {**typed(he, path, **changed), "reason": "试", "do": "repair"}
    sent |= {f"kind.{name}": "text" for name in changed if name.islower() and "rounds" not in name}
    assert he.post(f"{path}/data", sent).status_code == 422
    assert says in he.text
    assert value(database, case_id, "rounds") == 0
    for name in changed.keys() & {"rounds"}:
        assert he.values(f"{path}/data")[f"value.{name}"] == changed[name]


def test_what_is_typed_into_several_parts_is_looked_at_and_repaired_together(
    he: Visitor, stuck: Stuck, database: sa.Engine
) -> None:
    case_id, path = stuck
    scope = with_its_own(database, case_id, rounds=3)
    sent = typed(he, path, zone="overseas", **{f"{scope}.rounds": "7"})
    assert he.post(f"{path}/data", sent).status_code == 200
    assert len(he.all("//table[contains(@class, 'changes')]")) == 2
    looked_at = he.values(f"{path}/data")

    he.post(f"{path}/data", {**looked_at, "do": "edit"})
    again = he.values(f"{path}/data")
    assert (again["value.zone"], again[f"value.{scope}.rounds"]) == ("overseas", "7")

    he.follow(he.post(f"{path}/data", {**looked_at, "reason": "两处都错", "do": "repair"}))
    assert "数据已更正" in he.text
    assert (value(database, case_id, "zone"), value(database, case_id, "rounds")) == ("overseas", 0)
    assert value(database, case_id, "rounds", scope) == 7


@pytest.mark.parametrize("text", ["[" * 21 + "]" * 21, '"' + "长" * 30_000 + '"', '"a\\u0000b"'])
def test_a_value_that_no_case_can_keep_is_told_and_kept(
    he: Visitor, stuck: Stuck, database: sa.Engine, text: str
) -> None:
    case_id, path = stuck
    sent = {**typed(he, path, rounds=text), "kind.rounds": "json", "do": "review"}
    assert he.post(f"{path}/data", sent).status_code == 422
    assert "“rounds”" in he.text
    assert he.values(f"{path}/data")["value.rounds"] == text
    assert value(database, case_id, "rounds") == 0


def test_a_case_that_has_moved_on_meanwhile_is_not_touched(
    he: Visitor, stuck: Stuck, database: sa.Engine
) -> None:
    case_id, path = stuck
    sent = {**typed(he, path, rounds="7"), "reason": "试", "do": "repair"}
    assert he.post(f"{path}/data", {**sent, "revision": "1"}).status_code == 409
    assert "又有了变化" in he.text
    assert he.all(f"//form[@action='{path}/retry']")
    assert he.values(f"{path}/data")["value.rounds"] == "7"
    assert "kind.rounds" not in he.text
    gone = typed(he, path) | {"kind.999.rounds": "number", "value.999.rounds": "7"}
    assert he.post(f"{path}/data", gone).status_code == 422
    assert "没有任何变量的值有变化" in he.text
    assert value(database, case_id, "rounds") == 0


@pytest.mark.parametrize("act", [{"do": "edit"}, {"json": "variant"}])
def test_what_was_typed_before_the_data_changed_is_shown_with_a_word_of_it(
    he: Visitor, stuck: Stuck, act: dict[str, str]
) -> None:
    _, path = stuck
    sent = typed(he, path, rounds="7")
    other = {**typed(he, path, rounds="12"), "reason": "两处都错", "do": "repair"}
    assert he.post(f"{path}/data", other).status_code == 303
    he.post(f"{path}/data", {**sent, **act})
    assert "又有了变化" in he.text
    assert he.values(f"{path}/data")["value.rounds"] == "7"


def test_after_signing_in_anew_the_page_is_there_again(he: Visitor, stuck: Stuck) -> None:
    _, path = stuck
    sent = typed(he, path, rounds="7")
    he.client.delete_cookie("banjie")
    assert he.post(f"{path}/data", sent).status_code == 401
    he.follow(he.sign_in("he"))
    assert (he.status, he.path) == (200, path)
    assert he.values(f"{path}/data")["value.rounds"] == "7"


def test_after_signing_in_anew_the_reason_of_a_repair_stays_with_the_repair(
    he: Visitor, stuck: Stuck
) -> None:
    _, path = stuck
    he.post(f"{path}/data", {**typed(he, path, rounds="7"), "do": "review"})
    looked_at = {**he.values(f"{path}/data"), "reason": "填错了", "do": "repair"}
    he.client.delete_cookie("banjie")
    assert he.post(f"{path}/data", looked_at).status_code == 401
    he.follow(he.sign_in("he"))
    assert not (he.all("//*[@id='close-reason']")[0].text or "").strip()
    he.post(f"{path}/data", {**he.values(f"{path}/data"), "do": "review"})
    assert (he.all("//*[@id='reason']")[0].text or "").strip() == "填错了"


@pytest.mark.parametrize(("login", "sees"), [("fang", 403), ("lin", 200)])
def test_only_operators_repair_data(
    sign_in: Callable[[str], Visitor], stuck: Stuck, login: str, sees: int
) -> None:
    _, path = stuck
    visitor = sign_in(login)
    assert visitor.get(path).status_code == sees
    assert visitor.post(f"{path}/data", {"do": "repair"}).status_code == 403
    assert visitor.post(f"{path}/retry").status_code == 403
    assert visitor.post(f"{path}/close", {"reason": "x"}).status_code == 403
    assert visitor.post(f"{path}/all").status_code == 403
