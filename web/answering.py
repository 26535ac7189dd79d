"""Filling in a form, whatever it opens or completes: shown, kept, sent, refused with all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from flask import redirect, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from engine.cases.starts import FormChangedError, InvalidAnswersError, read_answers
from engine.errors import Refusal
from engine.spiff import ValueRefusedError
from engine.suspending.standstill import SuspendedError
from engine.tasks.drafts import DraftTooLargeError
from engine.tasks.waiting import DelegatedError, SigningError, TaskClaimedError, TaskGoneError
from forms import Problem
from web.clock import now
from web.database import connection, transaction
from web.errors import asked_by_script, refusal_page, status_of
from web.kept import posted_values, typed_only
from web.language import language
from web.once import said_once, say_once
from web.onward import onward
from web.people import current_person
from web.uploads import files_of, posted_with_files
from web.written import labelled, many, rearranges, stuck_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import sqlalchemy as sa
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from engine.cases.starts import Completed
    from forms import Form, FormView
    from forms.fields import Values


class View(Protocol):
    """What the engine gives for a form to be filled in."""

    @property
    def form(self) -> Form:
        """The form itself."""
        ...

    @property
    def draft(self) -> dict[str, list[str]] | None:
        """What this person had typed before, by posted name."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as its page shows it; ``once`` is then, kept, saved or nothing."""

    form: FormView
    problems: Mapping[str, Problem] = field(default_factory=dict)
    refusal: Refusal | None = None
    once: str = ""


V = TypeVar("V", bound=View)
_NOT_TAKEN = (
    *(TaskClaimedError, TaskGoneError, FormChangedError, DelegatedError, SigningError),
    SuspendedError,
)
"""What may have come between showing a form and sending it."""


@dataclass(frozen=True, slots=True)
class Subject(Generic[V]):
    """One form that one person fills in; ``draft`` names it for drafts and files, as the engine.

    ``here`` gives the address of its page, ``view`` what it shows, or refuses; ``fresh`` is what it
    begins with. ``send`` and ``save`` run in a transaction; ``record`` keeps the incident of a
    failure and returns its number.
    """

    draft: str
    here: Callable[[], str]
    view: Callable[[], V]
    fresh: Callable[[V], Values]
    page: Callable[[V, Shown], str]
    save: Callable[[sa.Connection, dict[str, list[str]]], None]
    send: Callable[[sa.Connection, MultiDict[str, str]], Completed]
    record: Callable[[sa.Connection, Exception, dict[str, list[str]]], int]


def show(subject: Subject[V]) -> ResponseReturnValue:
    """Return the page: the draft, or what the form begins with."""
    view = subject.view()
    once, refused = said_once()
    said = "" if once in {"kept", "saved"} and view.draft is None else once
    return _page(subject, view, _begun(subject, view), refused, once=said)


def _begun(subject: Subject[V], view: V) -> Values:
    drafted = view.draft is not None
    return view.form.typed(many(view.draft or {})) if drafted else subject.fresh(view)


def keep(subject: Subject[V], posted: MultiDict[str, str]) -> str:
    """Store what was typed, and the files that came with it, as a draft; return the page's address.

    The page says next that it was kept, and which files were not.
    """
    with_files, refused = posted_with_files(posted, subject.draft, lambda: subject.view().form)
    _save(subject, with_files)
    say_once(subject.here(), "kept", refused)
    return subject.here()


