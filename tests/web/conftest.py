from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import argon2
import pytest
import sqlalchemy as sa

from engine.people import Person
from engine.tables import people
from tests.web.visiting import PASSWORD, Visitor, task_path
from web import create_app
from web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

_HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
STAFF = {
    "fang": ("王芳", ["sales"]),
    "min": ("敏敏", ["sales"]),
    "qiang": ("李强", ["sales-supervisor"]),
    "jie": ("陈洁", ["gm-office"]),
    "yang": ("刘洋", ["qc"]),
    "lin": ("林娜", ["process-owner"]),
    "he": ("何清", ["operator"]),
    "nobody": ("无岗", []),
}


@pytest.fixture
def staff(database: sa.Engine) -> dict[str, Person]:
    """Give two people of sales and one of some other roles, by login."""
    made = {
        login: Person(uuid4(), login, name, frozenset(roles), "zh")
        for login, (name, roles) in STAFF.items()
    }
    rows = [
        {
            "id": one.id,
            "login": one.login,
            "name": one.name,
            "password": _HASH,
            "roles": sorted(one.roles),
            "created_at": datetime.now(UTC),
        }
        for one in made.values()
    ]
    with database.begin() as conn:
        conn.execute(sa.insert(people), rows)
    return made


@pytest.fixture
def app(database: sa.Engine, staff: dict[str, Person]) -> Flask:
    """Give the app on a database of the test's own."""
    assert staff
    made = create_app(Settings(), database)
    made.testing = False
    return made


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Give a browser that nobody has signed in on."""
    return Visitor(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Visitor]:
    """Give a way to get a browser on which somebody has signed in."""

    def signed_in(login: str) -> Visitor:
        visitor = Visitor(app)
        visitor.sign_in(login)
        return visitor

    return signed_in


@pytest.fixture
def fang(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of a person of sales."""
    return sign_in("fang")


@pytest.fixture
def he(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of the operator."""
    return sign_in("he")


@pytest.fixture
def task(fang: Visitor) -> str:
    """Give the address of a task of sales."""
    return task_path(fang.opens())
