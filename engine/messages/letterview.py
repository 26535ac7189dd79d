"""Entries of messages, signals, calls and started events, said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from engine.cases.casedata import said, title_of
from engine.connectors import REGISTRY, titles
from engine.history import read
from engine.spiff import Names
from forms import Change
from forms import Names as Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from engine.procedures import Version

TITLES: Final[Mapping[str, Names]] = {
    "message_sent": Names("发出消息：{zh}", "Message sent: {en}"),
    "message_delivered": Names("收到消息：{zh}", "Message received: {en}"),
    "message_dropped": Names("消息作废：{called}", "Message dropped: {called}"),
    "signal_thrown": Names("发出信号：{zh}", "Signal sent: {en}"),
    "signal_delivered": Names("收到信号：{zh}", "Signal received: {en}"),
    "event_begun": Names("发起：{zh}", "Started: {en}"),
    "call_answered": Names("外部已答复：{zh}", "Answered from outside: {en}"),
    "call_failed": Names("外部已拒绝：{zh}", "Refused from outside: {en}"),
}
CALLS: Final = frozenset({"call_answered", "call_failed"})
CARRYING: Final = CALLS | {
    *("message_sent", "message_delivered", "signal_thrown", "signal_delivered"),
}
"""The kinds of entry whose answers are what was carried, and no form."""

_TAKEN_IN: Final = frozenset({"message_delivered", "signal_delivered", "case_opened"})


def changes(version: Version, row: sa.Row[Any]) -> tuple[Change, ...]:
    """Return what was carried, under the titles of the fields of those names; none once erased."""
    if row.answers is None:
        return ()
    content = orjson.loads(row.answers)
    if row.kind in CALLS:
        known = titles(read(row.body)["operator"])
        listed = [*content.get("asked", {}).items(), *content.get("answered", {}).items()]
        return tuple(_listed(known.get(name), name, value) for name, value in listed)
    return tuple(
        Change(name, _words(title_of(version, name)), None, _words(_said(version, name, value)))
        for name, value in content.items()
    )


def _listed(title: Names | None, name: str, value: object) -> Change:
    """Return what was asked or answered, under a name of the other system's own if we have none."""
    written = value if isinstance(value, str) else orjson.dumps(value).decode()
    label = Words(name, name) if title is None else _words(title)
    return Change(name, label, None, Words(written, written))


def notes(version: Version, body: Mapping[str, Any]) -> list[Names]:
    """Return by what it was correlated, who sent it, and whom or what was asked."""
    found = []
    if body.get("keys"):
        pairs = keys_said(version, body["keys"])
        zh = "，".join(f"{title.zh} {value.zh}" for title, value in pairs)
        en = ", ".join(f"{title.en} {value.en}" for title, value in pairs)
        found.append(Names(f"关联：{zh}", f"Correlated by {en}"))
    if "message" in body and body["kind"] in _TAKEN_IN:
        found += _source(body)
    if "operator" in body:
        found.append(_asked(body))
    return found


def keys_said(version: Version, keys: Mapping[str, Any]) -> list[tuple[Names, Names]]:
    """Return the keys of a message under the titles of their fields, with their values."""
    return [(title_of(version, name), _said(version, name, keys[name])) for name in keys]


def _source(body: Mapping[str, Any]) -> list[Names]:
    called, sender = body["called"], body.get("sender")
    if body.get("from"):
        return [Names(f"发送人：{sender}", f"Sent by {sender}")] if sender else []
    if sender:
        return [Names(f"消息“{called}”，由 {sender} 发来", f"Message “{called}”, sent by {sender}")]
    return [Names(f"消息“{called}”，来自外部系统", f"Message “{called}”, from another system")]


def _asked(body: Mapping[str, Any]) -> Names:
    connector = REGISTRY.get(body["operator"])
    asked = connector.names if connector else Names(body["operator"], body["operator"])
    code = body.get("code")
    if code is None:
        return Names(f"经由：{asked.zh}", f"By: {asked.en}")
    told = connector.errors.get(code, Names(code, code)) if connector else Names(code, code)
    return Names(f"{asked.zh}：{told.zh}", f"{asked.en}: {told.en}")


def _said(version: Version, name: str, value: object) -> Names:
    """Return a value for reading, whatever somebody has sent under the name of a field."""
    try:
        return said(version, name, value)
    except (AttributeError, KeyError, TypeError, ValueError):
        written = orjson.dumps(value).decode()
        return Names(written, written)


def _words(names: Names) -> Words:
    return Words(names.zh, names.en)
