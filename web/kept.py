"""Nothing typed is ever lost: posted values carried through pages that could not take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "kept."
_OURS = frozenset({"csrf_token", "next", "login", "password"})
_View = TypeVar("_View", bound="Callable[..., object]")


def keeps_typed(save: Callable[..., str]) -> Callable[[_View], _View]:
    """Say how a view's posted values outlive a lost session.

    ``save(typed, **view arguments)`` stores them as the person's draft and returns the address of
    the page that shows them again.
    """

    def mark(view: _View) -> _View:
        view.keeps_typed = save  # type: ignore[attr-defined]
        return view

    return mark


def posted_values() -> list[tuple[str, str]]:
    """Return what this request posted, as pairs in order, without our own fields."""
    if request.method == "GET":
        return []
    return [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name not in _OURS
    ]


def carried() -> MultiDict[str, str]:
    """Return the values that a sign-in form carried along."""
    return MultiDict(
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    )


def carried_to(path: str, typed: MultiDict[str, str]) -> str | None:
    """Store carried values where the view at ``path`` keeps them; return the page to show."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not typed:
        return None
    try:
        endpoint, arguments = adapter.match(path, method="POST")
    except HTTPException:
        return None
    save: Callable[..., str] | None = getattr(
        current_app.view_functions[endpoint], "keeps_typed", None
    )
    return None if save is None else save(typed, **arguments)


def local_path(path: str | None, default: str = "/") -> str:
    """Return ``path`` if it stays on this site, else ``default``."""
    if path and path.startswith("/") and not path.startswith("//") and "\\" not in path:
        return path
    return default
