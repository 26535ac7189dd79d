"""What followed from an entry, in words: tables asked, roles told, tasks cancelled, deadlines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from engine.acts import signing
from engine.history import timernotes
from engine.history.timernotes import local
from engine.messages import letterview
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from engine.procedures import Version
    from engine.procedures.bundles import Bundle


def named(version: Version | Bundle, process: str | None, element: str | None) -> Names:
    """Return what an element is called, its id where the version does not know it."""
    diagram, id_ = version.compiled.diagrams.get(process or ""), element or ""
    return Names(id_, id_) if diagram is None else diagram.called(id_)


def notes_on(version: Version, body: Mapping[str, Any], zone: ZoneInfo) -> list[Names]:
    """Return what an entry's body says that the engine did; moments in the company's zone."""
    notes = [note for key, say in _SAID.items() for note in say(version, body.get(key) or ())]
    notes += letterview.notes(version, body)
    notes += timernotes.notes(version, body, zone)
    if body.get("ended"):
        end = named(version, *body["ended"].split(":"))
        notes.append(Names(f"案件结束：{end.zh}", f"Case ended: {end.en}"))
    return notes


def retried(body: Mapping[str, Any], zone: ZoneInfo) -> Names | None:
    """Return that what was sent failed then, and who brought it through; None of all the rest."""
    if "retried" not in body:
        return None
    sent, incident, _, operator = body["retried"]
    who, whom = body["name"], body.get("for_name")
    zh, en = (f"{who} 代 {whom}", f"{who} for {whom}") if whom else (who, who)
    at, done = local(sent, zone), local(body["at"], zone)
    by_zh = f"系统管理员 {operator} " if operator else "系统管理员在命令行"
    by_en = f"operator {operator}" if operator else "an operator on the command line"
    return Names(
        f"{zh} 于 {at} 提交，当时受阻（异常 {incident}）；{by_zh}于 {done} 重试办成",
        f"Sent by {en} at {at} and held up then (incident {incident}); "
        f"brought through by {by_en} at {done}",
    )


def _decided(version: Version, rows: Iterable[list[Any]]) -> list[Names]:
    notes = []
    for key, rule, inputs, outputs, our_default in rows:
        table = version.compiled.tables[key]
        rows_told = [row.note for row in table.rows(rule) if row.note.zh]
        said = _together(rows_told) if rows_told else _plainly(inputs, outputs)
        mark = Names("（本公司默认）", " (our default)") if our_default else Names("", "")
        zh = f"依“{table.names.zh}”{mark.zh}：{said.zh}"
        notes.append(Names(zh, f"By “{table.names.en}”{mark.en}: {said.en}"))
    return notes


def _together(notes: list[Names]) -> Names:
    return Names("；".join(n.zh for n in notes), "; ".join(n.en for n in notes))


def _drawn_in(_version: Version, people: Iterable[list[str]]) -> list[Names]:
    names = [name for _, name in people]
    return [Names(f"对象：{'、'.join(names)}", f"To {', '.join(names)}")] if names else []


def _signed_how(_version: Version, how: list[Any]) -> list[Names]:
    if not how:
        return []
    return [signing.how(*how)]


def _opinion(_version: Version, opinion: str) -> list[Names]:
    return [Names(f"意见：{opinion}", f"Opinion: {opinion}")] if opinion else []


def _settled(_version: Version, verdict: str) -> list[Names]:
    said = {
        "heard": Names(
            "意见已齐，同意与否供办理人参考",
            "All opinions are in; for or against, they advise whoever does it",
        ),
        "agreed": Names("会签完成", "The signatures are complete"),
        "refused": Names("会签未通过，退回办理人", "Not signed: back to whoever does it"),
    }
    return [said[verdict]] if verdict in said else []


def _reasoned(_version: Version, reason: str) -> list[Names]:
    return [Names(f"原因：{reason}", f"Reason: {reason}")] if reason else []


def _plainly(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Names:
    given = ", ".join(f"{key} = {value}" for key, value in inputs.items())
    result = ", ".join(f"{key} = {value}" for key, value in outputs.items())
    return Names(f"{given} → {result}", f"{given} → {result}")


def _told(version: Version, rows: Iterable[list[Any]]) -> list[Names]:
    notes = []
    for place, roles in rows:
        if not roles:
            continue
        element = named(version, *place.split(":"))
        held = [version.bundle.roles[role] for role in roles]
        zh, en = "、".join(r.zh for r in held), ", ".join(r.en for r in held)
        notes.append(Names(f"通知 {zh}：{element.zh}", f"Told {en}: {element.en}"))
    return notes


def _cancelled(version: Version, rows: Iterable[list[str]]) -> list[Names]:
    notes = []
    for place, count in Counter(place for _, place in rows).items():
        name = named(version, *place.split(":"))
        zh, en = (f"（{count} 件）", f" ({count} of them)") if count > 1 else ("", "")
        notes.append(Names(f"取消待办：{name.zh}{zh}", f"Task cancelled: {name.en}{en}"))
    return notes


def _revised(_version: Version, rows: Iterable[dict[str, Any]]) -> list[Names]:
    notes = []
    for row in rows:
        zh, en = row["who"] or "系统", row["who"] or "The system"
        said = [_day_changed(*change) for change in row["changes"]]
        if row["more"]:
            said.append(Names(f"另有 {row['more']} 处", f"{row['more']} more"))
        what = _together(said)
        why_zh, _, why_en = row["why"].partition(" / ")
        zh = f"{zh} 改了日历：{what.zh}；原因：{why_zh}"
        notes.append(Names(zh, f"{en} changed calendars: {what.en}; reason: {why_en or why_zh}"))
    return notes


def _day_changed(calendar: list[str] | None, what: list[str], after: list[str]) -> Names:
    zh, en = (f"{calendar[0]} ", f"{calendar[1]}, ") if calendar else ("", "")
    return Names(f"{zh}{what[0]} {after[0]}", f"{en}{what[1]}: {after[1]}")


def _stood_for(_version: Version, round_: str) -> list[Names]:
    return [Names(f"对应日期 {round_}", f"Stands for {round_}")] if round_ else []


def _missed(_version: Version, count: int) -> list[Names]:
    if not count:
        return []
    zh, en = f"此前错过 {count} 次，由本次一并补上", f"Makes up for {count} missed before it"
    return [Names(zh, en)]


def _moved(_version: Version, told: list[Any]) -> list[Names]:
    if not told:
        return []
    was, _, verdict = told
    zh, en = _STANDS[verdict]
    return [Names(f"原为第 {was} 版；{zh}", f"It was in version {was}; {en}")]


def handed_over(version: Version, row: list[str]) -> Names:
    """Say of a step that stays open whose it is now, whose it was, and who no longer holds it."""
    place, was_zh, was_en, role, holder = row
    step = named(version, *place.split(":"))
    now = version.bundle.roles[role]
    zh = f"；{holder} 的领取取消，草稿保留" if holder else ""
    en = f"; {holder} no longer holds it, drafts are kept" if holder else ""
    return Names(
        f"“{step.zh}”改由{now.zh}办理（原为{was_zh}）{zh}",
        f"“{step.en}” is {now.en}'s to do now ({was_en} had it){en}",
    )


def _handed(version: Version, rows: Iterable[list[str]]) -> list[Names]:
    return [handed_over(version, row) for row in rows]


def lying(version: Version, rows: Iterable[list[str]]) -> list[Names]:
    """Say of new steps of this version whether they lie ahead of a case, or it is past them."""
    notes = []
    for process, element, where in rows:
        step, words = version.step(process, element), _LYING[where]
        role = version.bundle.roles.get(step.role or "", _WHOEVER)
        zh, en = words.zh.format(step.names.zh, role.zh), words.en.format(step.names.en, role.en)
        notes.append(Names(zh, en))
    return notes


def _disarmed(version: Version, places: Iterable[str]) -> list[Names]:
    gone = [named(version, *place.split(":")) for place in places]
    return [Names(f"不再计时：{one.zh}", f"No longer runs: {one.en}") for one in gone]


_SAID: dict[str, Callable[[Version, Any], list[Names]]] = {
    "decided": _decided,
    "told": _told,
    "cancelled": _cancelled,
    "signing": _signed_how,
    "to": _drawn_in,
    "reason": _reasoned,
    "opinion": _opinion,
    "settled": _settled,
    "revised": _revised,
    "stands_for": _stood_for,
    "missed": _missed,
    "moved": _moved,
    "handed": _handed,
    "lies": lying,
    "disarmed": _disarmed,
}
_STANDS = {
    "same_place": ("停在原处", "it stands where it stood"),
    "new_step": ("随即继续", "it went on at once"),
}
_WHOEVER = Names("由案件决定的岗位", "whoever the case says")
_LYING = {
    "ahead": Names(
        "新增的“{}”（{}）在前面：走到时要办",
        "The new step “{}” ({}) lies ahead: it is done when the case comes to it",
    ),
    "behind": Names(
        "新增的“{}”（{}）已经错过：本案不会再办；要补办，请在迁移后退回，或由系统管理员移到那一步",
        "The case is past the new step “{}” ({}), which will not be done; if it must be, return "
        "the case after the move, or have an operator move it there",
    ),
}
