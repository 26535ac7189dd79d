"""Where a page may lead: to this site and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from web.kept import local_path

if TYPE_CHECKING:
    from tests.web.visiting import Visitor

AWAY = (
    "/\t/evil.example",
    "/%09/evil.example",
    "/\n/evil.example",
    "/\r//evil.example",
    "\t//evil.example",
    "//evil.example",
    "/%2Fevil.example",
    "/\\evil.example",
    "/%5Cevil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\x00",
    "/\x7f",
    "/\x85/evil.example",
    "evil.example",
    "",
)
HERE = ("/", "/cases?q=%E5%93%88%E5%AF%86&page=2", "/cases?q=哈密 天源", "/tasks/7?then=1#form")


@pytest.mark.parametrize("path", AWAY)
def test_what_leads_away_leads_to_the_inbox_instead(path: str) -> None:
    assert local_path(path) == "/"
    assert local_path(path, "/notices") == "/notices"


@pytest.mark.parametrize("path", HERE)
def test_what_stays_here_stays_as_it_is(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("away", AWAY[:-1])
def test_no_redirect_of_ours_leads_away(fang: Visitor, visitor: Visitor, away: str) -> None:
    visitor.get("/sign-in")
    sent = {**visitor.values("/sign-in"), "login": "fang", "password": "correct horse"}
    answers = (
        visitor.post("/sign-in", {**sent, "next": away}),
        fang.get(f"/sign-in?next={quote(away, safe='')}"),
        fang.post(f"/language/zh?next={quote(away, safe='')}"),
        fang.post("/notices/seen", {"next": away}),
    )
    led = [(answer.status_code, answer.headers.get("Location")) for answer in answers]
    if "\x00" in away or "\x7f" in away or "\x85" in away:
        assert led[0] == (303, "/")
        return
    assert led == [(303, "/"), (303, "/"), (303, "/"), (303, "/notices")]
