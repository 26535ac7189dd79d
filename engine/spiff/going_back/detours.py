"""Straight returns 直达: a finished step is done once more, and then who returned it goes on.

The step that is returned stays where it is and waits; nothing beside it, or between the two, is
undone or done again. The other one runs inside it, alone, with the variables that it would see if
it were open where it is drawn; what is written there counts for all who still have a copy.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from typing_extensions import override

from engine.spiff.copies import owners, set_for_all
from engine.spiff.elements.catching import BoundaryEvent
from engine.spiff.elements.lanes import role_at
from engine.spiff.elements.turns import forget
from engine.spiff.errors import NoWayBackError
from engine.spiff.fixes import COMPLETED, FUTURE, STARTED, TASK, Token
from engine.spiff.flows import InnerFlow
from engine.spiff.going_back.places import is_repeated
from engine.spiff.going_back.undoing import begin, drop, new_border, split_of, stop_border
from engine.spiff.going_back.ways import why_not_straight
from engine.spiff.pruning import flows
from engine.spiff.survey import PATH, ROLE, path_of


class Detour(InnerFlow):
    """A step that is done once more inside the one that returned it, its `host`.

    `origin` is the token (id) of the run before. Of the events beside the step those are there
    that do not interrupt; what follows from them stops when the step is done.
    """

    lean = True

    def __init__(self, host: Token, spec: Any, origin: int) -> None:
        super().__init__(host, spec)
        self.origin = origin

    def grow(self, step: Token) -> None:
        """Open the step, for whom it was open before."""
        spec = step.task_spec
        splits = [each for each in spec.inputs if isinstance(each, BoundaryEventSplit)]
        split = Token(self, splits[0], None, COMPLETED) if splits else None
        fresh = Token(self, spec, split)
        self.task_tree = split or fresh
        spec._update(fresh)
        if split is not None:
            events = [each for each in splits[0].outputs if isinstance(each, BoundaryEvent)]
            lasting = [each for each in events if not each.cancel_activity]
            begin([split._add_child(each, FUTURE) for each in lasting])
        self._address(fresh, step)

    def _address(self, fresh: Token, step: Token) -> None:
        whose = step.mark.whose
        if whose.role is None:
            fresh.internal_data[ROLE] = role_at(fresh if whose.variable else step)
        if not is_repeated(fresh.task_spec):
            fresh.internal_data[TASK] = uuid4().hex
        fresh.internal_data[PATH] = path_of(step)

    @override
    def before(self) -> Token | None:
        """Give the run before; None if it is forgotten."""
        found = (flow.tasks.get(self.origin) for flow in flows(self.top_workflow))
        return next((token for token in found if token is not None), None)

    def _task_completed_notify(self, task: Token) -> None:
        self.last_task = task
        if task is self.task_tree or (
            task.parent is self.task_tree and not isinstance(task.task_spec, BoundaryEvent)
        ):
            self._come_back(task)

    def _come_back(self, done: Token) -> None:
        """Hand on what was written, and open the step again that has waited."""
        case, host = self.top_workflow, self.host
        self.terminate()
        forget(self)
        before = self.before()
        if before is not None and TASK not in before.internal_data:
            before = None
        if before is not None and TASK in done.internal_data:
            before.internal_data[TASK] = done.internal_data[TASK]
        hand_on(self, before if before is not None else host)
        host._state = FUTURE
        case.journal.reached.append(host.mark.label)
        case.journal.entered.add(host.id)
        begin([host, *_border_of(host)])
        if isinstance(host.workflow, Detour):
            host._drop_children()  # no flow leads on from here


def _border_of(host: Token) -> list[Token]:
    """Put fresh events beside a step; in a detour only those that do not interrupt it."""
    border = new_border(split_of(host))
    if not isinstance(host.workflow, Detour):
        return border
    drop(host.workflow.top_workflow, [e for e in border if e.task_spec.cancel_activity])
    return [event for event in border if not event.task_spec.cancel_activity]


def detour(token: Token, step: Token) -> None:
    """Let an open step wait, with no clock on it, until a finished one is done once more.

    NoWayBackError if gateways rely on what that one has filled in.
    """
    case = token.workflow.top_workflow
    if (why := why_not_straight(step)) is not None:
        raise NoWayBackError(UUID(hex=step.internal_data[TASK]), why.zh, why.en)
    case.current = step
    stop_border(split_of(token))
    _forget(token)
    token._state = STARTED
    flow = Detour(token, step.workflow.spec, step.id)
    flow.values = _given(step.workflow)
    case.subprocesses[token.id] = flow
    case.journal.reached.append(step.mark.label)
    flow.grow(step)


def _forget(token: Token) -> None:
    """Forget what a step was known by, but where it is drawn if it is done once more itself."""
    known, lasting = token.internal_data, set()
    if PATH in known:
        lasting = {PATH} if token.mark.whose.variable else {PATH, ROLE}
    token.internal_data = {name: known[name] for name in sorted(lasting & known.keys())}


def hand_on(flow: Detour, before: Token) -> None:
    """Write what was written in a detour where the run before would have left it."""
    around, names = before.workflow, flow.written
    while around.completed:
        hands = around.spec.hands
        names = names if hands is None else names.intersection(hands.outputs)
        around = around.host.workflow
    all_owners = owners(around.top_workflow)
    while around.shares:
        around = around.host.workflow
    for name in sorted(names):
        set_for_all(all_owners, around, name, flow.values[name])


def _given(flow: Any) -> dict[str, object]:
    """Give a copy of the variables that a step in an instance would see, were it open again."""
    if not flow.completed:
        return dict(flow.values)
    values, hands = _given(flow.host.workflow), flow.spec.hands
    if hands is None:
        return values
    return {**hands.own, **{name: values[name] for name in hands.inputs if name in values}}
