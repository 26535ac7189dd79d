"""Actions on a task besides doing it: what follows is read first, then it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from flask import Blueprint, redirect, render_template, request, url_for

from engine.acts.signing import COUNTING, HEARING, MODES
from engine.attachments.enclosing import key_of
from engine.cases.starts import InvalidAnswersError
from engine.errors import Refusal
from engine.flexible import asking, delegating, handing, telling
from engine.flexible.actview import act_view
from engine.flexible.choosing import NobodyChosenError
from engine.reasons import BadReasonError
from web.clock import now
from web.database import connection, transaction
from web.kept import keeps_typed
from web.once import say_once
from web.people import current_person
from web.tasks import keep, keep_what_was_typed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa
    from flask.typing import ResponseReturnValue

    from engine.flexible.actview import ActView
    from engine.people import Person

bp = Blueprint("acting", __name__, url_prefix="/tasks/<uuid:task_id>/acts/<act>")


class AnswersNotReadyError(Refusal):
    """What was typed for the task is not right yet, and so cannot be sent for signatures."""

    code = "answers_not_ready"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"表单里还有 {count} 处要更正，请先回到表单改好再请人会签。",
            f"{count} field(s) of the form need correction first; go back and mend them.",
        )


_TURN: Final = "turn-"
_LAST: Final = 1000


class Verb(Protocol):
    """Does an action as the posted page says it."""

    def __call__(self, conn: sa.Connection, task_id: UUID, /, *, by: Person, now: datetime) -> None:
        """Do it in the transaction of a view."""
        ...


def _reason() -> str:
    return request.form.get("reason", "")


def _people() -> list[UUID]:
    """Return who was chosen: those who were given a turn first, in its order."""
    keys = (key_of(text) for text in request.form.getlist("to"))
    turns = _turns()
    return sorted((key for key in keys if key), key=lambda key: turns.get(key, _LAST))


def _turns() -> dict[UUID, int]:
    """Return the turns that were given to people who sign one after the other."""
    given = {name: request.form.get(name, type=int) for name in request.form}
    typed = ((key_of(name.removeprefix(_TURN)), turn) for name, turn in given.items())
    return {key: turn for key, turn in typed if key is not None and turn is not None}


def _one() -> UUID | None:
    return next(iter(_people()), None)


def _wanted(place: str) -> asking.Wanted:
    ratio = request.form.get("ratio", type=int)
    return asking.Wanted(place, request.form.get("mode", ""), ratio, _people())


VERBS: Final[Mapping[str, Verb]] = {
    "transfer": lambda conn, task, **who: handing.transfer(conn, task, _one(), _reason(), **who),
    "assign": lambda conn, task, **who: handing.assign(conn, task, _one(), _reason(), **who),
    "delegate": lambda conn, task, **who: delegating.delegate(conn, task, _one(), _reason(), **who),
    "give-back": lambda conn, task, **who: delegating.give_back(conn, task, _reason(), **who),
    "take-back": delegating.take_back,
    "sign-before": lambda conn, task, **who: asking.ask(
        conn, task, _wanted("before"), _reason(), **who
    ),
    "sign-after": lambda conn, task, **who: asking.ask(
        conn, task, _wanted("after"), _reason(), **who
    ),
    "remove-sign": lambda conn, task, **who: asking.remove(conn, task, _one(), _reason(), **who),
    "urge": lambda conn, task, **who: telling.urge(conn, task, _reason(), **who),
    "copy": lambda conn, task, **who: telling.copy(conn, task, _people(), _reason(), **who),
}


@bp.get("")
def show(task_id: UUID, act: str) -> ResponseReturnValue:
    return _page(task_id, act)


@bp.post("/begin")
@keeps_typed(keep)
def begin(task_id: UUID, act: str) -> ResponseReturnValue:
    """Go to the page of an action; what was typed for the task stays as a draft."""
    keep_what_was_typed(task_id)
    return redirect(url_for("acting.show", task_id=task_id, act=act), 303)


@bp.post("")
def do(task_id: UUID, act: str) -> ResponseReturnValue:
    if "search" in request.form:
        return _page(task_id, act)
    view = _view(task_id, act)
    try:
        with transaction() as conn:
            VERBS[view.act.key](conn, task_id, by=current_person(), now=now())
    except InvalidAnswersError as refusal:
        return _page(task_id, act, AnswersNotReadyError(len(refusal.answers.problems))), 422
    except (BadReasonError, NobodyChosenError, asking.BadGroupError) as refusal:
        return _page(task_id, act, refusal), 422
    there = url_for("cases.show", case_id=view.case.id)
    say_once(there, "acted")
    return redirect(there, 303)


def _view(task_id: UUID, act: str) -> ActView:
    return act_view(
        connection(),
        task_id,
        act,
        query=request.form.get("people", ""),
        kept=_people(),
        by=current_person(),
    )


def _page(task_id: UUID, act: str, refusal: Refusal | None = None) -> str:
    view = _view(task_id, act)
    case = url_for("cases.show", case_id=view.case.id)
    return render_template(
        "act.html",
        active="inbox" if view.reads_task else "cases",
        view=view,
        refusal=refusal,
        typed=_reason(),
        query=request.form.get("people", ""),
        chosen=_people(),
        modes=MODES if view.joins is None else {},
        counting=HEARING if view.act.key == "sign-before" else COUNTING,
        turns=_turns(),
        mode=request.form.get("mode", "all"),
        ratio=request.form.get("ratio", ""),
        back=url_for("tasks.show", task_id=task_id) if view.reads_task else case,
    )
