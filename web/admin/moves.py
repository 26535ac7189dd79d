"""Moving open cases to another version: begin, watch them being looked at, decide, and see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import make_response, redirect, render_template, request, url_for

from engine.errors import Refusal
from engine.roles import ADMINISTRATORS
from engine.spiff import Dues
from engine.transfers.batches import Which, carry_out, look_again
from engine.transfers.ending import give_up
from engine.transfers.foreseen import batch, latest
from engine.transfers.planning import begin, targets
from web.admin.sections import section
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.people import current_person

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

LARGEST: Final = 2**31 - 1
SECONDS: Final = "2"
"""After which a page is asked for again whose cases are still being looked at."""
_ONE: Final = f"/<int(max={LARGEST}):key>"

bp = section("moves", "迁移", "Moves", roles=ADMINISTRATORS)


class NoTargetError(Refusal):
    """No version was chosen, or not in a way that the page offers."""

    code = "no_target"

    def __init__(self) -> None:
        super().__init__("请选择要迁移到的版本。", "Choose the version that cases go to.")


@bp.get("")
def index() -> ResponseReturnValue:
    return _start(None)


@bp.post("")
def start() -> ResponseReturnValue:
    """Begin a batch: workers look at its cases."""
    typed, by = request.form, current_person()
    procedure, _, number = typed.get("target", "").rpartition(":")
    due = Dues.DRAWN if typed.get("due") == Dues.DRAWN.value else Dues.KEPT
    try:
        if not number.isdecimal() or int(number) > LARGEST:
            raise NoTargetError
        with transaction() as conn:
            key = begin(
                conn, procedure, int(number), reason=typed.get("why", ""), due=due, by=by, now=now()
            )
    except Refusal as refused:
        status = 422 if isinstance(refused, NoTargetError) else status_of(refused)
        return _start(refused), status
    return redirect(url_for("admin_moves.show", key=key), 303)


@bp.get(_ONE)
def show(key: int) -> ResponseReturnValue:
    return _page(key, None)


@bp.post(f"{_ONE}/move")
def move(key: int) -> ResponseReturnValue:
    """Move all of its cases, or those that can."""
    which = Which.ABLE if request.form.get("which") == Which.ABLE.value else Which.ALL
    try:
        with transaction() as conn:
            carry_out(conn, key, which, by=current_person(), now=now())
    except Refusal as refused:
        return _page(key, refused), status_of(refused)
    return redirect(url_for("admin_moves.show", key=key), 303)


@bp.post(f"{_ONE}/again")
def again(key: int) -> ResponseReturnValue:
    """Let all of its cases be looked at anew."""
    try:
        with transaction() as conn:
            look_again(conn, key)
    except Refusal as refused:
        return _page(key, refused), status_of(refused)
    return redirect(url_for("admin_moves.show", key=key), 303)


@bp.post(f"{_ONE}/drop")
def drop(key: int) -> ResponseReturnValue:
    """Leave all of its cases where they are."""
    try:
        with transaction() as conn:
            give_up(conn, key, by=current_person(), now=now())
    except Refusal as refused:
        return _page(key, refused), status_of(refused)
    return redirect(url_for("admin_moves.show", key=key), 303)


def _start(refused: Refusal | None) -> str:
    return render_template(
        "admin/moves.html",
        targets=targets(connection()),
        lines=latest(connection()),
        refused=refused,
        typed=request.form,
    )


def _page(key: int, refused: Refusal | None) -> Response:
    found = batch(connection(), key)
    page = make_response(render_template("admin/move.html", batch=found, refused=refused))
    if found.count(None) and found.ended_at is None:
        page.headers["Refresh"] = f"{SECONDS}; url={url_for('admin_moves.show', key=key)}"
    return page
