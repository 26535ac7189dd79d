"""A step's page shows what its form says of the case, read-only, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine import demo
from tests.procedures.complaint import INVESTIGATE, REGISTER, USUAL
from tests.procedures.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from tests.web.visiting import Visitor

FACTS = "//section[@aria-labelledby='facts-head']//{}"


def shown(visitor: Visitor) -> dict[str, str]:
    labels, values = (visitor.all(FACTS.format(tag)) for tag in ("dt", "dd"))
    said = ([" ".join(each.text_content().split()) for each in part] for part in (labels, values))
    return dict(zip(*said, strict=True))


def test_what_the_table_concluded_is_shown_and_not_written_by_what_is_posted(
    database: sa.Engine, sign_in: Callable[[str], Visitor]
) -> None:
    with database.begin() as conn:
        demo.load(conn, now=datetime.now(UTC))
        walk = Walk(conn, "manufacturer-complaint", USUAL)
        walk.now = datetime.now(UTC)
        walk.opens()
        walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
        path = f"/tasks/{walk.task('determine_handling').id}"
    office = sign_in("jie")
    office.get(path)
    assert shown(office) == {
        "投诉分类": "品质异常",
        "原因类别": "制程",
        "责任归属部门": "制造部门",
    }
    answer = office.does(path, "determine_handling", complaint_class="non_quality")
    assert answer.status_code == 303
    with database.begin() as conn:
        walk.conn = conn
        assert "complaint_class" not in walk.dossier.filled[-1].values
        assert walk.waits_for == {("gm-office", "plan_quality_handling")}
