"""A step's page shows what its form says of the case, read-only, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from engine import demo
from tests.procedures.complaint import INVESTIGATE, REGISTER, USUAL
from tests.procedures.walk import Walk
from tests.web.test_acting import does
from tests.web.test_signatures import signature
from tests.web.visiting import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from engine.people import Person
    from tests.web.visiting import Visitor

FACTS = "//section[@aria-labelledby='facts-head']//{}"


def shown(visitor: Visitor) -> dict[str, str]:
    labels, values = (visitor.all(FACTS.format(tag)) for tag in ("dt", "dd"))
    said = ([" ".join(each.text_content().split()) for each in part] for part in (labels, values))
    return dict(zip(*said, strict=True))


CONCLUDED = {"投诉分类": "品质异常", "原因类别": "制程", "责任归属部门": "制造部门"}


@pytest.fixture
def walk(database: sa.Engine) -> Walk:
    """Give a case whose handling is to be determined, after a table has concluded."""
    with database.begin() as conn:
        demo.load(conn, now=datetime.now(UTC))
        one = Walk(conn, "manufacturer-complaint", USUAL)
        one.now = datetime.now(UTC)
        one.opens()
        one.does_all(*REGISTER, "review_content", *INVESTIGATE)
        return one


def path_of(database: sa.Engine, walk: Walk) -> str:
    with database.connect() as conn:
        walk.conn = conn
        return f"/tasks/{walk.task('determine_handling').id}"


def test_what_the_table_concluded_is_shown_and_not_written_by_what_is_posted(
    database: sa.Engine, walk: Walk, sign_in: Callable[[str], Visitor]
) -> None:
    path, office = path_of(database, walk), sign_in("jie")
    office.get(path)
    assert shown(office) == CONCLUDED
    answer = office.does(path, "determine_handling", complaint_class="non_quality")
    assert answer.status_code == 303
    with database.begin() as conn:
        walk.conn = conn
        assert "complaint_class" not in walk.dossier.filled[-1].values
        assert walk.waits_for == {("gm-office", "plan_quality_handling")}


@pytest.mark.parametrize("place", ["before", "after"])
def test_whoever_is_asked_to_sign_reads_what_the_form_shows(
    database: sa.Engine,
    walk: Walk,
    sign_in: Callable[[str], Visitor],
    staff: dict[str, Person],
    place: str,
) -> None:
    path, office, asked = path_of(database, walk), sign_in("jie"), sign_in("yang")
    office.get(path)
    typed = {**office.values(f"{path}/complete"), **filled("determine_handling")}
    office.follow(office.post(f"{path}/acts/sign-{place}/begin", typed))
    to = [str(staff["yang"].id)]
    assert does(office, path, f"sign-{place}", to=to, reason="请看一下") == 303
    address = signature(asked)
    assert shown(asked) == CONCLUDED

    assert asked.post(address, {"answer": "refused", "opinion": "缺批号"}).status_code == 303
    asked.get(address)
    assert shown(asked) == CONCLUDED
