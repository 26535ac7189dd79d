"""Incidents: what failed, by cause; trying it again, one or all with the same cause; leaving it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from engine.errors import NotFoundError, Refusal
from engine.incidents import incidentlist, incidentview
from engine.incidents.closing import close as leave_undone
from engine.incidents.resolved import resolved
from engine.incidents.retrying import retry as do_again
from engine.roles import ADMINISTRATORS, OPERATOR, check_holds
from web.admin.incidentpage import page_of
from web.admin.sections import section
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.once import said_once, say_once
from web.onward import whence
from web.people import current_person
from web.security import draws

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


LAST = 2**63 - 1
"""The highest number that an incident can have."""

LAST_PAGE = 10_000
AT_A_TIME = 1.0
"""Seconds that one request spends on retrying; the page then asks for the next ones."""

KEY = f"/<int(max={LAST}):key>"

bp = section("incidents", "异常", "Incidents", roles=ADMINISTRATORS, count=incidentlist.count_open)


@bp.before_request
def check_repairs() -> None:
    """Let whoever answers for procedures see what failed; operators mend it."""
    if request.method == "POST" or request.endpoint == "admin_incidents.run":
        check_holds(connection(), current_person(), {OPERATOR})


@bp.app_template_global()
def may_repair() -> bool:
    """Whether the person asking mends what failed, and does not only look."""
    return OPERATOR in current_person().roles


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template(
        "admin/incidents.html", causes=incidentlist.causes(connection()), done=whence("case")
    )


@bp.get(f"{KEY}/alike")
def alike(key: int) -> ResponseReturnValue:
    """List every incident with the cause of this one."""
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    cause, more = incidentlist.alike(connection(), key, page=page)
    return render_template("admin/alike.html", cause=cause, more=more, page=page, key=key)


@bp.get(KEY)
@draws
def show(key: int) -> ResponseReturnValue:
    """Show an incident; one that is over meanwhile says when, by whom, and where the case is."""
    try:
        found = incidentview.opened(connection(), key)
    except NotFoundError:
        over = resolved(connection(), key)
        return render_template("admin/incident_over.html", over=over, incident=over.incident)
    return page_of(found, once=said_once()[0])


@bp.post(f"{KEY}/retry")
@draws
def retry(key: int) -> ResponseReturnValue:
    try:
        with transaction() as conn:
            tried = do_again(conn, key, by=current_person(), now=now())
    except NotFoundError:
        raise
    except Refusal as refusal:
        found = incidentview.opened(connection(), key)
        return page_of(found, refusal=refusal), status_of(refusal)
    if tried.resolved_at is not None:
        queued = 1 if tried.is_queued else None
        case = None if tried.was_over else tried.case_id
        return redirect(url_for(".index", over=key, case=case, queued=queued), 303)
    there = url_for(".show", key=key)
    say_once(there, "again")
    return redirect(there, 303)


@bp.post(f"{KEY}/close")
@draws
def close(key: int) -> ResponseReturnValue:
    reason = request.form.get("why", "")
    try:
        with transaction() as conn:
            closed = leave_undone(conn, key, reason=reason, by=current_person(), now=now())
    except NotFoundError:
        raise
    except Refusal as refusal:
        found = incidentview.opened(connection(), key)
        return page_of(found, refusal=refusal), status_of(refusal)
    return redirect(url_for(".index", closed=closed.id), 303)


@bp.get(f"{KEY}/all")
def run(key: int) -> ResponseReturnValue:
    """Show how far retrying all with one cause has come; the page itself asks to go on."""
    told = {name: _number(request.args, name) for name in ("after", "total", "done", "failed")}
    last = _last(request.args, key)
    following = incidentlist.next_alike(connection(), last, after=told["after"])
    is_finished = following is None
    return render_template("admin/run.html", key=key, is_finished=is_finished, last=last, **told)


@bp.post(f"{KEY}/all")
def retry_all(key: int) -> ResponseReturnValue:
    """Retry the next ones with the same cause, each in a transaction of its own."""
    after, done, failed = (_number(request.form, name) for name in ("after", "done", "failed"))
    total, last = _number(request.form, "total"), _last(request.form, key)
    until = monotonic() + AT_A_TIME
    while monotonic() < until:
        following = incidentlist.next_alike(connection(), last, after=after)
        if following is None:
            break
        after = following
        if _is_done(following):
            done += 1
        else:
            failed += 1
    there = url_for(".run", key=key, after=after, last=last, total=total, done=done, failed=failed)
    return redirect(there, 303)


def _last(given: dict[str, str], key: int) -> int:
    """Return the last one to be tried, which is fixed when the first is."""
    return _number(given, "last") or incidentlist.last_alike(connection(), key) or 0


def _is_done(key: int) -> bool:
    try:
        with transaction() as conn:
            return do_again(conn, key, by=current_person(), now=now()).resolved_at is not None
    except Refusal:
        return False


def _number(given: dict[str, str], name: str) -> int:
    said = given.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < len(str(LAST)) else 0
