"""Somebody leaves: shown first to whom their work goes, then done by an operator with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.tables import tasks
from tests.web.visiting import task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person
    from tests.web.visiting import Visitor


def confirmed(visitor: Visitor) -> dict[str, Any]:
    """Return what the form below the preview would send."""
    (form,) = visitor.all("//form[@id='answers']")
    return dict(form.form_values())


def test_who_leaves_hands_over_what_was_shown(
    fang: Visitor,
    he: Visitor,
    sign_in: Callable[[str], Visitor],
    staff: dict[str, Person],
    database: sa.Engine,
) -> None:
    path = task_path(fang.opens())
    fang.post(f"{path}/claim")
    page = f"/admin/staff/{staff['fang'].id}/leaving"
    he.get("/admin/staff")
    assert he.all(f"//a[@href='{page}']")

    he.get(page)
    assert "查明异常资料" in he.text
    assert "放回岗位：销售部" in he.text
    he.get(f"{page}?to=min")
    assert "→ 敏敏" in he.text
    values = confirmed(he)
    assert he.post(page, {**values, "reason": " "}).status_code == 422
    assert "请写明原因" in he.text
    assert "→ 敏敏" in he.text
    he.follow(he.post(page, {**values, "reason": "离职"}))
    assert "已停用并交接" in he.text
    assert not he.all(f"//a[@href='{page}']")

    assert fang.get("/").status_code == 302
    with database.connect() as conn:
        assert conn.scalar(sa.select(tasks.c.claimed_by)) == staff["min"].id
    heir = sign_in("min")
    heir.get("/notices")
    assert "王芳 离开，“查明异常资料”交由您接手：离职" in heir.text
    assert he.post(page, {**values, "reason": "离职"}).status_code == 404


def test_what_somebody_has_taken_since_it_was_read_is_shown_before_it_is_handed_over(
    fang: Visitor, he: Visitor, staff: dict[str, Person], database: sa.Engine
) -> None:
    page = f"/admin/staff/{staff['fang'].id}/leaving"
    he.get(f"{page}?to=min")
    assert "名下没有待办" in he.text
    sent = {**confirmed(he), "reason": "离职"}
    fang.post(f"{task_path(fang.opens())}/claim")

    assert he.post(page, sent).status_code == 409
    assert "您看过之后情况有了变化" in he.text
    assert "→ 敏敏" in he.text
    with database.connect() as conn:
        assert conn.scalar(sa.select(tasks.c.claimed_by)) == staff["fang"].id
    again = confirmed(he)
    assert (again["reason"], again["to"]) == ("离职", "min")
    assert he.post(page, again).status_code == 303


def test_only_operators_let_people_go_and_never_themselves(
    fang: Visitor, he: Visitor, sign_in: Callable[[str], Visitor], staff: dict[str, Person]
) -> None:
    page = f"/admin/staff/{staff['min'].id}/leaving"
    for visitor in (fang, sign_in("lin")):
        assert visitor.get("/admin/staff").status_code == 403
        assert visitor.post(page, {"reason": "离职"}).status_code == 403
    own = f"/admin/staff/{staff['he'].id}/leaving"
    assert he.post(own, {"reason": "离职"}).status_code == 409
    assert "不能停用自己的账号" in he.text
    assert he.get(f"{page}?to=min").status_code == 422
    assert he.get(f"{page}?to=nobody-here").status_code == 404
    he.follow(he.post("/language/en?next=/admin/staff"))
    he.get(page)
    assert "Hand over and end their access" in he.text
