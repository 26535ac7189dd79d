"""One entry of a case's history, said in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    import sqlalchemy as sa

    from engine.procedures import Version
    from forms import Change, Form

_TITLES = {
    "case_opened": Names("立案：{zh}", "Case opened: {en}"),
    "step_completed": Names("完成：{zh}", "Completed: {en}"),
    "task_claimed": Names("领取：{zh}", "Claimed: {en}"),
    "task_released": Names("放回：{zh}", "Released: {en}"),
    "timer_fired": Names("逾期：{zh}", "Overdue: {en}"),
    "number_allotted": Names("编号：{number}", "Number allotted: {number}"),
    "case_linked": Names("关联新案：{zh}", "Linked case opened: {en}"),
    "woken": Names("检查期限", "Deadlines checked"),
}


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the timeline; ``at`` is UTC, ``who`` is None for the engine itself."""

    seq: int
    at: datetime
    kind: str
    who: str | None
    title: Names
    place: str | None
    clauses: tuple[str, ...]
    changes: tuple[Change, ...]
    notes: tuple[Names, ...]
    hash: str
    erased: bool


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as it was sent; ``form.filled(values, …)`` lays it out for reading. ``at`` is UTC.

    ``place`` is the calls it was sent in and its step, ``round`` counts the fillings there; a
    superseded one belongs to a round that was redone.
    """

    seq: int
    form: Form
    who: str
    at: datetime
    values: Mapping[str, Any]
    place: tuple[str, ...] = ()
    round: int = 1
    superseded: bool = False


def form_of(version: Version, body: Mapping[str, Any]) -> Form | None:
    """Return the form that an entry's answers belong to."""
    return version.bundle.forms.get(f"{body.get('process')}/{body.get('element')}")


def filled(version: Version, row: sa.Row[Any]) -> FilledForm | None:
    """Return the form that an entry carries, or None for an entry without answers."""
    body = orjson.loads(row.body)
    form = form_of(version, body)
    if row.answers is None or form is None:
        return None
    return FilledForm(row.seq, form, body["name"] or "", row.at, orjson.loads(row.answers))


def view(
    version: Version, row: sa.Row[Any], before: Mapping[str, Any] | None, *, zone: ZoneInfo
) -> EntryView:
    """Return an entry in words; ``before`` is what the entry's form said when it was last sent.

    Deadlines are written in the company's ``zone``.
    """
    body = orjson.loads(row.body)
    names = _names(version, body.get("process"), body.get("element"))
    title = _TITLES.get(row.kind, Names(row.kind, row.kind))
    words = {"zh": names.zh, "en": names.en, "number": body.get("number", "")}
    place = f"{body['process']}:{body['element']}" if "element" in body else None
    return EntryView(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        who=body["name"],
        title=Names(title.zh.format(**words), title.en.format(**words)),
        place=place,
        clauses=tuple(body.get("clauses", ())),
        changes=_changes(version, row, body, before),
        notes=tuple(_notes(version, body, zone)),
        hash=row.hash.hex(),
        erased="answers" in body and row.answers is None,
    )


def _names(version: Version, process: str | None, element: str | None) -> Names:
    diagram = version.compiled.diagrams.get(process or "")
    found = None if diagram is None else diagram.elements.get(element or "")
    return Names(element or "", element or "") if found is None else found.names


def _changes(
    version: Version, row: sa.Row[Any], body: Mapping[str, Any], before: Mapping[str, Any] | None
) -> tuple[Change, ...]:
    form = form_of(version, body)
    if row.answers is None or form is None:
        return ()
    return tuple(form.compared(before, orjson.loads(row.answers)))


def _notes(version: Version, body: Mapping[str, Any], zone: ZoneInfo) -> list[Names]:
    notes = [note for key, say in _SAID.items() for note in say(version, body.get(key) or ())]
    notes += _armed(version, body.get("armed") or (), zone)
    if body.get("ended"):
        end = _names(version, *body["ended"].split(":"))
        notes.append(Names(f"案件结束：{end.zh}", f"Case ended: {end.en}"))
    return notes


def _decided(version: Version, rows: Any) -> list[Names]:  # noqa: ANN401 - stored JSON
    notes = []
    for key, rule, inputs, outputs, our_default in rows:
        table = version.compiled.tables[key]
        row = table.row(rule)
        said = _plainly(inputs, outputs) if row is None or not row.note.zh else row.note
        mark = Names("（本公司默认）", " (our default)") if our_default else Names("", "")
        zh = f"依“{table.names.zh}”{mark.zh}：{said.zh}"
        notes.append(Names(zh, f"By “{table.names.en}”{mark.en}: {said.en}"))
    return notes


def _plainly(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Names:
    given = ", ".join(f"{key} = {value}" for key, value in inputs.items())
    result = ", ".join(f"{key} = {value}" for key, value in outputs.items())
    return Names(f"{given} → {result}", f"{given} → {result}")


def _told(version: Version, rows: Any) -> list[Names]:  # noqa: ANN401 - stored JSON
    notes = []
    for place, roles in rows:
        element = _names(version, *place.split(":"))
        held = [version.bundle.roles[role] for role in roles]
        zh, en = "、".join(r.zh for r in held), ", ".join(r.en for r in held)
        notes.append(Names(f"通知 {zh}：{element.zh}", f"Told {en}: {element.en}"))
    return notes


def _cancelled(version: Version, rows: Any) -> list[Names]:  # noqa: ANN401 - stored JSON
    places = [_names(version, *place.split(":")) for _, place in rows]
    return [Names(f"取消待办：{n.zh}", f"Task cancelled: {n.en}") for n in places]


def _armed(version: Version, rows: Any, zone: ZoneInfo) -> list[Names]:  # noqa: ANN401
    notes = []
    for place, due in rows:
        names = _names(version, *place.split(":"))
        until = datetime.fromisoformat(due).astimezone(zone)
        said = f"{until:%Y-%m-%d %H:%M}"
        notes.append(
            Names(f"开始计时“{names.zh}”，至 {said}", f"Clock “{names.en}” runs until {said}")
        )
    return notes


_SAID: dict[str, Callable[[Version, Any], list[Names]]] = {
    "decided": _decided,
    "told": _told,
    "cancelled": _cancelled,
}
