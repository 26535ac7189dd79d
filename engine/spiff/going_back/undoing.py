"""Undoing what has come of a step, and opening it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit

from engine.spiff.elements.catching import BoundaryEvent
from engine.spiff.elements.timers import BEGUN
from engine.spiff.fixes import (
    CANCELLED,
    COMPLETED,
    FUTURE,
    STARTED,
    TAKEN,
    UNFINISHED,
    WAITING,
    EndJoin,
    InclusiveGateway,
    ParallelGateway,
    Token,
)
from engine.spiff.flows import CalledFlow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spiff.flows import CaseFlow
    from engine.spiff.going_back.causes import Aftermath

_JOINS = (ParallelGateway, InclusiveGateway, EndJoin)


def go_back(case: CaseFlow, undone: Aftermath) -> Token:
    """Undo what has come of a step, open it anew, and let the case run to rest; give its token."""
    arrived = list(undone.arrived())
    case.current = undone.step
    drop(case, undone.dropped.values())
    for flow in undone.reopened:
        _reopen(flow)
    for token in (*undone.joins.values(), *arrived):
        _wait_anew(token)
    fresh = open_anew(undone.step)
    case.journal.reached.append(fresh.mark.label)
    case.journal.entered.add(fresh.id)
    _open_around(undone)
    for token in (*arrived, *undone.joins.values()):
        if token._state == WAITING:
            token.task_spec._update(token)
    case.advance()
    return fresh


def _open_around(undone: Aftermath) -> None:
    """Open what was cut off with a step, then what waits beside the activities around it."""
    inner = [flow for flow in undone.reopened if flow is not flow.top_workflow]
    around = {flow.host.id for flow in inner}
    for flow in undone.reopened:
        revive_cut(flow, around)
    for flow in inner:
        if not flow.completed:
            begin(new_border(split_of(flow.host)))


def drop(case: CaseFlow, tokens: Iterable[Token]) -> None:
    """Take tokens out of the case, with all that runs, or ran, inside them."""
    gone = {token.id: token for token in tokens}
    for token in gone.values():
        parent = token.parent
        if parent is not None and parent.id not in gone:
            parent._children.remove(token.id)
    for token in gone.values():
        del token.workflow.tasks[token.id]
        token._state = CANCELLED
    for key, flow in list(case.subprocesses.items()):
        if flow.host.id in gone:
            del case.subprocesses[key]
            gone.update(flow.tasks)
            for token in flow.tasks.values():
                token._state = CANCELLED


def open_anew(token: Token) -> Token:
    """Put a fresh token in the place of one that is over, with all that waits at its border."""
    split = split_of(token)
    parent = split or token.parent
    drop(token.workflow.top_workflow, subtree(token))
    return _open_at(parent, token.task_spec, split)


def open_below(parent: Token, spec: Any) -> Token:
    """Put a token below another one, where no flow leads, with all that waits at its border."""
    kinds = [each for each in spec.inputs if isinstance(each, BoundaryEventSplit)]
    split = parent._add_child(kinds[0], COMPLETED) if kinds else None
    return _open_at(split or parent, spec, split)


def _open_at(parent: Token, spec: Any, split: Token | None) -> Token:
    fresh = parent._add_child(spec, FUTURE)
    begin([fresh, *new_border(split)])
    return fresh


def subtree(token: Token) -> list[Token]:
    found = [token]
    for each in found:
        found += each.children
    return found


def begin(tokens: list[Token]) -> None:
    """Let tokens that stand side by side begin, the first one first."""
    for token in tokens:
        token.task_spec._predict(token, mask=UNFINISHED)
    for token in tokens:
        if token._state & UNFINISHED:
            token.task_spec._update(token)


def split_of(token: Token) -> Token | None:
    """Give the place at which the border of an activity hangs; pruning may have taken it out."""
    parent: Token | None = token.parent
    kinds = [spec for spec in token.task_spec.inputs if isinstance(spec, BoundaryEventSplit)]
    if parent is None or not kinds:
        return None
    if parent.task_spec is kinds[0]:
        return parent
    insert_above(token, kinds[0], COMPLETED)
    between: Token = token.parent
    return between


def insert_above(token: Token, spec: Any, state: int) -> None:
    """Put a place between a token and the one that it hangs on."""
    above = token.parent
    between = Token(token.workflow, spec, above, state)
    above._children.remove(between.id)
    above._children[above._children.index(token.id)] = between.id
    between._children, token._parent = [token.id], between.id


def new_border(split: Token | None) -> list[Token]:
    """Put fresh boundary events beside an activity, in the place of those that wait no more.

    What followed from one that has happened goes on; its moment is none of the new run's.
    """
    if split is None:
        return []
    stop_border(split)
    events = [spec for spec in split.task_spec.outputs if isinstance(spec, BoundaryEvent)]
    return [split._add_child(spec, FUTURE) for spec in events]


def stop_border(split: Token | None) -> None:
    """Take away what waits at the border of an activity, if it has one."""
    for token in split.children if split is not None else ():
        if isinstance(token.task_spec, BoundaryEvent):
            if token._state == COMPLETED:
                token.internal_data.clear()
            else:
                drop(token.workflow.top_workflow, subtree(token))


def _wait_anew(join: Token) -> None:
    """Let a token that has arrived at a join wait there again."""
    join.internal_data.pop(TAKEN, None)
    join._set_state(WAITING)
    join.task_spec._predict(join, mask=UNFINISHED)


def _reopen(flow: Any) -> None:
    """Let an instance that was over run again, with a fresh copy of the variables around it."""
    flow.completed = False
    if flow is flow.top_workflow:
        return
    host, cut = flow.host, flow.host.id in flow.host.workflow.cut
    _run_again(host)
    if flow.shares:
        flow.values, flow.written = host.workflow.values, host.workflow.written
    elif not cut:
        hands = flow.spec.hands
        flow.values = hands.given(host) if hands else dict(host.workflow.values)
        flow.written = set()


def _run_again(host: Token) -> None:
    """Let an activity be open again; what waits at its border comes last, for it may end it."""
    host._state = STARTED
    host.internal_data.pop(BEGUN, None)
    host.task_spec._predict(host, mask=UNFINISHED)


def revive_cut(flow: Any, around: set[int]) -> None:
    """Let what was cut off with an instance be open again, unless it was dropped."""
    cut = _cut_off(flow, around)
    flow.cut = []
    for token in cut:
        _revive(token)


def _cut_off(flow: Any, around: set[int]) -> list[Token]:
    """Give what was open in an instance when it was ended at once, without what hung beside it."""
    found = (flow.tasks.get(id_) for id_ in sorted(flow.cut) if id_ not in around)
    return [
        token
        for token in found
        if token is not None
        and token._state == CANCELLED
        and not isinstance(token.task_spec, BoundaryEvent | BoundaryEventJoin)
    ]


def opened_with(flow: Any, around: set[int]) -> Iterator[Token]:
    """Give the places that wait for something when what was cut off is open again."""
    for token in _cut_off(flow, around):
        inner = flow.top_workflow.subprocesses.get(token.id)
        if isinstance(inner, CalledFlow):
            yield from opened_with(inner, around)
        elif not isinstance(token.task_spec, _JOINS):
            yield token


def _revive(token: Token) -> None:
    inner = token.workflow.top_workflow.subprocesses.get(token.id)
    if isinstance(token.task_spec, _JOINS):
        _wait_anew(token)
    elif isinstance(inner, CalledFlow):
        inner.completed = False
        _run_again(token)
        if inner.shares:
            inner.values, inner.written = token.workflow.values, token.workflow.written
        revive_cut(inner, set())
        begin(new_border(split_of(token)))
    else:
        open_anew(token)
