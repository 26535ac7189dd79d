"""One entry of a case's history, said in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from engine.going_back.notes import notes as back_notes
from engine.history import WITHOUT_ROLE, items, lacks_answers, moment, read, repairview
from engine.history.entrykinds import CLASSES
from engine.history.entrynotes import named, notes_on, retried
from engine.history.entrytitles import title_of
from engine.history.told import listed
from engine.incidents import failures
from engine.messages import letterview
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    import sqlalchemy as sa

    from engine.history.superseding import Turn
    from engine.procedures import Version
    from forms import Change, Form
    from forms import Names as FormNames


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the timeline; ``at`` is UTC, ``who`` is None for the engine itself.

    ``who`` may have ``acted_for`` somebody, as the substitute of theirs.

    ``erased`` answers are gone as a later entry says, ``missing`` ones for no known reason;
    ``linked`` is the case that this entry opened, ``item`` the one of several instances;
    ``came_from`` is the case (id and code) that sent what came in, ``message`` what was sent.
    ``retried`` says that it was sent earlier and brought through by an operator.
    ``is_late`` says that a deadline passed. ``sort`` is the class of what is not the procedure's
    own (entrykinds). ``hash`` is the chain's, in hex. What was done and holds no more was
    ``superseded``, as the case went back, or ``withdrawn`` by whoever had done it.
    """

    seq: int
    at: datetime
    kind: str
    who: str | None
    role: Names | None
    title: Names
    hash: str
    acted_for: str | None = None
    place: str | None = None
    item: FormNames | None = None
    clauses: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[Names, ...] = ()
    erased: bool = False
    missing: bool = False
    linked: UUID | None = None
    came_from: tuple[UUID, str] | None = None
    message: UUID | None = None
    retried: Names | None = None
    is_late: bool = False
    sort: Names | None = None
    superseded: bool = False
    withdrawn: bool = False

    @property
    def carries(self) -> bool:
        """Whether its changes are what was carried, and not what somebody filled in."""
        return self.kind in letterview.CARRYING


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as it was sent; ``form.filled(values, …)`` lays it out for reading. ``at`` is UTC.

    ``place`` is the calls it was sent in and its step, ``item`` and ``turn`` say which one of
    several instances; ``round`` counts the fillings there; a superseded one belongs to a round
    that was redone, and a withdrawn one was taken back by whoever had sent it.
    """

    seq: int
    form: Form
    who: str
    at: datetime
    values: Mapping[str, Any]
    place: tuple[str, ...] = ()
    round: int = 1
    superseded: bool = False
    withdrawn: bool = False
    role: Names | None = None
    item: FormNames | None = None
    turn: Turn = ()
    acted_for: str | None = None


def form_of(version: Version, body: Mapping[str, Any]) -> Form | None:
    """Return the form that an entry's answers belong to; none for the cause of an incident."""
    if body.get("kind") == failures.KIND:
        return None
    return version.bundle.forms.get(f"{body.get('process')}/{body.get('element')}")


def filled(version: Version, row: sa.Row[Any]) -> FilledForm | None:
    """Return the form that an entry carries, or None for an entry without answers."""
    body = read(row.body)
    form = form_of(version, body)
    if row.answers is None or form is None:
        return None
    return FilledForm(
        row.seq,
        form,
        body["name"] or "",
        _sent_at(body) or row.at,
        orjson.loads(row.answers),
        role=_role(version, body),
        item=items.told(version, body.get("item")),
        acted_for=body.get("for_name"),
    )


def _sent_at(body: Mapping[str, Any]) -> datetime | None:
    return moment({"at": next(iter(listed(body, "retried")), body.get("at"))})


def view(
    version: Version,
    row: sa.Row[Any],
    before: Mapping[str, Any] | None,
    *,
    zone: ZoneInfo,
    is_erased: bool,
) -> EntryView:
    """Return an entry in words; ``before`` is what the entry's form said when it was last sent.

    Everything is read from the chained body; one that nobody can read says so. Deadlines are
    written in the company's ``zone``. ``is_erased``: a later entry says that its answers are gone.
    """
    try:
        return _view(version, row, before, zone=zone, is_erased=is_erased)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        title = Names("此条履历已无法读取", "This entry can no longer be read")
        return EntryView(row.seq, row.at, "unreadable", None, None, title, row.hash.hex())


def _view(
    version: Version,
    row: sa.Row[Any],
    before: Mapping[str, Any] | None,
    *,
    zone: ZoneInfo,
    is_erased: bool,
) -> EntryView:
    body = read(row.body)
    names = named(version, body.get("process"), body.get("element"))
    title = _title(version, body, names)
    gone = lacks_answers(row, body)
    return EntryView(
        seq=row.seq,
        at=datetime.fromisoformat(body["at"]),
        kind=body["kind"],
        who=body["name"],
        role=_role(version, body),
        title=title,
        hash=row.hash.hex(),
        acted_for=body.get("for_name"),
        place=f"{body['process']}:{body['element']}" if "element" in body else None,
        item=items.told(version, body.get("item")),
        clauses=tuple(body.get("clauses", ())),
        changes=_changes(version, row, body, before),
        notes=(*back_notes(version, body), *notes_on(version, body, zone), *failures.said(row)),
        erased=gone and is_erased,
        missing=gone and not is_erased,
        linked=UUID(body["linked"]) if "linked" in body else None,
        came_from=_source(body.get("from")),
        retried=retried(body, zone),
        message=UUID(body["message"]) if body["kind"] == "message_sent" else None,
        sort=CLASSES.get(body["kind"]),
        is_late=body["kind"] == "timer_fired" and not (body.keys() & {"reminds", "waited"}),
    )


def _title(version: Version, body: Mapping[str, Any], names: Names) -> Names:
    number = body.get("number") or body.get("facts", {}).get("number", "")
    back = named(version, *body.get("back", {}).get("place", ":").split(":"))
    words = {
        "zh": names.zh,
        "en": names.en,
        "back_zh": back.zh,
        "back_en": back.en,
        "number": number,
        "incident": body.get("incident"),
        "called": body.get("called"),
        "to": (body.get("moved") or ("", ""))[1],
    }
    title = title_of(body)
    return Names(title.zh.format(**words), title.en.format(**words))


def _role(version: Version, body: Mapping[str, Any]) -> Names | None:
    """Return the role by which whoever signed an entry has acted."""
    if body.get("name") is None or body.get(WITHOUT_ROLE):
        return None
    return version.bundle.roles.get(body.get("role", ""))


def _source(told: list[str] | None) -> tuple[UUID, str] | None:
    return None if told is None else (UUID(told[0]), told[1])


def _changes(
    version: Version, row: sa.Row[Any], body: Mapping[str, Any], before: Mapping[str, Any] | None
) -> tuple[Change, ...]:
    if body["kind"] == repairview.KIND:
        return repairview.changes(version, row)
    if body["kind"] in letterview.CARRYING:
        return letterview.changes(version, row)
    form = form_of(version, body)
    if row.answers is None or form is None:
        return ()
    return tuple(form.compared(before, orjson.loads(row.answers)))
