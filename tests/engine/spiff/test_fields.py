"""One variable is of one type, whichever form fills it."""

from __future__ import annotations

import pytest

from engine.spiff import Asked, BrokenFilesError, compile_procedure
from tests.engine.spiff.drawing import ROLES, Process, files_of


def publishes(*kinds: str) -> None:
    p = Process("demo")
    p.message_start()
    p.user("one")
    p.user("two")
    p.end()
    p.chain("opened", "one", "two", "done")
    asked = [{"agreed": Asked(kind)} for kind in kinds]
    forms = {"demo/opened": {}, "demo/one": asked[0], "demo/two": asked[1]}
    compile_procedure(files_of(p), root="demo", roles=ROLES, clauses=set(), forms=forms)


@pytest.mark.parametrize("kinds", [("boolean", "choice"), ("date", "text"), ("number", "list")])
def test_two_forms_that_fill_it_differently_are_named(kinds: tuple[str, str]) -> None:
    with pytest.raises(BrokenFilesError) as caught:
        publishes(*kinds)
    (problem,) = caught.value.problems
    assert problem.code == "field_of_two_types"
    assert "forms/demo/one.json" in problem.zh
    assert "forms/demo/two.json" in problem.en


@pytest.mark.parametrize("kinds", [("text", "choice"), ("any", "boolean"), ("date", "date")])
def test_what_can_be_the_same_is_published(kinds: tuple[str, str]) -> None:
    publishes(*kinds)
