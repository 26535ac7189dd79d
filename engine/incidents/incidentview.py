"""One incident with all that is known of it: its case's data, and what the person filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from engine.cases.casedata import case_data, title_of
from engine.cases.lineage import MOVED
from engine.connectors import titles
from engine.errors import Refusal
from engine.history import read as read_body
from engine.incidents.incidentlist import count_alike, line_of, version_of
from engine.incidents.kinds import START
from engine.spiff import ExpressionError, Names, compile_expression
from engine.tables import calls, entries, tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.cases.casedata import CaseData
    from engine.incidents.incident import Incident
    from engine.incidents.incidentlist import Line
    from engine.procedures import Version
    from engine.spiff import Table
    from forms import Form


@dataclass(frozen=True, slots=True)
class Made:
    """A variable that a decision table makes from others, by their titles."""

    title: Names
    table: Names
    inputs: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """One incident with all that is known of it.

    ``data`` are the variables of its case (``is_damaged``: they cannot be read), ``form`` is what
    the person had filled in; ``suspects`` are the names that the failed expression reads, and what
    tables make them from; ``made`` says which tables, and ``own`` the titles of those that this
    very form fills. ``refilled`` are all the names that a retry fills in from what was kept.
    ``asked`` are the parameters of a failed call; ``failed_in`` is the number of the version that
    it last failed in, if its case has been moved to another one since. ``values`` are those of the
    ``suspects``, each by its title: as filled in on this very form, or else in the case.
    """

    line: Line
    version: Version | None
    data: CaseData | None
    is_damaged: bool
    form: Form | None
    suspects: tuple[str, ...]
    made: tuple[Made, ...]
    own: tuple[Names, ...]
    refilled: frozenset[str]
    alike: int
    asked: Sequence[tuple[Names, object]]
    failed_in: int | None
    values: list[tuple[Names, Names]]


def opened(conn: sa.Connection, key: int) -> Opened:
    """Return an open incident with everything about it. Raises NotFoundError."""
    line = line_of(conn, key)
    version = version_of(conn, line.incident)
    read = _suspects(line.incident)
    makers = [] if version is None else [*_makers(version, read)]
    suspects = (*dict.fromkeys([*read, *(name for _, _, names in makers for name in names)]),)
    form = None if version is None else _form(conn, line.incident, version)
    data = _data(conn, line.incident, suspects)
    return Opened(
        line,
        version,
        data,
        line.incident.case_id is not None and data is None,
        form,
        suspects,
        tuple(_made(version, *one) for one in makers if version is not None),
        tuple(title_of(version, n) for n in suspects if version and form and n in form.by_name),
        _refilled(conn, line.incident, form),
        count_alike(conn, key),
        _asked(conn, line.incident),
        _failed_in(conn, line.incident),
        [] if version is None else [*_values(version, line.incident, form, data, suspects)],
    )


def _values(
    version: Version,
    incident: Incident,
    form: Form | None,
    data: CaseData | None,
    names: Iterable[str],
) -> Iterator[tuple[Names, Names]]:
    """Give what each of these variables was, where that is known."""
    parts = data.parts if data else ()
    kept = {v.name: v for part in parts for v in part.variables if v.is_set}
    typed = (incident.answers or {}) if form is not None else {}
    for name in names:
        if form is not None and name in form.by_name and typed.get(name):
            words = "、".join(typed[name])
            yield title_of(version, name), Names(words, words)
        elif name in kept:
            yield title_of(version, name), kept[name].words


def _failed_in(conn: sa.Connection, incident: Incident) -> int | None:
    """Return the version that the case has been moved from since it last failed; None if not."""
    left = sa.select(entries.c.body).where(
        entries.c.case_id == incident.case_id,
        entries.c.kind == MOVED,
        entries.c.at >= incident.tried_at,
    )
    body = conn.scalar(left.order_by(entries.c.seq).limit(1))
    return None if body is None else int(read_body(body)["moved"][0])


def _data(conn: sa.Connection, incident: Incident, wanted: Iterable[str]) -> CaseData | None:
    """Return the case's data; None without a case, and where nobody can read them any more."""
    if incident.case_id is None:
        return None
    try:
        return case_data(conn, incident.case_id, wanted=tuple(wanted))
    except (KeyError, ValueError, Refusal):
        return None


def _asked(conn: sa.Connection, incident: Incident) -> list[tuple[Names, object]]:
    """Return what a call asked when it failed, by what people call it; nothing for another kind."""
    wanted = sa.select(calls.c.operator, calls.c.parameters).where(calls.c.id == incident.subject)
    row = conn.execute(wanted).one_or_none()
    if row is None:
        return []
    known = titles(row.operator)
    given = orjson.loads(row.parameters)
    return [(known.get(name, Names(name, name)), value) for name, value in given.items()]


def _suspects(incident: Incident) -> tuple[str, ...]:
    """Return the variable to look at, and then the others that the failed expression reads."""
    named = [incident.variable] if incident.variable else []
    try:
        read = compile_expression(incident.expression or "").names
    except ExpressionError:
        read = frozenset()
    return (*dict.fromkeys([*named, *sorted(read)]),)


def _makers(version: Version, names: Iterable[str]) -> Iterator[tuple[str, Table, tuple[str, ...]]]:
    """Return which tables make these names, and the names that each reads for it."""
    for name in names:
        for table in version.compiled.tables.values():
            if name in table.outputs:
                read = [sorted(compile_expression(text).names) for text in table.inputs]
                yield name, table, tuple(each for one in read for each in one)


def _made(version: Version, name: str, table: Table, inputs: Iterable[str]) -> Made:
    titles = tuple(title_of(version, each) for each in inputs)
    return Made(title_of(version, name), table.names, titles)


def _refilled(conn: sa.Connection, incident: Incident, form: Form | None) -> frozenset[str]:
    """Return what a retry fills in; none for one of several instances: the others keep theirs."""
    item = sa.select(tasks.c.item).where(tasks.c.id == incident.task_id)
    if form is None or incident.answers is None or conn.scalar(item) is not None:
        return frozenset()
    return frozenset(form.by_name)


def _form(conn: sa.Connection, incident: Incident, version: Version) -> Form | None:
    """Return the form that the person's kept answers belong to."""
    if incident.kind == START:
        return version.start_form
    place = sa.select(tasks.c.process, tasks.c.element).where(tasks.c.id == incident.task_id)
    row = conn.execute(place).one_or_none()
    return None if row is None else version.form(row.process, row.element)
