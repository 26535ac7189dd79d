"""Words that a page says once, to the person who has just come from another: never on reloading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, session

from forms import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = "once"
_LONGEST = 300


def say_once(path: str, word: str, refused: Mapping[str, Problem] | None = None) -> None:
    """Have the page at ``path`` say a word when it is shown next, with what it refused of a form.

    ``refused`` is keyed by pointer; its texts are cut to what a cookie can hold.
    """
    told = {
        pointer: [problem.zh[:_LONGEST], problem.en[:_LONGEST]]
        for pointer, problem in (refused or {}).items()
    }
    session[_KEY] = [path, word, told]


def said_once() -> tuple[str, dict[str, Problem]]:
    """Return what this page is to say now, "" being nothing, and forget it."""
    path, word, told = session.get(_KEY) or ["", "", {}]
    if path != request.path:
        return "", {}
    session.pop(_KEY)
    return word, {pointer: Problem(zh, en) for pointer, (zh, en) in told.items()}
