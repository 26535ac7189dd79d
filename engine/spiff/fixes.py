"""What SpiffWorkflow 3.2.1a does wrong or slowly, done again in classes that stand in for its own.

Nothing of upstream is patched: parsing puts these classes where upstream's would be, so that the
stock engine stays comparable (tests/engine/spiff/test_fixes.py runs both, and says when upstream no
longer needs one of them). The table in the package's docstring lists defects, cures and tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.spiff.journal import Journal
    from engine.spiff.plan import Mark

MAYBE: Final[int] = TaskState.MAYBE
FUTURE: Final[int] = TaskState.FUTURE
WAITING: Final[int] = TaskState.WAITING
READY: Final[int] = TaskState.READY
STARTED: Final[int] = TaskState.STARTED
COMPLETED: Final[int] = TaskState.COMPLETED
CANCELLED: Final[int] = TaskState.CANCELLED
PREDICTED: Final[int] = TaskState.PREDICTED_MASK
UNFINISHED: Final[int] = TaskState.NOT_FINISHED_MASK
TASK: Final = "task"
"""What a token of a step knows the task by that it opened."""
TAKEN: Final = "taken"
"""The tokens (ids) that a join has taken in beside the one that goes on."""


class Token(Task):
    """A place in the tree of a case's run.

    Its data are those of its process instance. Upstream copies them to every task, one level deep
    with the rest aliased, and merges branches so that a stale value of the last one wins and lists
    lose items (SpiffWorkflow 440; spiff-arena 1391, 1408, 1502). Ids are small numbers counted per
    case, and setting a state builds no log record (upstream builds one each time, read or not).
    """

    thread_id = 0
    last_state_change = 0

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Token | None = None, state: int = FUTURE
    ) -> None:
        self.id = workflow.top_workflow.next_id()
        self.workflow = workflow
        self.task_spec = task_spec
        self.triggered = False
        self.internal_data: dict[str, Any] = {}
        self._children: list[int] = []
        self._parent = parent.id if parent is not None else None
        self._state = state
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    @property
    def data(self) -> dict[str, object]:
        values: dict[str, object] = self.workflow.values
        return values

    @property
    def mark(self) -> Mark:
        mark: Mark = self.task_spec.mark
        return mark

    def _inherit_data(self) -> None:
        """Nothing to inherit: data belong to the process instance."""

    def _add_child(self, task_spec: Any, state: int = MAYBE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def is_descendant_of(self, parent: Token) -> bool:
        """Whether the token came of another one; upstream recurses, however long the case is."""
        above = self.parent
        while above is not None and above is not parent:
            above = above.parent
        return above is parent

    def cancel(self) -> None:
        """Cancel what runs inside as well, whatever has put it there."""
        super().cancel()
        inner = self.workflow.top_workflow.subprocesses.get(self.id)
        if inner is not None and not inner.completed:
            inner.cancel()

    def _set_state(self, value: int) -> None:
        if value == self._state:
            return
        self._state = value
        if value == READY:
            if not self.task_spec.manual:
                self.workflow.top_workflow.queue.append(self)
        elif value == WAITING and self.task_spec.mark.parks:
            self.workflow.top_workflow.parked.append(self)

    def complete(self) -> None:
        """Finish here and hand the token on, writing down where it went.

        What a token does may cancel the activity that it is in: then there is nothing to finish.
        """
        if self._state == CANCELLED:
            return
        self._state = COMPLETED
        self._write_down(self.workflow.top_workflow.journal)
        self.task_spec._on_complete(self)

    def _write_down(self, journal: Journal) -> None:
        mark = self.mark
        if mark.element and self.id not in journal.entered:
            journal.reached.append(mark.label)
        for child in self.children:
            if not child._state & UNFINISHED:
                continue
            flow = mark.exits.get(child.task_spec.name)
            if flow is not None:
                journal.flows.append(flow)
            if child.mark.arrives:
                journal.entered.add(child.id)
                journal.reached.append(child.mark.label)


class ParallelGateway(defaults.ParallelGateway):
    """Fires when a token waits on every way in, taking one from each.

    Upstream looks for arrivals in the whole tree: O(n²) in loops, where it also fired early before
    the pinned pre-release (SpiffWorkflow 341, 344). Counting waiting tokens needs no history.
    """

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(WAITING)
        arrived = _arrived(my_task, my_task.workflow.tasks.values())
        if len(arrived) < len(self._inputs):
            return False
        _join(my_task, arrived)
        return True

    def _run_hook(self, _my_task: Token) -> bool:
        return True


class InclusiveGateway(defaults.InclusiveGateway):
    """Fires when no token can still come to a way in that has none.

    Upstream stops looking below the gateway's first round, so in a loop it fires early.
    """

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(WAITING)
        tokens = list(my_task.workflow.tasks.values())
        arrived = _arrived(my_task, tokens)
        if any(self._may_come(token, arrived) for token in tokens if token.task_spec is not self):
            return False
        _join(my_task, arrived)
        return True

    def _may_come(self, token: Token, arrived: dict[str, Token]) -> bool:
        if not token._state & (READY | WAITING | STARTED):
            return False
        if isinstance(token.task_spec, defaults.BoundaryEvent) and token._state == WAITING:
            return False
        reach, place = self.mark.reach, token.task_spec.name
        comes = any(place in reach[name] for name in self._inputs if name not in arrived)
        return comes and not any(place in reach[name] for name in arrived)

    def _run_hook(self, my_task: Token) -> bool:
        matches, otherwise = self._get_matching_outputs(my_task)
        my_task._sync_children(matches or otherwise, FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=FUTURE | PREDICTED)
        return True


def _arrived(going_on: Token, tokens: Iterable[Token]) -> dict[str, Token]:
    """Give by ways in who waits at a join: the one that may go on, else the oldest of a way."""
    arrived = {going_on.parent.task_spec.name: going_on}
    for token in tokens:
        if token.task_spec is going_on.task_spec and token._state == WAITING:
            before = arrived.setdefault(token.parent.task_spec.name, token)
            if token.id < before.id and before is not going_on:
                arrived[token.parent.task_spec.name] = token
    return arrived


def _join(going_on: Token, arrived: dict[str, Token]) -> None:
    """Let one token go on and take in one of every other way, written down for going back."""
    taken = [token for token in arrived.values() if token is not going_on]
    for token in taken:
        token._state = CANCELLED
        token._drop_children()
    if taken:
        going_on.internal_data[TAKEN] = [token.id for token in taken]


class EndJoin(_EndJoin):
    """Ends a process when nothing else is open in it, without walking the tree each time.

    One token waits here for all that have come: however often an event happens beside an activity,
    what its branches leave behind does not pile up.
    """

    def _update_hook(self, my_task: Token) -> bool:
        is_last = True
        for token in list(my_task.workflow.tasks.values()):
            if token is my_task or not token._state & UNFINISHED:
                continue
            if token.task_spec is self and token._state == WAITING:
                token._state = CANCELLED
                token._drop_children()
            elif token.task_spec is not self and token.task_spec.name != "End":
                if my_task._state == WAITING:
                    return False
                is_last = False
        if not is_last:
            my_task._set_state(WAITING)
        return is_last

    def _run_hook(self, _my_task: Token) -> bool:
        return True


class EndEvent(defaults.EndEvent):
    """A terminate end event cancels what is open around it once, without throwing an event.

    Upstream throws a terminate event that nobody catches and that stays in the stored state.
    """

    def _run_hook(self, my_task: Token) -> bool:
        if isinstance(self.event_definition, TerminateEventDefinition):
            return True
        return bool(super()._run_hook(my_task))

    def _on_complete_hook(self, my_task: Token) -> None:
        ThrowingEvent._on_complete_hook(self, my_task)
        journal = my_task.workflow.top_workflow.journal
        if my_task.workflow is my_task.workflow.top_workflow:
            journal.last_end = my_task.mark.label
        if isinstance(self.event_definition, TerminateEventDefinition):
            my_task.workflow.terminate()
