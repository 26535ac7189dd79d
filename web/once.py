"""Words that a page says once, to the person who has just come from another: never on reloading."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import after_this_request, current_app, request, session

from forms import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

WORDS = frozenset(
    {
        *("acted", "again", "asked", "arranged", "begun", "done", "kept"),
        *("left", "repaired", "saved", "then"),
    }
)

_KEY = "once"
_LONGEST = 300
_SECONDS = 60


def say_once(path: str, word: str, refused: Mapping[str, Problem] | None = None) -> None:
    """Have the page at ``path`` say a word when it is shown next, with what it refused of a form.

    A word alone goes in a cookie of that page, unsigned, for there is nothing to forge: signing
    the session anew would cost a twelfth of a step. ``refused`` is keyed by pointer; its texts go
    with the session, cut to what a cookie can hold.
    """
    if not refused:
        after_this_request(partial(_send, path, word))
        return
    told = {
        pointer: [problem.zh[:_LONGEST], problem.en[:_LONGEST]]
        for pointer, problem in refused.items()
    }
    session[_KEY] = [path, word, told]


def said_once() -> tuple[str, dict[str, Problem]]:
    """Return what this page is to say now, "" being nothing, and forget it."""
    path, word, told = session.get(_KEY) or ["", "", {}]
    if path == request.path:
        session.pop(_KEY)
        return word, {pointer: Problem(zh, en) for pointer, (zh, en) in told.items()}
    word = request.cookies.get(_KEY, "")
    if word:
        after_this_request(partial(_send, request.path, ""))
    return (word if word in WORDS else ""), {}


def _send(path: str, word: str, response: Response) -> Response:
    response.set_cookie(
        _KEY,
        word,
        max_age=_SECONDS if word else 0,
        path=path,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
