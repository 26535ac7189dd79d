"""A deadline that somebody types: what nobody can wait for is told at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import cases, incidents, tasks
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process
from tests.web.visiting import Visitor, task_path

if TYPE_CHECKING:
    from flask import Flask

START = "/start/promise"
NEVER = [
    "-P3D", "-3 天", "-1", "P9999999Y", "99999999 个月", "P99999999999999999999D",
    "PT1E9H", "P1D" * 500, "9" * 4_000 + " 天", "三五天", "3 days; drop table", "[" * 4_000, "NaN",
    "\u202e3 天", "每月99日前", "P1.5D", "9999-12-31",
]  # fmt: skip


def promise() -> dict[str, bytes]:
    """Give a procedure in which somebody says until when, at the start and once more."""
    drawn = Process("promise")
    drawn.message_start("asked")
    for step in ("keep_it", "urge", "keep_again", "keep_on"):
        drawn.user(step)
    drawn.end("urged")
    drawn.terminate("done")
    drawn.deadline("late", "keep_it", "first_limit")
    drawn.interrupt("too_late", "keep_again", "second_limit")
    drawn.deadline("late_again", "keep_on", "last_limit")
    drawn.chain("asked", "keep_it", "keep_again", "keep_on", "done")
    drawn.flow("late_again", "urge")
    drawn.chain("late", "urge", "urged")
    drawn.flow("too_late", "urged")
    forms = {
        "promise/asked": form(first_limit=TEXT, last_limit=TEXT),
        "promise/keep_it": form(second_limit=TEXT, note=TEXT),
        "promise/urge": form(note=TEXT),
        "promise/keep_again": form(note=TEXT),
        "promise/keep_on": form(note=TEXT),
    }
    return small(drawn, forms=forms)


@pytest.fixture
def clerk(app: Flask, database: sa.Engine) -> Visitor:
    """Give the browser of somebody who may make promises."""
    with database.begin() as conn:
        put_in_force(conn, promise())
        somebody(conn, "clerk-one", {"clerk"})
    visitor = Visitor(app)
    visitor.sign_in("clerk-one", "long enough")
    return visitor


def test_at_the_start_and_at_a_step_it_is_told_at_its_field_and_nothing_is_stuck(
    clerk: Visitor, database: sa.Engine
) -> None:
    clerk.get(START)
    for text in NEVER:
        assert clerk.post(START, {"first_limit": text}).status_code == 422, text[:40]
        (field,) = clerk.all("//*[contains(@class, 'field-wrong')]/@data-field")
        assert field == "first_limit"
        assert clerk.values(START)["first_limit"] == text
    assert "请写" in clerk.text
    path = task_path(clerk.post(START, {"first_limit": "3 个工作日"}))

    clerk.get(path)
    for text in NEVER:
        posted = {"second_limit": text, "note": "好"}
        assert clerk.post(f"{path}/complete", posted).status_code == 422, text[:40]
        assert clerk.values(f"{path}/complete")["note"] == "好"
    assert clerk.post(f"{path}/complete", {"second_limit": "P1D"}).status_code == 303
    with database.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(incidents)) == 0
        assert conn.scalars(sa.select(tasks.c.element)).all() == ["keep_again"]
        assert conn.scalar(sa.select(cases.c.next_due).where(cases.c.procedure == "promise"))


def test_one_that_another_form_has_given_is_an_incident(
    clerk: Visitor, database: sa.Engine
) -> None:
    clerk.get(START)
    path = task_path(clerk.post(START, {"first_limit": "P1D", "last_limit": "-P3D"}))
    clerk.get(path)
    path = task_path(clerk.post(f"{path}/complete", {"second_limit": "P1D"}))
    clerk.get(path)
    assert clerk.post(f"{path}/complete", {"note": "好"}).status_code == 500
    with database.connect() as conn:
        incident = conn.execute(sa.select(incidents)).one()
        assert "负数" in incident.zh
        assert conn.scalars(sa.select(tasks.c.element)).all() == ["keep_again"]
    assert (incident.element, incident.variable) == ("late_again", "last_limit")
