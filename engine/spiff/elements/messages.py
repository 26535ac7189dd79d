"""Messages: thrown with their keys and payload, and waited for by the values of their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from typing_extensions import override

from engine.spiff.elements.catching import Awaited
from engine.spiff.moves import Message, Wait
from engine.spiff.reading import failure, in_words, read_roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.files.eventful import Parcel
    from engine.spiff.fixes import Token

_SCALARS: Final = (str, int, float)


class Notice(EventDefinition):
    """A message that leaves the case: to roles, to who waits for it, or to open a linked case."""

    def __init__(self, parcel: Parcel, notifies: tuple[str, ...]) -> None:
        super().__init__(parcel.name)
        self.parcel = parcel
        self.notifies = notifies

    def throw(self, my_task: Token) -> None:
        """Put the message among the effects of the move; RunError if a key has no value."""
        top, mark = my_task.workflow.top_workflow, my_task.mark
        message = Message(
            name=self.parcel.name,
            process=mark.process,
            element=mark.element,
            notifies=read_roles(my_task, self.notifies, top.plan.roles),
            keys=read_keys(my_task, self.parcel.keys),
            payload=payload_of(my_task, self.parcel),
            cause=_cause(my_task),
        )
        top.journal.effects.append(message)


def _cause(token: Token) -> str:
    """Give the place of the timer behind a token that has fired in this move."""
    fired = {f"{t.process}:{t.element}" for t in token.workflow.top_workflow.journal.fired}
    above: Token | None = token if fired else None
    while above is not None and above.mark.label not in fired:
        at_the_top = above.workflow is above.workflow.top_workflow
        above = above.parent or (None if at_the_top else above.workflow.host)
    return "" if above is None else above.mark.label


class Post(NamedTuple):
    """What a catching event waits for: `kind` is "message" or "signal"."""

    kind: str
    name: str


class Subscription(Awaited):
    """Waits for a message or signal, with the values that its keys have when it begins to."""

    def __init__(self, kind: str, parcel: Parcel, offered: tuple[str, ...] = ()) -> None:
        super().__init__(parcel.name)
        self.post = Post(kind, parcel.name)
        self.parcel = parcel
        self.offered = offered

    @override
    def has_fired(self, my_task: Token) -> bool:
        """Whether it was met; who asks first arms it. RunError if a key has no value."""
        internal = my_task.internal_data
        if "wait" not in internal:
            self._arm(my_task)
        return "met" in internal

    @override
    def happens_again(self, _my_task: Token) -> bool:
        """Whether another may come: always."""
        return True

    def meet(self, my_task: Token, payload: Mapping[str, object]) -> None:
        """Take what the message may carry, and let the token go on."""
        for name in self.parcel.carries:
            if name in payload:
                my_task.workflow.assign(name, payload[name])
        my_task.internal_data["met"] = True

    def _arm(self, my_task: Token) -> None:
        internal, roles = my_task.internal_data, my_task.workflow.top_workflow.plan.roles
        keys = read_keys(my_task, self.parcel.keys)
        offered = read_roles(my_task, self.offered, roles)
        internal["wait"] = uuid4().hex
        if keys:
            internal["keys"] = keys
        if offered:
            internal["offered"] = offered


def keys_of(token: Token) -> dict[str, tuple[type, object]]:
    """Give the variables by whose values a token waits, as they are now and not as it waits."""
    names = token.internal_data.get("keys", {})
    return {name: (type(token.data.get(name)), token.data.get(name)) for name in names}


def wait_anew(token: Token, names: tuple[str, ...]) -> None:
    """Let a token wait, under a new id, by what these keys are now; RunError if one is nothing."""
    internal = token.internal_data
    internal["keys"] = {**internal["keys"], **read_keys(token, names)}
    internal["wait"] = uuid4().hex


def wait_of(token: Token) -> Wait:
    """Describe what a token waits for."""
    mark, internal, post = token.mark, token.internal_data, token.task_spec.event_definition.post
    return Wait(
        id=UUID(hex=internal["wait"]),
        kind=post.kind,
        name=post.name,
        keys=internal.get("keys", {}),
        process=mark.process,
        element=mark.element,
        offered=tuple(internal.get("offered", ())),
    )


def read_keys(token: Token, names: tuple[str, ...]) -> dict[str, object]:
    """Read the values that correlate a message; RunError naming a variable that has none."""
    keys = {name: token.data.get(name) for name in names}
    for name, value in keys.items():
        if not isinstance(value, _SCALARS) or value == "":
            zh, en = in_words(value)
            raise failure(
                token,
                f"关联键“{name}”应为文字或数，现在{zh}。请在它之前填写或赋值。",
                f'The key "{name}" must be a text or number, but {en}. Fill it earlier.',
                variable=name,
            )
    return keys


def payload_of(token: Token, parcel: Parcel) -> dict[str, object]:
    """Read what a message or signal carries, as far as it has a value."""
    return {name: token.data[name] for name in parcel.carries if name in token.data}
