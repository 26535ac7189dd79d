"""The verbs for what a service task has asked for: it is answered, fails, or is asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.calendar import STANDARD
from engine.spiff.clock import Time
from engine.spiff.codec import load
from engine.spiff.elements.throwing import throw
from engine.spiff.errors import NotAwaitedError
from engine.spiff.stepping import at_rest, moved, moving
from engine.spiff.survey import look_over

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.calendar import Calendars
    from engine.spiff.fixes import Token
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Call, Move


def answer(
    compiled: Compiled,
    state: bytes,
    call: UUID,
    result: Mapping[str, object],
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Give a service task what its connector has answered, and run on.

    `result` becomes its result variable, if it has one. NotAwaitedError if nothing waits for the
    call any more; RunError if the diagram cannot go on with this answer.
    """
    time = Time(now, calendars)
    return _settle(compiled, state, call, time, lambda t: t.task_spec.answered(t, dict(result)))


def number(
    compiled: Compiled,
    state: bytes,
    call: UUID,
    written: str,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Give a service task the case's number, as text, for its result variable, and run on.

    NotAwaitedError and RunError as for an answer.
    """
    time = Time(now, calendars)
    return _settle(compiled, state, call, time, lambda t: t.task_spec.answered(t, written))


def fail(
    compiled: Compiled,
    state: bytes,
    call: UUID,
    code: str,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Let a service task fail with an error code, and run on from whoever catches it.

    NotAwaitedError if nothing waits for the call any more; RunError if nobody catches the error.
    """
    return _settle(compiled, state, call, Time(now, calendars), lambda t: throw(t, code))


def asked_again(
    compiled: Compiled,
    state: bytes,
    call: UUID,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Call:
    """Say what a waiting service task asks by the case's variables as they stand; nothing moves.

    NotAwaitedError if nothing waits for the call any more; RunError if it cannot be said.
    """
    case = load(compiled.plan, state)
    token = look_over(case).calls.get(call)
    if token is None:
        raise NotAwaitedError(call)
    with moving(case, Time(now, calendars)):
        case.current = token
        asked: Call = token.task_spec.asked(token, call)
    return asked


def _settle(
    compiled: Compiled, state: bytes, call: UUID, time: Time, go_on: Callable[[Token], None]
) -> Move:
    case, before, ready, fire = at_rest(compiled, state, time)
    with moving(case, time):
        token = ready.calls.get(call)
        if token is None or call not in before.calls:
            raise NotAwaitedError(call)
        case.journal.answered.add(call)
        case.current = token
        go_on(token)
        case.advance()
        return moved(case, before, fire(case))
