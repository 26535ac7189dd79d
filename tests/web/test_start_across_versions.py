"""A start form that is open while another version comes into force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine import people
from engine.procedures.publishing import publish
from engine.tables import cases, drafts, versions
from engine.versioning.switching import switch_next
from engine.versioning.terms import Terms
from tests.engine.errand import errand
from tests.engine.small import TEXT, form
from tests.web.visiting import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor

START = "/start/errand"
NOW = datetime.now(UTC)
BEGINS = (NOW + timedelta(days=2)).date()
ASKED: dict[str, Any] = {
    "customer": {**TEXT, "x-case": "customer"},
    "photos": {"type": "array", "items": {"type": "string", "format": "attachment"}},
}


@pytest.fixture
def clerk(database: sa.Engine, sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of a clerk, with the errand in force."""
    with database.begin() as conn:
        publish(conn, errand(), by=None, now=NOW)
        people.add_person(conn, "lei", "雷", password=PASSWORD, held={"clerk"}, now=NOW)
    return sign_in("lei")


def switch(database: sa.Engine, **altered: bytes) -> None:
    """Plan other forms of the errand, and let the worker switch when their day comes."""
    files = {**errand(), **{f"forms/errand/{name}.json": data for name, data in altered.items()}}
    with database.begin() as conn:
        publish(conn, files, by=None, now=NOW, terms=Terms(begins=BEGINS))
    with database.begin() as conn:
        assert switch_next(conn, now=NOW + timedelta(days=3))


def opened(database: sa.Engine) -> list[int]:
    """Give the version of each errand."""
    joined = sa.select(versions.c.number).join(cases, cases.c.version_id == versions.c.id)
    with database.connect() as conn:
        return list(conn.scalars(joined.where(cases.c.procedure == "errand")))


def test_the_same_form_opens_a_case_of_the_version_in_force_then(
    clerk: Visitor, database: sa.Engine
) -> None:
    clerk.get(START)
    values = {**clerk.values(START), "customer": "天源水务"}
    switch(database, sign=form(note=TEXT, more=TEXT))
    assert clerk.post(START, values).status_code == 303
    assert opened(database) == [2]


def test_another_form_is_shown_with_all_that_was_typed(clerk: Visitor, database: sa.Engine) -> None:
    clerk.get(START)
    values = {**clerk.values(START), "customer": "天源水务"}
    assert clerk.post(f"{START}/draft", values).status_code == 303
    switch(database, asked=form("customer", "town", **ASKED, town=TEXT))

    assert clerk.post(START, values).status_code == 409

    assert "第 2 版生效" in clerk.text
    assert "没有立案" in clerk.text
    again = clerk.values(START)
    assert again["customer"] == "天源水务"
    assert opened(database) == []
    with database.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(drafts)) == 1
    assert clerk.post(START, {**again, "town": ""}).status_code == 422
    assert clerk.post(START, {**clerk.values(START), "town": "哈密"}).status_code == 303
    assert opened(database) == [2]


def test_what_the_new_form_does_not_ask_is_still_told(clerk: Visitor, database: sa.Engine) -> None:
    clerk.get(START)
    values = {**clerk.values(START), "customer": "天源水务"}
    switch(database, asked=form("firm", firm={**TEXT, "x-case": "customer"}))
    assert clerk.post(START, values).status_code == 409
    assert "不再有这些字段" in clerk.text
    assert "customer项：天源水务" in clerk.text


def test_a_page_that_is_shown_again_for_another_reason_does_not_hide_the_change(
    clerk: Visitor, database: sa.Engine
) -> None:
    clerk.get(START)
    values = clerk.values(START)
    assert clerk.post(START, {**values, "customer": ""}).status_code == 422
    shown = {**clerk.values(START), "customer": "天源水务"}
    switch(database, asked=form("customer", **ASKED, town=TEXT))
    assert clerk.post(START, shown).status_code == 409
    assert opened(database) == []
