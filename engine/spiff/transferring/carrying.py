"""Setting the tokens of a case onto the specs of another version, each where it stood.

What has finished stays as far as the other version has it, so that it can be gone back to; what it
lacks is taken out of the line. What is predicted is forgotten: it is predicted anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit

from engine.spiff.elements.arming import STEP
from engine.spiff.elements.catching import BoundaryEvent
from engine.spiff.elements.choosing import EventGateway
from engine.spiff.elements.messages import Subscription
from engine.spiff.elements.turns import Turn
from engine.spiff.fixes import COMPLETED, READY, STARTED, WAITING, Token
from engine.spiff.going_back.detours import Detour
from engine.spiff.going_back.undoing import insert_above
from engine.spiff.transferring import verdicts
from engine.spiff.transferring.arriving import arrive, ways_in
from engine.spiff.transferring.remembering import remember
from engine.spiff.transferring.sorts import awaits_alike, counterpart
from engine.spiff.transferring.verdicts import CannotTransferError
from engine.spiff.transferring.words import Words

if TYPE_CHECKING:
    from engine.spiff.flows import CaseFlow, Instance
    from engine.spiff.model import Compiled
    from engine.spiff.transferring.verdicts import Obstacle

OPEN = READY | WAITING | STARTED
SPLIT = BoundaryEventSplit.__name__


def carry_over(case: CaseFlow, old: Compiled, new: Compiled) -> None:
    """Let a case stand in another version. CannotTransferError with all that hinders it.

    Nothing moves by it: what the other version has beside a place that is open is not there yet.
    """
    found: list[Obstacle] = []
    words = Words(old, new)
    instances: list[Any] = [case, *case.subprocesses.values()]
    for instance in instances:
        spec = _process_of(instance, new)
        if spec is None:
            del case.subprocesses[instance.key]
        else:
            found += _Carrying(instance, spec, words).carry()
    if found:
        raise CannotTransferError(found)
    case.plan = new.plan


def _process_of(instance: Any, new: Compiled) -> Any:
    """Give the spec that an instance runs by in the other version; None for one to forget."""
    if instance is instance.top_workflow:
        return new.plan.spec
    host = instance.host
    if host.workflow.tasks.get(host.id) is not host:
        return None
    around, top = host.workflow, instance.top_workflow
    if around is not top and top.subprocesses.get(around.key) is not around:
        return None
    if isinstance(instance, Detour):
        root = new.plan.spec
        return root if instance.spec.name == root.name else new.plan.called.get(instance.spec.name)
    return around.spec if isinstance(instance, Turn) else new.plan.called.get(host.task_spec.spec)


class _Carrying:
    """The tokens of one process instance, on their way."""

    def __init__(self, instance: Instance, spec: Any, words: Words) -> None:
        self.instance = instance
        self.spec = spec
        self.words = words
        self.homes: dict[int, Any] = {}

    def carry(self) -> list[Obstacle]:
        """Move all of them, or none; give what hinders it."""
        self._forget_predicted()
        tokens = list(self.instance.tasks.values())
        for token in tokens:
            self._home(token)
        hindered = [self.words.lost(t, self.spec) for t in tokens if self._is_stranded(t)]
        if not hindered and self._home(self.instance.task_tree) is None:
            hindered = [self.words.said(verdicts.returned, self._root_step().mark)]
        ways = ways_in(tokens, self.spec, self.words)
        hindered += ways.obstacles
        if not hindered:
            remember(tokens, self._home, ways)
            self._settle(tokens)
            arrive(self.instance, ways)
        return hindered

    def _forget_predicted(self) -> None:
        tasks = self.instance.tasks
        for token in list(tasks.values()):
            if token._state < WAITING:
                del tasks[token.id]
        for token in tasks.values():
            token._children = [child for child in token._children if child in tasks]

    def _home(self, token: Token) -> Any:
        if token.id not in self.homes:
            self.homes[token.id] = self._found(token)
        return self.homes[token.id]

    def _found(self, token: Token) -> Any:
        new, parent = counterpart(token, self.spec), token.parent
        if isinstance(token.task_spec, BoundaryEventSplit):
            main = _main(token)
            return new if main is not None and self._home(main) is not None else None
        if isinstance(token.task_spec, BoundaryEvent | BoundaryEventJoin):
            stays = parent is not None and self._home(parent) is not None
            return new if stays else None
        if parent is not None and isinstance(parent.task_spec, EventGateway):
            follows = self._home(parent) is not None and new in self._home(parent).outputs
            return new if follows else None
        return new

    def _is_stranded(self, token: Token) -> bool:
        """Whether a place where the case waits is lost with nothing that stands for it."""
        if not token._state & OPEN or self._home(token) is not None:
            return False
        if isinstance(token.task_spec, BoundaryEvent | BoundaryEventJoin):
            return False
        gateway = token.parent
        if gateway is None or not isinstance(gateway.task_spec, EventGateway):
            return True
        rivals = (rival for rival in gateway.children if rival._state & OPEN)
        return self._home(gateway) is None or all(self._home(rival) is None for rival in rivals)

    def _root_step(self) -> Token:
        """Give the step at whose border a detour begins."""
        root = self.instance.task_tree
        return _main(root) or root

    def _settle(self, tokens: list[Token]) -> None:
        tasks = self.instance.tasks
        grounds = {t.id: self._ground(t) for t in tokens}
        for token in tokens:
            token._children = []
        for token in tokens:
            if self.homes[token.id] is None:
                del tasks[token.id]
            elif token._parent is not None:
                token._parent = grounds[token.id]
                tasks[token._parent]._children.append(token.id)  # type: ignore[index]
        self.instance.spec = self.spec
        for token in list(tasks.values()):
            self._stand(token)

    def _ground(self, token: Token) -> int | None:
        """Give the place that a token hangs on from now on: its parent, if that stays."""
        parent = token.parent
        if parent is None or self.homes[parent.id] is not None:
            return token._parent
        while parent is not None and (
            self.homes[parent.id] is None
            or isinstance(parent.task_spec, BoundaryEventSplit | EventGateway)
        ):
            parent = parent.parent
        return parent.id if parent is not None else None

    def _stand(self, token: Token) -> None:
        old, new = token.task_spec, self.homes[token.id]
        token.task_spec = new
        if token._state == WAITING and hasattr(new, "event_definition"):
            _await_anew(token, old, new)
        split = self.spec.task_specs.get(f"{new.name}.{SPLIT}")
        parent = token.parent
        if split is not None and (parent is None or parent.task_spec is not split):
            self._wrap(token, split)

    def _wrap(self, token: Token, split: Any) -> None:
        """Put the place above an activity at which its border hangs."""
        if token.parent is not None:
            insert_above(token, split, COMPLETED)
        else:
            self.instance.task_tree = Token(self.instance, split, None, COMPLETED)
            self.instance.task_tree._children = [token.id]
            token._parent = self.instance.task_tree.id


def _main(split: Token) -> Token | None:
    """Give the activity whose border a split has drawn, unless it is forgotten."""
    name = split.task_spec.name.removesuffix(f".{SPLIT}")
    return next((child for child in split.children if child.task_spec.name == name), None)


def _await_anew(token: Token, old: Any, new: Any) -> None:
    """Forget what a token waits for, if something else is drawn there now."""
    was, now = old.event_definition, new.event_definition
    if not awaits_alike(old, new):
        token.internal_data.clear()
    elif isinstance(now, Subscription) and (was.parcel.keys, was.offered) != (
        now.parcel.keys,
        now.offered,
    ):
        for name in ("wait", "keys", "offered"):
            token.internal_data.pop(name, None)


def paused_steps(case: CaseFlow) -> set[int]:
    """Give the activities (tokens) whose own clock stands."""
    return {
        main.id
        for instance in case.instances()
        for token in instance.tasks.values()
        if _stands(token) and token.parent is not None
        if (main := _main(token.parent)) is not None
    }


def _stands(timer: Token) -> bool:
    internal = timer.internal_data
    return "arming" in internal and STEP in internal.get("held", ())
