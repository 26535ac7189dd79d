"""One turn of an activity that runs several times: a process instance of a single token.

That token is at the activity itself, so that what is drawn inside it, or called, runs as it would
run alone; the token that has come to the activity is the host of all its turns.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from engine.spiff.fixes import STARTED, TASK, Token
from engine.spiff.flows import InnerFlow

if TYPE_CHECKING:
    from collections.abc import Iterator

LABEL: Final = 80
SHOWN: Final = 2
"""Of a record so many values are told, since they stand in the history for good."""


class Turn(InnerFlow):
    """One turn of a repeated activity, counted from 1; `label` says which instance it is.

    The activity as a whole is known by the task of its last turn, for going back.
    """

    def __init__(self, host: Token, key: int, number: int, label: str | None) -> None:
        self.number = number
        self.label = label
        self.shares = host.task_spec.shares
        self.lean = not self.shares or host.workflow.lean
        super().__init__(host, host.workflow.spec)
        self.key = key

    def grow(self) -> None:
        """Plant the only token, and let it come to the activity."""
        self.task_tree = Token(self, self.spec.task_specs[self.host.task_spec.each])
        self.top_workflow.journal.entered.add(self.task_tree.id)
        self.task_tree.task_spec._update(self.task_tree)

    def _task_completed_notify(self, task: Token) -> None:
        self.last_task = task
        self.completed = True
        if TASK in task.internal_data:
            self.host.internal_data[TASK] = task.internal_data[TASK]
        if self.host.state == STARTED:
            self.host.task_spec.turned(self.host, self)


def told(item: object) -> str:
    """Say an item of a list in a few words: a text itself, a record by its first simple values."""
    if isinstance(item, dict):
        parts = (told(value) for value in item.values() if not isinstance(value, (dict, list)))
        text = " · ".join(islice((part for part in parts if part), SHOWN))
    else:
        text = "" if item is None or isinstance(item, (bool, list)) else str(item)
    text = " ".join(text.split())
    return text if len(text) <= LABEL else f"{text[: LABEL - 1]}…"


def which(token: Token) -> tuple[str | None, str | None]:
    """Say which instance of the multi-instance activities around it a token stands in.

    In words, and as host and number; both outermost first, None for none.
    """
    labels, numbers = [], []
    while token.workflow is not token.workflow.top_workflow:
        turn = token.workflow
        token = turn.host
        if isinstance(turn, Turn) and turn.label:
            labels.append(turn.label)
            numbers.append(f"{token.id}:{turn.number}")
    return " / ".join(reversed(labels)) or None, "/".join(reversed(numbers)) or None


def turns(host: Token) -> Iterator[Turn]:
    for flow in host.workflow.top_workflow.subprocesses.values():
        if isinstance(flow, Turn) and flow.host is host:
            yield flow


def forget(turn: InnerFlow) -> None:
    """Drop a turn, or a detour, that is over, with all that ran inside it."""
    inner = turn.top_workflow.subprocesses
    del inner[turn.key]
    pending: list[Any] = [turn]
    while pending:
        pending += [inner.pop(id_) for id_ in pending.pop().tasks if id_ in inner]
