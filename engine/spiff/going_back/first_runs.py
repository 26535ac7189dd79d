"""What waited beside an activity in its first run goes on where a step in it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spiff.clock import moment
from engine.spiff.elements.arming import timer_of
from engine.spiff.elements.catching import beside
from engine.spiff.elements.timers import BEGUN, Deadline, count_on, remember
from engine.spiff.fixes import COMPLETED
from engine.spiff.going_back.undoing import drop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.spiff.fixes import Token

    Stood = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class FirstRun:
    """The deadlines of an activity before it was done: ``since`` when (UTC) they counted.

    None: that is not known. ``fired`` are those that passed, by what is drawn, with what they knew.
    """

    since: datetime | None
    fired: Mapping[str, dict[str, Any]]

    def go_on(self, activity: Token, since: datetime, stood: Stood) -> None:
        """Let the deadlines of an activity that is open anew count from when it began first.

        Its clocks have ``stood`` meanwhile. One that has passed does not pass once more.
        """
        case = activity.workflow.top_workflow
        activity.internal_data.pop(BEGUN, None)
        remember(activity, since.isoformat())
        for token in list(beside(activity)):
            known = self.fired.get(token.task_spec.name)
            if known is None:
                continue
            if token._state == COMPLETED:
                token.internal_data = known
            else:
                case.journal.armed.remove(timer_of(token))
                drop(case, [token])
        count_on(activity, since, [(max(start, since), end) for start, end in stood if end > since])


def first_run(activity: Token) -> FirstRun:
    """Return what a finished activity, and what has waited beside it, know of its run."""
    begun = activity.internal_data.get(BEGUN)
    passed = (token for token in beside(activity) if token._state == COMPLETED)
    fired = {
        token.task_spec.name: dict(token.internal_data)
        for token in passed
        if _is_deadline(token) and "due" in token.internal_data
    }
    return FirstRun(None if begun is None else moment(begun), fired)


def _is_deadline(token: Token) -> bool:
    event = token.task_spec.event_definition
    return isinstance(event, Deadline) and event.is_deadline
