"""Calendars: years to look at, files to take over, each change shown before it is confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flask import redirect, render_template, request, url_for

from engine import calendars
from engine.calendars import chain
from engine.calendars.cells import hours_said
from engine.calendars.changes import change
from engine.calendars.differences import differences, use_said
from engine.calendars.edits import BadCalendarError, existing, zones
from engine.calendars.files import BadCalendarFileError
from engine.clocks import deadlines
from engine.duties import planning
from engine.people import role_names
from engine.reasons import BadReasonError, checked_reason
from engine.roles import PROCESS_OWNER
from engine.spiff import Names
from web.admin.proposals import change_of, proposed
from web.admin.sections import section
from web.admin.years import year_of
from web.clock import now
from web.database import connection, transaction
from web.language import our_company, t
from web.people import current_person

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.calendars import Stored
    from engine.errors import Refusal
    from web.admin.proposals import Proposal

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
MOST_FORESEEN: Final = 1000
"""Open cases that a preview looks at; reckoning one takes a millisecond."""

LAST: Final = 2**31 - 1
"""The highest number that a revision can have."""

bp = section("calendars", "日历", "Calendars", roles={PROCESS_OWNER})
bp.add_app_template_filter(hours_said, "hours")
bp.add_app_template_global(use_said, "said_use")


@bp.app_template_filter()
def either(text: str) -> str:
    """Return the reader's half of what is written as ``中文 / English``, else all of it."""
    zh, _, en = text.partition(" / ")
    return t(zh, en or zh)


@bp.get("")
def index() -> ResponseReturnValue:
    """Show all; with what was typed for a change, the page or the preview on which it was."""
    stored, typed = calendars.current(connection()), request.form
    if "why" in typed:
        return _preview(stored, proposed(stored, typed, None), None)
    return _again(None)


def _index(refusal: Refusal | None) -> str:
    conn = connection()
    return render_template(
        "admin/calendars.html",
        stored=calendars.current(conn),
        revisions=calendars.revisions(conn),
        waiting=deadlines.waiting(conn, calendars.current(conn).revision),
        roles=_roles(),
        refusal=refusal,
        typed=request.form,
    )


@bp.get("/import")
def upload() -> ResponseReturnValue:
    return _upload(None)


def _upload(refusal: Refusal | None) -> str:
    stored = calendars.current(connection())
    return render_template(
        "admin/calendar_import.html", stored=stored, refusal=refusal, typed=request.values
    )


@bp.get("/new")
def make() -> ResponseReturnValue:
    return _make(None)


def _make(refusal: Refusal | None) -> str:
    return render_template(
        "admin/calendar_new.html",
        stored=calendars.current(connection()),
        zones=zones(),
        refusal=refusal,
        typed=request.form,
    )


@bp.get("/of/<code>")
def show(code: str) -> ResponseReturnValue:
    return _show(code, None)


def _show(code: str, refusal: Refusal | None) -> str:
    stored = calendars.current(connection())
    kept = existing(stored, code)
    this = now().astimezone(our_company().zone).date()
    year = min(max(request.values.get("year", this.year, type=int), FIRST_YEAR), LAST_YEAR)
    return render_template(
        "admin/calendar.html",
        calendar=kept,
        year=year_of(kept, year, today=this),
        zones=zones(),
        refusal=refusal,
        typed=request.form,
    )


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """Show what a change would do; nothing is stored."""
    stored = calendars.current(connection())
    try:
        found = proposed(stored, request.form, request.files.get("file"))
    except (BadCalendarError, BadCalendarFileError) as refusal:
        return _again(refusal), 422
    return _preview(stored, found, None)


def _preview(stored: Stored, found: Proposal, refusal: Refusal | None) -> str:
    return render_template(
        "admin/calendar_preview.html",
        found=found,
        differences=differences(stored, found.after, roles=_roles()),
        revision=stored.revision,
        foreseen=deadlines.foresee(connection(), found.after, now=now(), most=MOST_FORESEEN),
        duties=planning.foresee(connection(), found.after),
        back=_back(),
        refusal=refusal,
        why=request.form.get("why", ""),
    )


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Store a change that was previewed, or ask why once more. Raises CalendarsChangedError."""
    by, why = current_person(), request.form.get("why", "")
    try:
        checked_reason(why)
    except BadReasonError as refusal:
        stored = calendars.current(connection())
        return _preview(stored, proposed(stored, request.form, None), refusal), 422
    revision = request.form.get("revision", -1, type=int)
    with transaction() as conn:
        stored = replace(calendars.current(conn), revision=revision)
        found = proposed(stored, request.form, None)
        made = change(conn, found.after, by=by, now=now(), note=why)
    return redirect(url_for("admin_calendars.told", key=made.id), 303)


@bp.get(f"/revisions/<int(max={LAST}):key>")
def told(key: int) -> ResponseReturnValue:
    conn = connection()
    revision = calendars.revision(conn, key)
    return render_template(
        "admin/calendar_revision.html",
        revision=revision,
        waiting=deadlines.waiting(conn, key),
        moved=deadlines.moved(conn, revision),
        changes=chain.changes(conn, key),
    )


def _again(refusal: Refusal | None) -> str:
    """Show the page from which a change came, with what was typed and why it cannot be, if so."""
    what = change_of(request.form)
    if what == "import":
        return _upload(refusal)
    if what == "new":
        return _make(refusal)
    if what in {"day", "calendar"}:
        return _show(request.form.get("calendar", ""), refusal)
    return _index(refusal)


def _back() -> str:
    if change_of(request.form) in {"day", "calendar"}:
        return url_for("admin_calendars.show", code=request.form.get("calendar", ""))
    return url_for("admin_calendars.index")


def _roles() -> dict[str, Names]:
    return {code: Names(*names) for code, names in role_names(connection()).items()}