def send(subject: Subject[V]) -> ResponseReturnValue:
    """Take the posted form, or show it again with everything that is wrong with it."""
    posted, refused = posted_with_files(request.form, subject.draft, lambda: subject.view().form)
    if rearranges(posted):
        return _again(subject, posted, refused)
    if refused:
        return _invalid(subject, posted, {**_problems(subject, posted), **refused})
    try:
        with transaction() as conn:
            done = subject.send(conn, posted)
    except InvalidAnswersError as error:
        return _invalid(subject, posted, error.answers.problems)
    except _NOT_TAKEN as error:
        return _not_taken(subject, posted, error)
    except (Refusal, HTTPException, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes an incident
        return _failed(subject, posted, error)
    return onward(done)


def save_draft(subject: Subject[V]) -> ResponseReturnValue:
    """Keep the posted form as a draft; a script gets a status only."""
    posted, refused = posted_with_files(request.form, subject.draft, lambda: subject.view().form)
    try:
        _save(subject, posted)
    except TaskGoneError as error:
        return refusal_page(error) if asked_by_script() else _gone(error, posted)
    if asked_by_script():
        return "", 204
    if refused:
        return _again(subject, posted, refused)
    say_once(subject.here(), "saved")
    return redirect(subject.here(), 303)


def _save(subject: Subject[V], posted: MultiDict[str, str]) -> None:
    """Keep what was typed; what the page had shown by itself is nobody's typing."""
    view = subject.view()
    if not view.form.shows_alike(view.form.typed(posted), _begun(subject, view)):
        _store(subject, posted)


def _store(subject: Subject[V], posted: MultiDict[str, str]) -> None:
    with transaction() as conn:
        subject.save(conn, typed_only(posted))


def _problems(subject: Subject[V], posted: MultiDict[str, str]) -> Mapping[str, Problem]:
    form, conn, by = subject.view().form, connection(), current_person()
    try:
        read_answers(conn, form, posted, subject=subject.draft, by=by, now=now())
    except InvalidAnswersError as error:
        return error.answers.problems
    return {}


def _invalid(
    subject: Subject[V], posted: MultiDict[str, str], problems: Mapping[str, Problem]
) -> ResponseReturnValue:
    view = subject.view()
    return _page(subject, view, view.form.typed(posted), problems), 422


def _again(
    subject: Subject[V],
    posted: MultiDict[str, str],
    problems: Mapping[str, Problem],
    *,
    refusal: Refusal | None = None,
) -> ResponseReturnValue:
    view = subject.view()
    typed = view.form.rearranged(posted) or view.form.typed(posted)
    status = status_of(refusal) if refusal else 422 if problems else 200
    return _page(subject, view, typed, problems, refusal=refusal), status


def _page(
    subject: Subject[V],
    view: V,
    typed: Values,
    problems: Mapping[str, Problem],
    *,
    refusal: Refusal | None = None,
    once: str = "",
) -> str:
    files = files_of([(view.form, typed)])
    form = view.form.view(typed, problems, lang=language(), files=files)
    return subject.page(view, Shown(form, problems, refusal, once))


def _not_taken(
    subject: Subject[V],
    posted: MultiDict[str, str],
    error: Refusal,
) -> ResponseReturnValue:
    if isinstance(error, TaskGoneError):
        return _gone(error, posted)
    return _again(subject, posted, {}, refusal=error)


def _gone(refusal: TaskGoneError, posted: MultiDict[str, str]) -> ResponseReturnValue:
    return refusal_page(refusal, kept=labelled(connection(), refusal.case_id, posted))


def _failed(
    subject: Subject[V], posted: MultiDict[str, str], error: Exception
) -> ResponseReturnValue:
    """Tell what the procedure cannot use at the field it was typed into, if it was typed here."""
    name = error.variable if isinstance(error, ValueRefusedError) else None
    if isinstance(error, ValueRefusedError) and name in subject.view().form.by_name:
        return _invalid(subject, posted, {f"/{name}": Problem(error.zh, error.en)})
    return _stuck(subject, posted, error)


def _stuck(
    subject: Subject[V], posted: MultiDict[str, str], error: Exception
) -> ResponseReturnValue:
    """Record what failed, keep what was typed, and say both."""
    typed = typed_only(posted)
    try:
        with transaction() as conn:
            number = subject.record(conn, error, typed)
    except TaskGoneError as gone:
        return _gone(gone, posted)
    try:
        _store(subject, posted)
    except DraftTooLargeError:
        kept = posted_values()
    else:
        kept = []
        say_once(subject.here(), "kept")
    return stuck_page(number, back=subject.here(), kept=kept), 500
