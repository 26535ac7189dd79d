"""Forgetting the places that a long case has left behind.

Below the limit a case keeps all of them. Above it, what remains is the open places, their parents
(a join asks where its token came from), forks, and what going back asks for: the last finished run
of every step, and the joins between such a run and the fork before it, with all that arrived
there. A boundary event that has fired stays while its activity is open, because its own join waits
beneath it: a passed deadline is still shown. Nothing in our engine looks at anything else, so
state and time per step stay flat however long a case is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition

from engine.spiff.fixes import COMPLETED, TAKEN, TASK, UNFINISHED, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.flows import CaseFlow

LIMIT: Final = 100


def prune(case: CaseFlow) -> None:
    """Forget finished places if a case that stands still has more than the limit."""
    runs = last_runs(case)
    if len(case.tasks) + sum(len(sub.tasks) for sub in case.subprocesses.values()) <= LIMIT:
        return
    kept = _kept_hosts(case, {token.id for token in runs})
    for key, called in list(case.subprocesses.items()):
        if called.host.id not in kept:
            del case.subprocesses[key]
    for instance in flows(case):
        _forget_all_but(instance, kept.intersection(instance.tasks))


def _kept_hosts(case: CaseFlow, kept: set[int]) -> set[int]:
    """Keep also the hosts of what is open, holds something kept, or was cut off with such."""
    for called in reversed(list(case.subprocesses.values())):
        if not called.completed or not kept.isdisjoint(called.tasks):
            kept.add(called.host.id)
    for called in case.subprocesses.values():
        around = called.host.workflow
        if called.host.id in around.cut and (around is case or around.host.id in kept):
            kept.add(called.host.id)
    return kept


def flows(case: CaseFlow) -> Iterator[Any]:
    """Give the case itself and what runs, or has run, inside it; the outer ones first."""
    yield case
    yield from case.subprocesses.values()


def last_runs(case: CaseFlow) -> list[Token]:
    """Give the last finished run of every step; earlier runs are no longer known by their tasks."""
    last: dict[object, Token] = {}
    for instance in flows(case):
        known = [token for token in instance.tasks.values() if TASK in token.internal_data]
        place = _place(instance) if known else None
        for token in known:
            if token._state == COMPLETED:
                key = (place, token.task_spec.name)
                other = last.setdefault(key, token)
                if other is not token:
                    last[key] = max(token, other, key=lambda each: each.id)
                    del min(token, other, key=lambda each: each.id).internal_data[TASK]
    return list(last.values())


def _place(instance: Any) -> object:
    """Say where an instance runs; all runs of a called process that are over share one place."""
    if instance is instance.top_workflow:
        return 0
    if not instance.completed:
        return instance.key
    return (instance.host.task_spec.name, _place(instance.host.workflow))


def _forget_all_but(instance: Any, kept: set[int]) -> None:
    """Remove what neither leads to something open nor is asked for by going back."""
    if instance.completed:
        kept.update(id_ for id_ in instance.cut if id_ in instance.tasks)
        kept.update(token.id for token in instance.tasks.values() if ends_all(token))
    _keep_joins(instance, kept)
    _drop_dead_ends(instance, kept)
    _shorten(instance, kept)


def _keep_joins(instance: Any, kept: set[int]) -> None:
    """Keep each join that has something to go back to since its fork; the others just went on."""
    tasks = instance.tasks
    joins = [token for token in tasks.values() if TAKEN in token.internal_data]
    ways = [(join, since_fork(join)) for join in joins]
    while found := [join for join, way in ways if not kept.isdisjoint(way)]:
        for join in found:
            kept.update((join.id, join._parent, *join.internal_data[TAKEN]))
        ways = [(join, way) for join, way in ways if join not in found]
    for join, _ in ways:
        del join.internal_data[TAKEN]


def since_fork(join: Token) -> set[int]:
    """Give the places on all ways that meet in a join, back to where they began to differ."""
    chains = [_chain(join)]
    chains += [_chain(join.workflow.tasks[id_]) for id_ in join.internal_data[TAKEN]]
    return set().union(*chains) - set(chains[0]).intersection(*chains[1:])


def _chain(token: Token) -> list[int]:
    found = []
    walked: Token | None = token
    while walked is not None:
        found.append(walked.id)
        walked = walked.parent
    return found


def _drop_dead_ends(instance: Any, kept: set[int]) -> None:
    """Remove finished branches in which nothing is open or kept any more."""
    tasks = instance.tasks
    alive: set[int] = {instance.task_tree.id}
    for token in tasks.values():
        walked = token if token.state & UNFINISHED or token.id in kept else None
        while walked is not None and walked.id not in alive:
            alive.add(walked.id)
            walked = tasks.get(walked._parent)
    for id_ in [id_ for id_ in tasks if id_ not in alive]:
        del tasks[id_]
    for token in tasks.values():
        token._children = [child for child in token._children if child in tasks]


def _shorten(instance: Any, kept: set[int]) -> None:
    """Take out each finished place between two others on a line without forks.

    What has happened beside an activity stays: what follows from it is not the activity.
    """
    tasks = instance.tasks
    for token in list(tasks.values()):
        if token.id in kept or token.state != COMPLETED or token._parent is None:
            continue
        child = tasks[token._children[0]] if len(token._children) == 1 else None
        if child is None or child.state != COMPLETED:
            continue
        parent = tasks[token._parent]
        if isinstance(parent.task_spec, BoundaryEventSplit):
            continue
        parent._children[parent._children.index(token.id)] = child.id
        child._parent = parent.id
        del tasks[token.id]


def ends_all(token: Token) -> bool:
    """Whether a token has ended its process at once."""
    event = getattr(token.task_spec, "event_definition", None)
    return isinstance(event, TerminateEventDefinition) and token._state == COMPLETED
