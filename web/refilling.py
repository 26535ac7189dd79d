"""What was typed goes back to its page: into its own boxes, or listed to be copied.

A page that asks for a form again (one that keeps drafts) says so by ``keeps_typed``; every other
page that can be opened reads ``request.form``, and is given there what was posted before.

A browser sends one form only. So a page with several acts is one form with the id ``answers``, each
act a button with its own ``formaction`` and each box with a name of its own (``why.<duty>``): then
the language is switched, and each act refused, with all that was typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, request, session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from engine.tasks import drafts
from web.clock import now
from web.database import connection, transaction
from web.kept import posted_values, typed_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response
    from werkzeug.datastructures import MultiDict

    from engine.people import Person
    from web.kept import Kept

_KEY = "refill"
_WHERE = "_page"


def refill_pages(app: Flask) -> None:
    """Give every page what was typed for it before, until it is sent."""
    app.before_request(_refill)
    app.after_request(_forget)
    app.jinja_env.globals.update(
        refilled=_refilled, page_near=page_near, posted_values=posted_values
    )


def carried_to(path: str, posted: MultiDict[str, str], *, by: Person) -> str | None:
    """Keep carried values for the view that is posted to at ``path``; return the page to show.

    None if nothing was typed, or nothing is posted there.
    """
    adapter, typed = current_app.create_url_adapter(request), typed_only(posted)
    if adapter is None or not typed:
        return None
    try:
        endpoint, arguments = adapter.match(path, method="POST")
    except HTTPException:
        return None
    view = current_app.view_functions[endpoint]
    save: Callable[..., str] | None = getattr(view, "keeps_typed", None)
    if save is not None:
        return save(posted, **arguments)
    near = page_near(path)
    with transaction() as conn:
        drafts.save(conn, drafts.OF_PAGE, {**typed, _WHERE: [near]}, by=by, now=now())
    session[_KEY] = near
    return near


def page_near(path: str) -> str:
    """Return ``path`` if it can be opened, else the page above it, on which its button stands."""
    adapter, near = current_app.create_url_adapter(request), path.partition("?")[0]
    if adapter is None or adapter.test(near, "GET") or not adapter.test(near, "POST"):
        return path
    while near and not adapter.test(near, "GET"):
        near = near.rpartition("/")[0]
    return near or "/"


def _refill() -> None:
    """Have a page read what was typed for it; what it was about stands in its address again."""
    person: Person | None = g.get("person")
    if person is None or request.method != "GET" or session.get(_KEY) != request.path:
        return
    typed = drafts.load(connection(), drafts.OF_PAGE, by=person)
    if typed is None or typed.pop(_WHERE, []) != [request.path]:
        return
    pairs = [(name, value) for name, values in typed.items() for value in values]
    request.form = ImmutableMultiDict(pairs)
    request.args = ImmutableMultiDict([*request.args.items(multi=True), *pairs])


def _refilled() -> list[Kept] | None:
    """Return what this page was given again; None if it was just opened or nobody had typed."""
    given = posted_values() if request.method == "GET" else []
    return given if any(one.label and one.value for one in given) else None


def _forget(response: Response) -> Response:
    """Once the form of a page is taken, the page is empty again."""
    done = request.method == "POST" and response.status_code == 303  # noqa: PLR2004 - see other
    typed_for = session.get(_KEY) if done and g.get("person") is not None else None
    if typed_for is not None and typed_for == page_near(request.path):
        session.pop(_KEY)
    return response
