"""Who is asking: sign-in, sign-out and the language that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Flask,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from engine import people
from engine.people.signing_in import SignInRefusedError, TooManyAttemptsError
from engine.people.signing_in import sign_in as sign_in_by_password
from engine.substituting.represented import of_session
from web.clock import now
from web.database import connection, transaction
from web.guard import public
from web.kept import carried, local_path, posted_values
from web.language import COOKIE, LANGUAGES, t, use_language
from web.refilling import carried_to, page_near
from web.sessions import begin_session, opened_by

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from engine.errors import Refusal
    from engine.people import Person

YEAR = 365 * 24 * 3600

bp = Blueprint("people", __name__)


def know_people(app: Flask) -> None:
    """Tell every template who is asking."""
    app.context_processor(lambda: {"person": person_or_nobody})


def person_or_nobody() -> Person | None:
    """Return the person signed in, asked of the database once a request, or None."""
    if "person" not in g:
        key = opened_by()
        g.person = None if key is None else of_session(connection(), *key, now=now())
        if g.person is not None:
            use_language(g.person.lang)
    found: Person | None = g.person
    return found


def current_person() -> Person:
    """Return the person signed in; the guard has let nobody else through."""
    found = person_or_nobody()
    if found is None:
        message = "a guarded view was reached by nobody"
        raise LookupError(message)
    return found


@bp.get("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    if person_or_nobody() is not None:
        return redirect(local_path(request.args.get("next")), 303)
    return sign_in_form(local_path(request.args.get("next")))


@bp.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    address = request.remote_addr or ""
    try:
        found = sign_in_by_password(transaction, login, password, address=address, now=now())
    except SignInRefusedError as refusal:
        return sign_in_form(local_path(request.form.get("next")), refusal), 401
    except TooManyAttemptsError as refusal:
        return sign_in_form(local_path(request.form.get("next")), refusal), 429
    begin_session(found)
    g.person = found
    use_language(found.lang)
    return _speaking(_back_to(local_path(request.form.get("next")), found), found.lang)


def _back_to(path: str, by: Person) -> Response:
    """Lead to where the person was, with what they had typed; a bare button is not pressed."""
    if (kept := carried_to(path, carried(), by=by)) is not None:
        return redirect(kept, 303)
    near = page_near(path)
    if near == path:
        return redirect(path, 303)
    return make_response(render_template("errors/not_done.html", back=near))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End every session of the person, so that a cookie somebody has copied is worth nothing."""
    with transaction() as conn:
        people.end_sessions(conn, current_person())
    session.clear()
    return redirect(url_for("people.sign_in_page"), 303)


@bp.post("/language/<lang>")
@public
def switch_language(lang: str) -> ResponseReturnValue:
    """Remember the language; a form that was being filled comes along and is kept as a draft."""
    chosen = lang if lang in LANGUAGES else "zh"
    path = local_path(request.args.get("next"))
    found = person_or_nobody()
    if found is not None:
        with transaction() as conn:
            people.set_language(conn, found, chosen)
        path = carried_to(local_path(request.args.get("for")), request.form, by=found) or path
    return _speaking(redirect(path, 303), chosen)


def sign_in_form(path: str, refusal: Refusal | None = None) -> str:
    """Return the sign-in page, carrying whatever this request has posted."""
    notice = None
    if refusal is not None:
        notice = t(refusal.zh, refusal.en)
    return render_template(
        "sign_in.html",
        notice=notice,
        next=path,
        login=request.form.get("login", ""),
        kept=posted_values(),
    )


def _speaking(response: Response, lang: str) -> Response:
    response.set_cookie(
        COOKIE, lang, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True
    )
    return response
