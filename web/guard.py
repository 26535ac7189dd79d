"""The door of every route: signed in, and posting with this session's token, unless public."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest, NotFound

from engine.control import has_control, in_one_line
from web.sessions import stay_awake
from web.token import check_token, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_View = TypeVar("_View", bound="Callable[..., object]")


class SecretAwayError(Exception):
    """The secret that signs sessions could not be read since the start of this process."""


class SignedOutError(Exception):
    """A guarded view was asked for without a session, or with one that has ended."""


def public(view: _View) -> _View:
    """Let anybody reach this view."""
    view.public = True  # type: ignore[attr-defined]
    return view


def bare(view: _View) -> _View:
    """Let this view answer without database, session or secret."""
    view.bare = True  # type: ignore[attr-defined]
    return public(view)


def quiet(view: _View) -> _View:
    """Mark a view that pages ask by themselves: asking is not activity of a person."""
    view.quiet = True  # type: ignore[attr-defined]
    return view


def keep_the_door(app: Flask, who: Callable[[], Person | None]) -> None:
    """Ask every request, before its view, `who` sends it."""
    app.jinja_env.globals["csrf_token"] = token
    app.before_request(partial(_ask, who))


def is_public(view: object) -> bool:
    """Say whether a view (by ``public``) or the static files may be had by anybody."""
    return bool(getattr(view, "public", False))


def _refuse_garbage() -> None:
    """Refuse what no link of ours holds: NUL, which PostgreSQL's texts cannot take, and its kin."""
    if has_control(request.path):
        raise NotFound
    asked = (text for pair in request.args.items(multi=True) for text in pair)
    if any(has_control(in_one_line(text)) for text in asked):
        raise BadRequest


def _ask(who: Callable[[], Person | None]) -> None:
    _refuse_garbage()
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "bare", False):
        return
    if current_app.secret_key is None:
        raise SecretAwayError
    if not is_public(view):
        if who() is None:
            raise SignedOutError
        if not getattr(view, "quiet", False):
            stay_awake()
    if request.method not in SAFE_METHODS:
        check_token()
