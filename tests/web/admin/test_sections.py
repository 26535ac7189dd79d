"""Administration: who finds the way there, and who is told that it is not theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.roles import OPERATOR, PROCESS_OWNER
from web.admin.sections import section

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.web.visiting import Visitor

WAY_IN = "//nav[@class='places']//a[@href='/admin']"
TABS = "//nav[contains(@class, 'admin-tabs')]/a"


@pytest.fixture
def owned(app: Flask) -> None:
    """Add a section that is only the process owner's."""
    bp = section("owned", "专属", "Owned", roles={PROCESS_OWNER})

    @bp.get("")
    def index() -> str:
        return "owned"

    app.register_blueprint(bp)


@pytest.mark.usefixtures("owned")
@pytest.mark.parametrize("login", ["he", "lin"])
def test_administration_leads_to_the_first_section_that_is_theirs(
    sign_in: Callable[[str], Visitor], login: str
) -> None:
    visitor = sign_in(login)
    visitor.get("/")
    assert len(visitor.all(WAY_IN)) == 1
    visitor.follow(visitor.get("/admin"))
    assert visitor.status == 200
    assert visitor.all(TABS)[0].get("aria-current") == "page"


@pytest.mark.usefixtures("owned")
def test_only_the_tabs_of_ones_own_sections_are_shown(
    sign_in: Callable[[str], Visitor],
) -> None:
    he = sign_in("he")
    he.get("/admin/incidents")
    tabs = {tab.text: tab.get("aria-current") for tab in he.all(TABS)}
    assert tabs.pop("异常") == "page"
    assert "专属" not in tabs
    assert set(tabs.values()) <= {None}


@pytest.mark.usefixtures("owned")
@pytest.mark.parametrize(
    ("login", "path", "role"),
    [
        ("fang", "/admin", "规程管理员"),
        ("fang", "/admin/incidents", "系统管理员"),
        ("lin", "/admin/staff", "系统管理员"),
        ("he", "/admin/owned", "规程管理员"),
        ("nobody", "/admin/incidents", "系统管理员"),
    ],
)
def test_others_are_told_whose_it_is(
    sign_in: Callable[[str], Visitor], login: str, path: str, role: str
) -> None:
    visitor = sign_in(login)
    assert visitor.get(path).status_code == 403
    assert role in visitor.text
    assert visitor.all("//a[@href='/']")
    visitor.get("/")
    assert bool(visitor.all(WAY_IN)) == (login in {"lin", "he"})


def test_a_company_with_roles_of_its_own_can_give_both(app: Flask) -> None:
    """The migration puts them there, whatever roles.yaml a company has published."""
    from engine.people import check_roles

    with app.extensions["banjie.engine"].connect() as conn:
        check_roles(conn, {PROCESS_OWNER, OPERATOR})
