from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.tables import cases
from forms import Answered
from forms.definition import COMPANY_ZONE
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.parcel import fails, parcel
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed


def test_an_incident_is_listed_by_its_cases_code_and_the_companys_time(
    type_in: Typed, url: str, database: Engine
) -> None:
    with database.begin() as conn:
        put_in_force(conn, parcel())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        case_id = open_case(conn, "parcel", Answered({}), by=clerk, now=NOW).case_id
        code_of_case = conn.scalar(sa.select(cases.c.code))
        number = fails(conn, waiting(conn, case_id)["pack"], clerk).id
    said = type_in("incidents", DATABASE_URL=url)[1]
    head = f"{number}  {NOW.astimezone(COMPANY_ZONE):%Y-%m-%d %H:%M}  ×1  step  parcel"
    assert said.startswith(f"{head}  {code_of_case}  parcel:is_heavy\n")
