"""A running case: its own process instance and those that it calls, and the loop that moves it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.workflow import Workflow

from engine.spiff.errors import RunError
from engine.spiff.fixes import READY, STARTED, UNFINISHED, WAITING, Token
from engine.spiff.journal import Journal
from engine.spiff.language.arithmetic import LimitError, measure
from engine.spiff.language.failures import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.plan import Plan

MAX_STEPS: Final = 5_000


class Instance:
    """What the case and the processes that it calls have in common.

    `values` are the variables; `written` the names assigned since the instance began. One that
    `shares` has those of the instance around it; one that is `lean` is stored as what differs.
    `cut` are the tokens (ids) that were open when it was ended before its time.
    """

    shares = False
    lean = False

    if TYPE_CHECKING:
        spec: Any
        top_workflow: Any
        tasks: dict[int, Token]
        task_tree: Token
        completed: bool
        last_task: Token | None

    values: dict[str, object]
    written: set[str]
    cut: list[int]

    def assign(self, name: str, value: object) -> None:
        """Set a variable of this process instance; RunError of one that no case can keep."""
        if isinstance(value, (list, dict)):
            self._measure(name, value)
        self.values[name] = value
        self.written.add(name)

    def _measure(self, name: str, value: object) -> None:
        try:
            measure(value)
        except LimitError as error:
            current = self.top_workflow.current
            zh, en = in_words(error)
            raise RunError(
                process=current.mark.process if current else self.spec.name,
                element=current.mark.element if current else "",
                zh=f"“{name}”的内容过多或层次过深（{zh}），案件不保存。请删减。",
                en=f'"{name}" holds too much, or too deep ({en}), to be kept. Cut it down.',
                variable=name,
            ) from error

    def plant(self) -> None:
        """Grow the tree of a fresh run and put its first token in the queue."""
        self.task_tree = Token(self, self.spec.start)
        self.spec.start._predict(self.task_tree, mask=UNFINISHED)
        self.task_tree._ready()

    def terminate(self) -> None:
        """End this process instance at once, with everything that is open in it.

        What was cut off is written down, for going back.
        """
        for token in list(self.tasks.values()):
            if token.state & UNFINISHED:
                if token.state & (WAITING | READY | STARTED):
                    self.cut.append(token.id)
                token.cancel()
        self.completed = True

    def cancel(self) -> None:
        """Be ended from outside; nothing is handed back."""
        self.terminate()

    def collect_log_extras(self, _dct: Any = None) -> dict[str, Any]:
        return {}

    def _task_removed_notify(self, task: Token) -> None:
        """Nobody listens."""


class CaseFlow(Instance, BpmnWorkflow):
    """The run of a whole case. `queue` are tokens to run, `parked` are joins to look at again.

    Its `key` is that of no token, so that it is told from what runs inside it.
    """

    key = 0

    def __init__(self, plan: Plan, scripts: Any) -> None:
        self.values = {}
        self.written = set()
        self.cut = []
        self.plan = plan
        self.last_id = 0
        self.queue: deque[Token] = deque()
        self.parked: list[Token] = []
        self.held: set[str] = set()
        self.journal = Journal()
        self.current: Token | None = None
        super().__init__(plan.spec, plan.called, script_engine=scripts, deserializing=True)

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def instances(self) -> Iterator[Any]:
        """Give the case itself and the processes and sub-processes that run inside it."""
        yield self
        for called in self.subprocesses.values():
            if not called.completed:
                yield called

    def advance(self) -> None:
        """Run every automatic element until only people and timers are waited for.

        Upstream collects what is ready and then runs it, also what a terminate end event or an
        interruption has cancelled meanwhile; here a token is asked again when its turn comes.
        """
        while self.queue or self._settle():
            token = self.queue.popleft()
            if token.state != READY:
                continue
            self.current = token
            self.journal.steps += 1
            if self.journal.steps > MAX_STEPS:
                raise _runaway(token)
            token.run()
        self.current = None

    def _settle(self) -> bool:
        parked, self.parked = self.parked, []
        for token in parked:
            if token.state == WAITING:
                token.task_spec._update(token)
                if token.state == WAITING:
                    self.parked.append(token)
        return bool(self.queue)

    def _task_completed_notify(self, task: Token) -> None:
        self.last_task = task
        if task.task_spec.name == "End":
            self.completed = True


class InnerFlow(Instance, BpmnSubWorkflow):
    """What runs inside a case where a token, its `host`, stands; the case finds it by its `key`."""

    def __init__(self, host: Token, spec: Any) -> None:
        self.parent_task_id = host.id
        self.host = host
        self.key = host.id
        self.cut = []
        self.top_workflow = host.workflow.top_workflow
        self.correlations: dict[str, object] = {}
        self.depth = host.workflow.depth + 1
        Workflow.__init__(self, spec, deserializing=True)
        if self.shares:
            self.values, self.written = host.workflow.values, host.workflow.written
        else:
            self.values, self.written = dict(host.workflow.values), set()

    @property
    def parent_workflow(self) -> Any:
        return self.host.workflow

    def before(self) -> Token | None:
        """Give the token that what runs here is a further run of, drawn elsewhere."""
        return None


class CalledFlow(InnerFlow):
    """The run of a called process or of an embedded sub-process inside a case.

    An embedded sub-process shares the variables around it. A called process gets a copy, and what
    it wrote comes back when it ends: two of them at a time do not disturb each other. One that
    says so gets its inputs only, and hands back its outputs.
    """

    def __init__(self, host: Token, spec: Any) -> None:
        self.shares = spec.embedded
        self.lean = host.workflow.lean
        super().__init__(host, spec)

    def hand_back(self) -> None:
        """Give the caller what this process wrote."""
        if self.shares:
            return
        names, hands = sorted(self.written), self.spec.hands
        given = hands.handed(self.host, self) if hands else {n: self.values[n] for n in names}
        for name, value in given.items():
            self.parent_workflow.assign(name, value)

    def _task_completed_notify(self, task: Token) -> None:
        self.last_task = task
        if task.task_spec.name == "End":
            self.completed = True
        if self.completed and self.host.state == STARTED:
            self.hand_back()
            self.host._set_state(READY)


def hosts(token: Token) -> Iterator[Token]:
    """Walk out through the activities that the token's process instance runs in."""
    while token.workflow is not token.workflow.top_workflow:
        token = token.workflow.host
        yield token


def drawn_around(token: Token) -> Iterator[Token]:
    """Walk out through the activities that a token is drawn in; from a further run, its first."""
    flow: Any = token.workflow
    while flow is not flow.top_workflow:
        before = flow.before()
        if before is None:
            yield flow.host
        flow = (before or flow.host).workflow


def _runaway(token: Token) -> RunError:
    drawn = token
    while not drawn.mark.element and drawn.parent is not None:
        drawn = drawn.parent
    return RunError(
        process=drawn.mark.process,
        element=drawn.mark.element,
        zh=f"自动步骤超过 {MAX_STEPS} 个仍未停下。请在循环中加入人工步骤或定时器。",
        en=f"More than {MAX_STEPS} automatic steps in a row. Put a person or a timer in the loop.",
    )
