"""My settings: who stands in for me, for whom I stand in, and what was done for me."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from engine.reasons import BadReasonError
from engine.substituting import listing, making
from engine.substituting.offering import offer
from engine.substituting.refusals import (
    BadPeriodError,
    BadScopeError,
    ForOneselfError,
    NobodyError,
    RingError,
    SubstitutedAlreadyError,
    no_days,
)
from engine.substituting.told import done_for
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.once import said_once, say_once
from web.people import current_person

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal

LAST_ID = 2**63 - 1
_TO_BE_MENDED = (
    *(BadPeriodError, BadReasonError, BadScopeError, ForOneselfError),
    *(NobodyError, RingError, SubstitutedAlreadyError),
)

bp = Blueprint("my_settings", __name__, url_prefix="/settings")


@bp.get("")
def show() -> ResponseReturnValue:
    return _page()


@bp.post("/substitutions")
def make() -> ResponseReturnValue:
    try:
        with transaction() as conn:
            making.make(conn, _wanted(), by=current_person(), now=now())
    except _TO_BE_MENDED as refusal:
        return _page(refusal), status_of(refusal)
    there = url_for("my_settings.show")
    say_once(there, "arranged")
    return redirect(there, 303)


@bp.post(f"/substitutions/<int(max={LAST_ID}):number>/end")
def end(number: int) -> ResponseReturnValue:
    with transaction() as conn:
        making.end(conn, number, by=current_person(), now=now())
    return redirect(url_for("my_settings.show"), 303)


def _wanted() -> making.Wanted:
    """Read the posted form. Raises NobodyError and BadPeriodError."""
    form = request.form
    return making.Wanted(
        person=_key(form.get("person", "")),
        substitute=_key(form.get("substitute", "")),
        first=_day(form.get("first", "")),
        last=_day(form.get("last", "")),
        procedure=form.get("procedure") or None,
        steps=frozenset(form.getlist("step")),
        reason=form.get("reason", ""),
    )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NobodyError from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise no_days() from None


def _page(refusal: Refusal | None = None) -> str:
    conn, by, at = connection(), current_person(), now()
    offered = offer(conn, by)
    theirs = {one.id for one in offered.arranged if one.id != by.id}
    return render_template(
        "my_settings.html",
        active="settings",
        refusal=refusal,
        typed=request.form,
        offered=offered,
        of_me=listing.of_person(conn, by.id, now=at),
        by_me=listing.by_substitute(conn, by.id, now=at),
        arranged=[
            one
            for one in listing.arranged(conn, now=at)
            if one.person_id in theirs and one.substitute_id != by.id
        ],
        done=done_for(conn, by.id),
        today=listing.today(conn, at),
        once=said_once()[0],
        now=at,
    )
