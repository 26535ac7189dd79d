from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import people
from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from tests.chaos.company import CLERKS, PASSWORD, T0

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.people import Person


@pytest.fixture
def clerks(database: Engine) -> list[Person]:
    """Publish the goods return, and give the clerks who check goods as well."""
    with database.begin() as conn:
        publish(conn, read_folder(Path(__file__).parent / "procedure"), by=None, now=T0)
        return [
            people.add_person(conn, login, login, password=PASSWORD, held={"clerk", "qc"}, now=T0)
            for login in CLERKS
        ]
