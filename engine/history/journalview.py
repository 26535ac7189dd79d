"""The company's journal as people read it: what was done, by whom, to what, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import procedures
from engine.errors import Refusal
from engine.history import journal, moment, read
from engine.history.entrynotes import named
from engine.history.told import listed, word
from engine.settings import company
from engine.spiff import Names
from engine.tables import journal as entries
from engine.tables import people, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from engine.procedures import Version

    Row = Mapping[str, Any]

PAGE: Final = 50
GROUPS: Final[Mapping[str, Names]] = {
    "versions": Names("版本", "Versions"),
    "substitutions": Names("代理", "Substitutions"),
    "transfers": Names("迁移", "Moves"),
}
"""The tables of which the journal tells, by their names."""

_KINDS: Final[Mapping[str, Names]] = {
    journal.TAKEN_OVER: Names("接管", "Taken over"),
    journal.PUBLISHED: Names("发布版本", "Version published"),
    journal.BEGAN: Names("版本生效", "Version in force"),
    journal.WITHDRAWN: Names("撤回版本", "Version withdrawn"),
    journal.SUBSTITUTED: Names("设定代理", "Substitution made"),
    journal.SUBSTITUTION_ENDED: Names("终止代理", "Substitution ended"),
    journal.MOVES_BEGUN: Names("发起迁移", "Moves begun"),
    journal.MOVES_CARRIED_OUT: Names("执行迁移", "Moves carried out"),
    journal.MOVES_GIVEN_UP: Names("放弃迁移", "Moves given up"),
}
_REASONS: Final[Mapping[str, str]] = {
    journal.PUBLISHED: "note",
    journal.WITHDRAWN: "withdrawn_for",
    journal.SUBSTITUTED: "reason",
    journal.MOVES_BEGUN: "reason",
    journal.MOVES_CARRIED_OUT: "reason",
    journal.MOVES_GIVEN_UP: "reason",
}


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that an act has touched; ``number`` is that of a version, for its page."""

    table: str
    key: int
    names: Names
    procedure: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One act; ``at`` is UTC, ``who`` None for the command line or Banjie itself.

    ``why`` is as somebody wrote it, or as the product says it in both languages.
    """

    seq: int
    at: datetime | None
    kind: Names
    who: str | None
    touched: list[Touched]
    counts: Names | None
    why: str | None


def lines(conn: sa.Connection, *, group: str = "", page: int = 1) -> tuple[list[Line], bool]:
    """Return one page of the journal, the newest first, and whether more follow.

    ``group`` is a table of GROUPS, or empty for all.
    """
    found: list[tuple[int, Mapping[str, Any]]] = []
    passed = (page - 1) * PAGE
    rows = conn.execute(sa.select(entries.c.seq, entries.c.body).order_by(entries.c.seq.desc()))
    for row in rows:
        body = read(row.body)
        if group and group not in {each[0] for each in listed(body, "rows")}:
            continue
        found.append((row.seq, body))
        if len(found) > passed + PAGE:
            break
    rows.close()
    shown = found[passed : passed + PAGE]
    known = _known(conn, [body for _, body in shown])
    return [_line(seq, body, known) for seq, body in shown], len(found) > passed + PAGE


@dataclass(frozen=True, slots=True)
class _Known:
    """``drawn`` are the versions in force of procedures, of those that can be read."""

    people: Mapping[str, str]
    versions: Mapping[int, sa.Row[Any]]
    drawn: Mapping[str, Version]
    zone: ZoneInfo


def _known(conn: sa.Connection, bodies: Sequence[Row]) -> _Known:
    """Look up all the people and versions that entries name by their ids."""
    rows = [each for body in bodies for _, each in _rows(body)]
    ids = {row[name] for row in rows for name in ("person_id", "substitute_id") if row.get(name)}
    to = {row["to_version"] for row in rows if isinstance(row.get("to_version"), int)}
    named = sa.select(people.c.id, people.c.name).where(people.c.id.in_(ids))
    targets = sa.select(versions.c.id, versions.c.zh, versions.c.en, versions.c.number)
    return _Known(
        {row.id.hex: row.name for row in conn.execute(named)} if ids else {},
        _by_id(conn, targets.where(versions.c.id.in_(to))),
        _drawn(conn, {each for row in rows if (each := _of_substitution(row))}),
        company(conn).zone,
    )


def _of_substitution(row: Row) -> str | None:
    """Return the procedure that a substitution is limited to."""
    return word(row, "procedure") if "substitute_id" in row else None


def _drawn(conn: sa.Connection, codes: Iterable[str]) -> dict[str, Version]:
    found = {}
    for code in codes:
        with suppress(Refusal):
            found[code] = procedures.in_force(conn, code)
    return found


def _by_id(conn: sa.Connection, wanted: sa.Select[Any]) -> dict[int, sa.Row[Any]]:
    return {row.id: row for row in conn.execute(wanted)}


def _rows(body: Row) -> Iterator[tuple[tuple[str, int], Row]]:
    for each in listed(body, "rows"):
        if isinstance(each, list) and len(each) == 3 and isinstance(each[2], Mapping):  # noqa: PLR2004
            yield (each[0], each[1]), each[2]


def _line(seq: int, body: Row, known: _Known) -> Line:
    kind = word(body, "kind") or ""
    rows = sorted(_rows(body), key=lambda each: _is_beside(kind, each[1]))
    is_many = kind == journal.TAKEN_OVER
    counted = Counter(table for (table, _), _ in rows)
    main = rows[0][1] if rows else {}
    return Line(
        seq=seq,
        at=moment(body),
        kind=_KINDS.get(kind, Names(kind, kind)),
        who=word(body, "name"),
        touched=[] if is_many else [_touched(*key, row, known) for key, row in rows],
        counts=_counts(counted) if is_many else None,
        why=word(main, _REASONS[kind]) if kind in _REASONS else None,
    )


def _is_beside(kind: str, row: Row) -> bool:
    """Whether a version was only ended, or only withdrawn, because another one came."""
    if kind == journal.WITHDRAWN:
        return row.get("withdrawn_at") is None
    return row.get("withdrawn_at") is not None or bool(row.get("began_at") and not row["in_force"])


def _counts(counted: Mapping[str, int]) -> Names:
    told = [(GROUPS[name], count) for name, count in counted.items() if name in GROUPS]
    return Names(
        "当时已有：" + "，".join(f"{names.zh} {count}" for names, count in told),
        "There already: " + ", ".join(f"{names.en.lower()} {count}" for names, count in told),
    )


def _touched(table: str, key: int, row: Row, known: _Known) -> Touched:
    if table == "versions":
        zh, en, number = row.get("zh"), row.get("en"), row.get("number")
        names = Names(f"“{zh}”第 {number} 版", f"Version {number} of “{en}”")
        return Touched(table, key, names, row.get("procedure"), number)
    if table == "substitutions":
        return Touched(table, key, _substitution(row, known))
    to = known.versions.get(row.get("to_version", 0))
    names = Names(f"第 {key} 批迁移", f"Batch {key} of moves")
    if to is not None:
        names = Names(f"“{to.zh}”→ 第 {to.number} 版", f"“{to.en}” → version {to.number}")
    return Touched(table, key, names)


def _substitution(row: Row, known: _Known) -> Names:
    who, by = (known.people.get(row.get(name, ""), "?") for name in ("person_id", "substitute_id"))
    days = [_day(row.get(name), known.zone, less) for name, less in (("begins", 0), ("ends", 1))]
    first, last = (each or "?" for each in days)
    reach = _reach(row, known)
    return Names(
        f"{by} 代 {who}，{first} 至 {last}，{reach.zh}",
        f"{by} for {who}, {first} to {last}, {reach.en}",
    )


def _reach(row: Row, known: _Known) -> Names:
    """Say how far a substitution reaches; what is not drawn any more goes by its id."""
    code = _of_substitution(row)
    if code is None:
        return Names("所有规程", "for all procedures")
    version = known.drawn.get(code)
    whole = Names(code, code) if version is None else version.names
    places = [str(place) for place in listed(row, "steps")]
    if not places:
        return Names(f"限“{whole.zh}”", f"only “{whole.en}”")
    found = [
        Names(place, place) if version is None else named(version, *place.split(":", 1))
        for place in places
    ]
    return Names(
        f"限“{whole.zh}”的{'、'.join(f'“{step.zh}”' for step in found)}",
        f"only {', '.join(f'“{step.en}”' for step in found)} of “{whole.en}”",
    )


def _day(text: object, zone: ZoneInfo, less: int) -> str | None:
    """Return the company's day of a moment as it is said, or so many seconds before it."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return None if at is None else str((at - timedelta(seconds=less)).astimezone(zone).date())
