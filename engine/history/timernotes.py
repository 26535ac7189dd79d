"""What an entry says of timers: deadlines, reminders, and times that the flow waits for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from engine.calendar import limit_said
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from engine.procedures import Version
    from engine.spiff import Element

_DUE: Final = ("时限", "is due", "by")
_REMINDS: Final = ("下次提醒", "next reminds", "at")
_WAITS: Final = ("等候的时间", "waits", "until")


def notes(version: Version, body: Mapping[str, Any], zone: ZoneInfo) -> list[Names]:
    """Return what an entry's body says of timers; moments in the company's zone."""
    return [
        *_armed(version, body.get("armed") or (), zone),
        *_reminding(version, body.get("reminding") or (), zone),
        *_shifted(version, body.get("shifted") or (), zone),
        *limited(version, body.get("limits") or ()),
        *_redrawn(version, body.get("redrawn") or (), zone),
        *_fired(body, zone),
        *_suspended(body, zone),
    ]


def _suspended(body: Mapping[str, Any], zone: ZoneInfo) -> list[Names]:
    until = (body.get("facts") or {}).get("suspended_until")
    if until is None:
        return []
    day = local(until, zone)
    return [Names(f"{day} 自动恢复", f"Goes on by itself at {day}")]


def _fired(body: Mapping[str, Any], zone: ZoneInfo) -> list[Names]:
    if "due" not in body:
        return []
    due, found = local(body["due"], zone), local(body["at"], zone)
    late = Names(f"时限 {due}，{found} 发现", f"Due {due}, found {found}")
    round_ = Names(f"应在 {due}，{found} 提醒", f"Due {due}, reminded {found}")
    came = Names(f"等到 {due}，{found} 继续", f"Waited until {due}, went on {found}")
    return [round_ if body.get("reminds") else came if body.get("waited") else late]


def _armed(version: Version, rows: Iterable[list[Any]], zone: ZoneInfo) -> list[Names]:
    notes = []
    for place, due in rows:
        names = _named(version, place)
        zh, en = ("等到", "waits until") if _waits(version, place) else ("时限至", "is due by")
        until = local(due, zone)
        notes.append(Names(f"“{names.zh}”{zh} {until}", f"“{names.en}” {en} {until}"))
    return notes


def _reminding(version: Version, rows: Iterable[list[Any]], zone: ZoneInfo) -> list[Names]:
    notes = []
    for place, due in rows:
        names = _named(version, place)
        at = local(due, zone)
        notes.append(Names(f"“{names.zh}”下次 {at}", f"“{names.en}” comes next {at}"))
    return notes


def _shifted(version: Version, rows: Iterable[list[Any]], zone: ZoneInfo) -> list[Names]:
    notes = []
    for place, host, before, after, *reminds in rows:
        names = _named(version, place)
        was, due = local(before, zone), local(after, zone)
        if was == due:
            continue
        what, does, by = _REMINDS if reminds else _WAITS if place == host else _DUE
        zh = f"“{names.zh}”{what}由 {was} 改为 {due}"
        notes.append(Names(zh, f"“{names.en}” {does} {by} {due}, not {was}"))
    return notes


def _redrawn(version: Version, rows: Iterable[list[Any]], zone: ZoneInfo) -> list[Names]:
    notes = []
    for place, due, drawn, *reminds in rows:
        names, until = _named(version, place), local(drawn, zone)
        what, does, by = _REMINDS if reminds else _WAITS if _waits(version, place) else _DUE
        if due != drawn:
            zh = f"“{names.zh}”{what}不变；按新图应为 {until}"
            notes.append(Names(zh, f"“{names.en}” {does} as before; as drawn now, {by} {until}"))
    return notes


def limited(version: Version, rows: Iterable[list[Any]]) -> list[Names]:
    """Say what altered tables make of limits that a case has been given, or that they stay."""
    notes = []
    for key, variable, before, after in rows:
        table = version.compiled.tables[key]
        limit = table.output_names[table.outputs.index(variable)]
        was = limit_said(before)
        if after is None:
            zh = f"“{limit.zh}”是另外填的 {was.zh}，“{table.names.zh}”改了也不变"
            en = f"“{limit.en}” was set to {was.en} by somebody, whatever “{table.names.en}” says"
        else:
            now = limit_said(after)
            zh = f"依“{table.names.zh}”，“{limit.zh}”由 {was.zh} 改为 {now.zh}"
            en = f"By “{table.names.en}”, “{limit.en}” is {now.en}, not {was.en}"
        notes.append(Names(zh, en))
    return notes


def _waits(version: Version, place: str) -> bool:
    """Whether a timer stands in the flow, and beside no activity."""
    found = _element(version, place)
    return found is not None and found.kind == "intermediateCatchEvent"


def _named(version: Version, place: str) -> Names:
    found = _element(version, place)
    return Names(place, place) if found is None else found.names


def _element(version: Version, place: str) -> Element | None:
    process, _, element = place.partition(":")
    diagram = version.compiled.diagrams.get(process)
    return None if diagram is None else diagram.elements.get(element)


def local(when: str, zone: ZoneInfo) -> str:
    """Write a stored moment by a clock of this zone."""
    return f"{datetime.fromisoformat(when).astimezone(zone):%Y-%m-%d %H:%M}"
