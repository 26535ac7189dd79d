"""Versions: what is in force, planned, past; what each changed; the way back, with a reason."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from engine import procedures
from engine.errors import Refusal
from engine.procedures import VersionChangedError
from engine.procedures.promises import dropped
from engine.reasons import BadReasonError, checked_reason
from engine.roles import PROCESS_OWNER
from engine.spiff import BrokenFilesError, promises
from engine.versioning.again import roll_back, row_of, withdraw
from engine.versioning.differences import differences
from engine.versioning.listing import State, all_versions
from engine.versioning.terms import PastDayError, Terms
from web.admin.sections import section
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.guaranteed import guaranteed
from web.people import current_person
from web.procedures import LAST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask.typing import ResponseReturnValue

    from engine.procedures import Version
    from engine.procedures.promises import Dropped
    from engine.versioning.differences import Differences
    from engine.versioning.listing import Listed

_ONE = f"/<procedure>/<int(max={LAST}):number>"

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
    typed, by = request.form, current_person()
    if wrong := _wrong(_day, _reason):
        return _page(procedure, number, wrong=wrong), 422
    try:
        with transaction() as conn:
            made = roll_back(
                conn, procedure, number, reason=_reason(), by=by, now=now(),
                terms=Terms(begins=_day(), drops=frozenset(typed.getlist("drops"))),
                based_on=typed.get("based_on", -1, type=int),
            )  # fmt: skip
    except (Refusal, BrokenFilesError) as refused:
        return _page(procedure, number, refused), _status(refused)
    return redirect(url_for("admin_versions.show", procedure=procedure, number=made), 303)


@bp.post(f"{_ONE}/withdraw")
def take_back(procedure: str, number: int) -> ResponseReturnValue:
    """Take a planned version back."""
    if wrong := _wrong(_reason):
        return _page(procedure, number, wrong=wrong), 422
    try:
        with transaction() as conn:
            withdraw(conn, procedure, number, reason=_reason(), by=current_person(), now=now())
    except Refusal as refused:
        return _page(procedure, number, refused), _status(refused)
    return redirect(url_for("admin_versions.show", procedure=procedure, number=number), 303)


def _wrong(*readers: Callable[[], object]) -> dict[str, Refusal]:
    """Return what is wrong with each field that was typed, by the code of its refusal."""
    wrong: dict[str, Refusal] = {}
    for read in readers:
        try:
            read()
        except (BadDayError, PastDayError, BadReasonError) as refusal:
            wrong[refusal.code] = refusal
    return wrong


def _day() -> date | None:
    text = request.form.get("begins", "").strip()
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise BadDayError from None
    Terms(begins=day).moment(connection(), now())
    return day


def _reason() -> str:
    return checked_reason(request.form.get("why", ""))


def _status(refused: Refusal | BrokenFilesError) -> int:
    return 422 if isinstance(refused, BrokenFilesError) else status_of(refused)


def _page(
    procedure: str,
    number: int,
    refused: Refusal | BrokenFilesError | None = None,
    *,
    wrong: Mapping[str, Refusal] = MappingProxyType({}),
) -> str:
    conn = connection()
    row_of(conn, procedure, number)
    line = {one.number: one for one in all_versions(conn, procedure)}
    one = line[number]
    base = line.get(request.args.get("against", type=int) or one.based_on or 0)
    version, told, broken = _read(one, base)
    standing = next((each for each in line.values() if each.state is State.IN_FORCE), None)
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
        drops=_drops(standing, version),
        refused=refused,
        wrong=wrong,
        typed=request.form,
    )


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


def _drops(standing: Listed | None, version: Version | None) -> list[Dropped]:
    """Return what publishing a version again would drop of the one in force."""
    if standing is None or version is None:
        return []
    try:
        now = procedures.version(connection(), standing.id)
    except (VersionChangedError, BrokenFilesError):
        return []
    return list(dropped(now.bundle.files, version.bundle.files, standing.procedure))


def _drawn(version: Version | None) -> list[str]:
    """Return the processes of a version's diagrams, its own first."""
    if version is None:
        return []
    return sorted(version.compiled.diagrams, key=lambda each: (each != version.compiled.id, each))
