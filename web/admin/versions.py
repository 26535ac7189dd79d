"""Versions: what is in force, planned, past; what each changed; the way back, with a reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from flask import redirect, render_template, request, url_for

from engine import procedures
from engine.errors import Refusal
from engine.procedures import VersionChangedError
from engine.procedures.promises import dropped
from engine.reasons import BadReasonError, checked_reason
from engine.roles import PROCESS_OWNER
from engine.spiff import BrokenFilesError, promises
from engine.substituting.listing import today
from engine.versioning.again import roll_back, row_of, withdraw
from engine.versioning.differences import differences
from engine.versioning.listing import State, all_versions
from engine.versioning.terms import AT_ONCE, PastDayError, Terms
from web.admin.sections import section
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.guaranteed import guaranteed
from web.people import current_person
from web.procedures import LAST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from engine.procedures import Version
    from engine.procedures.promises import Dropped
    from engine.versioning.differences import Differences
    from engine.versioning.listing import Listed

_ONE = f"/<procedure>/<int(max={LAST}):number>"

_T = TypeVar("_T")

bp = section("versions", "版本", "Versions", roles={PROCESS_OWNER})


class BadDayError(Refusal):
    """What was typed as a day is none."""

    code = "bad_day"

    def __init__(self) -> None:
        super().__init__(
            "日期应写成 2027-01-31 这样；要立即生效，请不填。",
            "Write the day like 2027-01-31, or none to publish at once.",
        )


@bp.get("")
def index() -> ResponseReturnValue:
    of_each: dict[str, list[Listed]] = {}
    for one in all_versions(connection()):
        of_each.setdefault(one.procedure, []).append(one)
    return render_template("admin/versions.html", procedures=of_each)


@bp.get(_ONE)
def show(procedure: str, number: int) -> ResponseReturnValue:
    return _page(procedure, number)


@bp.post(f"{_ONE}/again")
def again(procedure: str, number: int) -> ResponseReturnValue:
    """Publish it again, at once or from a day on."""
    typed, terms, reason = request.form, _tried(_terms), _tried(_reason)
    if isinstance(terms, Refusal) or isinstance(reason, Refusal):
        known = AT_ONCE if isinstance(terms, Refusal) else terms
        return _page(procedure, number, wrong=(terms, reason), terms=known), 422
    try:
        with transaction() as conn:
            made = roll_back(
                conn, procedure, number, reason=reason, by=current_person(), now=now(),
                terms=terms, seen=typed.getlist("seen", type=int),
            )  # fmt: skip
    except (Refusal, BrokenFilesError) as refused:
        return _page(procedure, number, refused, terms=terms), _status(refused)
    return redirect(url_for("admin_versions.show", procedure=procedure, number=made), 303)


@bp.post(f"{_ONE}/withdraw")
def take_back(procedure: str, number: int) -> ResponseReturnValue:
    """Take a planned version back."""
    reason = _tried(_reason)
    if isinstance(reason, Refusal):
        return _page(procedure, number, wrong=(reason,)), 422
    try:
        with transaction() as conn:
            withdraw(conn, procedure, number, reason=reason, by=current_person(), now=now())
    except Refusal as refused:
        return _page(procedure, number, refused), _status(refused)
    return redirect(url_for("admin_versions.show", procedure=procedure, number=number), 303)


def _tried(read: Callable[[], _T]) -> _T | Refusal:
    """Read a field, or return why what was typed there cannot be read."""
    try:
        return read()
    except (BadDayError, PastDayError, BadReasonError) as refusal:
        return refusal


def _terms() -> Terms:
    typed = request.form
    text = typed.get("begins", "").strip()
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise BadDayError from None
    if day is not None and day <= today(connection(), now()):
        raise PastDayError(day)
    return Terms(begins=day, drops=frozenset(typed.getlist("drops")))


def _reason() -> str:
    return checked_reason(request.form.get("why", ""))


def _status(refused: Refusal | BrokenFilesError) -> int:
    return 422 if isinstance(refused, BrokenFilesError) else status_of(refused)


def _page(
    procedure: str,
    number: int,
    refused: Refusal | BrokenFilesError | None = None,
    *,
    wrong: Iterable[object] = (),
    terms: Terms = AT_ONCE,
) -> str:
    conn = connection()
    row_of(conn, procedure, number)
    line = {one.number: one for one in all_versions(conn, procedure)}
    one = line[number]
    base = line.get(request.args.get("against", type=int) or one.based_on or 0)
    version, told, broken = _read(one, base)
    standing = _standing(line.values())
    followed = _followed(standing, terms.moment(conn, now()))
    return render_template(
        "admin/version.html",
        one=one,
        version=version,
        told=told,
        base=base,
        line=line.values(),
        broken=broken,
        drawn=_drawn(version),
        guarantees=guaranteed(version) if version else [],
        clauses=sorted(promises(version.bundle.files, procedure).clauses) if version else [],
        standing=standing,
        followed=followed,
        drops=_drops(followed, version),
        refused=refused,
        wrong={each.code: each for each in wrong if isinstance(each, Refusal)},
        typed=request.form,
    )


def _standing(line: Iterable[Listed]) -> list[Listed]:
    """Return the version in force, and those planned in the order in which they begin."""
    kept = [each for each in line if each.state in (State.IN_FORCE, State.PLANNED)]
    return sorted(kept, key=lambda each: (each.state is State.PLANNED, each.begins))


def _followed(standing: Sequence[Listed], begins: datetime) -> Listed | None:
    """Return what is in force when a new version begins, and is replaced by it."""
    before = [each for each in standing if each.state is State.IN_FORCE or each.begins < begins]
    return before[-1] if before else None


def _read(
    one: Listed, base: Listed | None
) -> tuple[Version | None, Differences | None, Exception | None]:
    """Read a version and what it changed, as far as the stored files are those published."""
    version = told = None
    try:
        version = procedures.version(connection(), one.id)
        if base is not None:
            told = differences(procedures.version(connection(), base.id), version)
    except (VersionChangedError, BrokenFilesError) as error:
        return version, None, error
    return version, told, None


def _drops(followed: Listed | None, version: Version | None) -> list[Dropped]:
    """Return what publishing a version again would drop of the one that it follows."""
    if followed is None or version is None:
        return []
    try:
        before = procedures.version(connection(), followed.id)
    except (VersionChangedError, BrokenFilesError):
        return []
    return list(dropped(before.bundle.files, version.bundle.files, followed.procedure))


def _drawn(version: Version | None) -> list[str]:
    """Return the processes of a version's diagrams, its own first."""
    if version is None:
        return []
    return sorted(version.compiled.diagrams, key=lambda each: (each != version.compiled.id, each))
