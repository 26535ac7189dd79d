"""Repairing the data of a case: an operator sets variables, with a reason, and nothing moves.

What was before and what is now are kept as answers are, since they may be personal: beside the
entry, which vouches for them by a salted digest.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final

import orjson
import sqlalchemy as sa

from engine import procedures, spiff
from engine.cases.casedata import field_of
from engine.cases.moving import FACTS, lock, move_to
from engine.control import has_control, in_one_line
from engine.errors import Refusal
from engine.history import Draft
from engine.reasons import checked_reason
from engine.roles import OPERATOR, check_holds
from engine.tables import cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Scope

LONGEST: Final = 64 * 1024
"""Bytes of one value, written as JSON."""

DEEPEST: Final = 20
"""Lists and objects inside one another."""


class BadRepairError(Refusal):
    """A repair that cannot be done as asked; nothing was changed."""

    code = "bad_repair"


class CaseMovedError(Refusal):
    """The case has moved on since the operator looked at it."""

    code = "case_moved"

    def __init__(self, case_id: UUID | None) -> None:
        super().__init__(
            "案件在您查看之后又有了变化，没有更正任何数据。请按现在的数据再改一次。",
            "The case has changed since you looked, so nothing was repaired. Look again and repair "
            "what is there now.",
            case_id=case_id,
        )


def repair(
    conn: sa.Connection,
    case_id: UUID,
    values: Mapping[str, object],
    *,
    scope: int,
    revision: int,
    reason: str,
    by: Person,
    now: datetime,
) -> None:
    """Set variables of a case, or of the called process with this scope; retrying moves it on.

    ``revision`` is the one at which the operator saw them. Raises RoleNeededError, CaseMovedError,
    BadRepairError and BadReasonError.
    """
    check_holds(conn, by, {OPERATOR})
    case = lock(conn, case_id)
    version, before = _as_seen(conn, case, scope, revision)
    changed = {n: v for n, v in values.items() if _differs(before, n, v)}
    check_changed(changed)
    _check_names(version, before, changed)
    facts = {"process": before.process, "names": sorted(changed), "reason": checked_reason(reason)}
    try:
        move = spiff.repair(version.compiled, case.state, changed, scope=scope)
    except spiff.RunError as error:
        raise BadRepairError(error.zh, error.en) from error
    told = {"from": {name: before.values.get(name) for name in changed}, "to": changed}
    known = _facts(version, changed)
    entry = Draft("data_repaired", facts, answers=told, known=known)
    move_to(conn, case, version, move, [entry], by=by, now=now)


def _as_seen(conn: sa.Connection, case: Case, scope: int, revision: int) -> tuple[Version, Scope]:
    """Return what an operator has seen, if it is still so."""
    version = procedures.version(conn, case.version_id)
    status = conn.scalar(sa.select(cases.c.status).where(cases.c.id == case.id))
    scopes = spiff.variables(version.compiled, case.state) if status == "open" else ()
    found = next((each for each in scopes if each.id == scope), None)
    if found is None or case.revision != revision:
        raise CaseMovedError(case.id)
    return version, found


def _differs(before: Scope, name: str, value: object) -> bool:
    kept = before.values.get(name)
    return name not in before.values or type(kept) is not type(value) or kept != value


def check_changed(changed: Mapping[str, object]) -> None:
    """Refuse a repair of nothing, and values that no case can keep (BadRepairError)."""
    if not changed:
        raise BadRepairError(
            "没有任何变量的值有变化。请先改一个变量。", "No variable has changed. Change one first."
        )
    for name, value in changed.items():
        _check_value(name, value)


def _check_names(version: Version, before: Scope, changed: Mapping[str, object]) -> None:
    for name in changed:
        if name not in version.compiled.variables and name not in before.values:
            raise BadRepairError(
                f"规程没有变量“{name}”。请从列出的变量中选择。",
                f"The procedure has no variable “{name}”. Choose one that is listed.",
            )


def _check_value(name: str, value: object) -> None:
    """Refuse what no case can keep: values too deep, too long, or no JSON."""
    if not _is_shallow(value):
        raise BadRepairError(
            f"“{name}”的值嵌套超过 {DEEPEST} 层。请写得浅一些。",
            f"The value of “{name}” is nested deeper than {DEEPEST}. Make it flatter.",
        )
    leaves = [*_leaves(value)]
    try:
        written = orjson.dumps(value) if all(map(_is_finite, leaves)) else None
    except TypeError:
        written = None
    if written is None or len(written) > LONGEST:
        raise BadRepairError(
            f"“{name}”的值过长（上限 {LONGEST // 1024} KB）、数字过大或有不能保存的字符。请改正。",
            f"The value of “{name}” cannot be kept: over {LONGEST // 1024} KB, a number too large, "
            "or characters that cannot be stored. Shorten or correct it.",
        )
    if any(isinstance(each, str) and has_control(in_one_line(each)) for each in leaves):
        raise BadRepairError(
            f"“{name}”的值里有控制字符。请删去。",
            f"There are control characters in the value of “{name}”. Take them out.",
        )


def _is_shallow(value: object) -> bool:
    layer = [value]
    for _ in range(DEEPEST):
        layer = [inner for each in layer for inner in _inside(each)]
        if not layer:
            return True
    return False


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else ()


def _leaves(value: object) -> Iterable[object]:
    pending = [value]
    while pending:
        each = pending.pop()
        yield each
        pending += _inside(each)


def _is_finite(value: object) -> bool:
    return not isinstance(value, float) or isfinite(value)


def _facts(version: Version, changed: Mapping[str, object]) -> dict[str, object]:
    """Return what the repaired values say of the case's customer, product, amount and zone."""
    fields = ((field_of(version, name), value) for name, value in changed.items())
    return {
        field.fact: value
        for field, value in fields
        if field is not None and field.fact in FACTS and value not in (None, "")
    }
