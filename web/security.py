"""What a browser may do with our pages: the headers of every response."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import Flask, current_app, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

_RULES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _written(rules: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in rules.items())


STRICT = _written(_RULES)
WITH_DIAGRAM = _written(_RULES | {"style-src": "'self' 'unsafe-inline'"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_STRICT = [*_HEADERS.items(), ("Content-Security-Policy", STRICT)]
_WITH_DIAGRAM = [*_HEADERS.items(), ("Content-Security-Policy", WITH_DIAGRAM)]
_View = TypeVar("_View", bound="Callable[..., object]")


def draws(view: _View) -> _View:
    """Mark a page with a diagram: bpmn-js writes styles into its drawing."""
    view.draws = True  # type: ignore[attr-defined]
    return view


def harden(app: Flask) -> None:
    """Set the headers on every response that has not chosen its own."""
    app.after_request(_with_headers)


def _with_headers(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    wanted = _WITH_DIAGRAM if getattr(view, "draws", False) else _STRICT
    chosen = {name.lower() for name, _ in response.headers}
    if request.endpoint != "static" and "cache-control" not in chosen:
        response.headers.add("Cache-Control", "no-store")
    response.headers.extend((n, v) for n, v in wanted if n.lower() not in chosen)
    return response
