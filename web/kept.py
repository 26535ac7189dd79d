"""Nothing typed is ever lost: posted values carried through pages that could not take them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from flask import request
from werkzeug.datastructures import MultiDict

from engine.cases.sending import FIELD as SENDING
from engine.control import has_control
from engine.linking.opened import FIELD as FOLLOWS
from web.language import t

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "kept."
LABELS = "_labels"
"""The name under which a form sends its labels along, for pages that know no form."""

WORDS = {
    "reason": ("原因", "Reason"),
    "opinion": ("意见", "Opinion"),
    "why": ("原因", "Reason"),
    "text": ("内容", "Text"),
    "day": ("日期", "Day"),
    "code": ("案件编号", "Case number"),
    "people": ("查找的人", "Person looked for"),
    "ratio": ("百分比", "Percentage"),
    "first": ("第一天", "First day"),
    "last": ("最后一天", "Last day"),
    "begins": ("生效日期", "From which day"),
    "announced": ("公布日期", "Announced on"),
    "name": ("名称", "Name"),
    "site": ("地点", "Site"),
    "hours": ("作息", "Hours"),
    "note": ("说明", "Note"),
    "answer": ("会签", "Signature"),
    "date": ("日期", "Date"),
}
"""What the boxes of our own pages ask for; what else they post is no text of a person's.

Where a page has several of one kind, each is named by it and by what it is about: ``why.tidying``.
"""

_VALUES = {
    ("answer", "agreed"): ("同意", "Agreed"),
    ("answer", "refused"): ("不同意", "Not agreed"),
}

_OURS = frozenset({"csrf_token", "next", "login", "password"})
_View = TypeVar("_View", bound="Callable[..., object]")


@dataclass(frozen=True, slots=True)
class Kept:
    """One posted value and its words; ``label`` is empty for what nobody typed."""

    name: str
    value: str
    label: str
    words: str


def keeps_typed(save: Callable[..., str]) -> Callable[[_View], _View]:
    """Say how a view's posted values outlive a lost session.

    ``save(posted, **view arguments)`` stores them as the person's draft and returns the address of
    the page that shows them again.
    """

    def mark(view: _View) -> _View:
        view.keeps_typed = save  # type: ignore[attr-defined]
        return view

    return mark


def posted_values() -> list[Kept]:
    """Return what this request posted, in order, without our own fields."""
    pairs = [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name not in _OURS
    ]
    labels = _labels(dict(pairs).get(LABELS, ""))
    return [_told(name, value, labels) for name, value in pairs]


def _told(name: str, value: str, labels: Mapping[str, str]) -> Kept:
    key = without_row(name)
    ours = name.partition(".")[0]
    if name.startswith("_") or (not labels and ours not in WORDS):
        return Kept(name, value, "", value)
    plain = t(*WORDS[ours]) if ours in WORDS else name
    words = t(*_VALUES[name, value]) if (name, value) in _VALUES else value
    return Kept(name, value, labels.get(key, plain), labels.get(f"{key}={value}", words))


def without_row(name: str) -> str:
    """Return a posted name as its label stands by: ``parts.0.qty`` as ``parts.qty``."""
    return ".".join(part for part in name.split(".") if not part.isdigit())


def files_were_chosen() -> bool:
    """Say whether this request brought files, which no page can carry."""
    return any(file.filename for file in request.files.values())


def typed_only(posted: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return what a person typed, for a draft: no token, no buttons, no labels.

    The key of a start form stays: its draft is the same sending, whenever it is sent; and what it
    follows.
    """
    return {
        name: values
        for name, values in posted.lists()
        if name in (SENDING, FOLLOWS) or (name not in _OURS and not name.startswith("_"))
    }


def carried() -> MultiDict[str, str]:
    """Return the values that a sign-in form carried along."""
    return MultiDict(
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    )


def local_path(path: str | None, default: str = "/") -> str:
    """Return ``path`` if it stays on this site, else ``default``.

    Browsers drop tabs and line breaks from an address and read a backslash as a slash, so that
    none of them may stand in it, quoted or not.
    """
    read = unquote(path or "")
    leaves = not read.startswith("/") or read.startswith("//") or "\\" in read
    return default if path is None or leaves or has_control(read) else path


def _labels(told: str) -> dict[str, str]:
    try:
        labels = json.loads(told)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(labels, dict):
        return {}
    return {str(name): str(label) for name, label in labels.items()}
