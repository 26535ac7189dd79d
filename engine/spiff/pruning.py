"""Forgetting the places that a long case has left behind.

Below the limit a case keeps all of them, for going back. Above it, what remains is the open
places, their parents (a join asks where its token came from) and forks. A boundary event that has
fired stays while its activity is open, because its own join waits beneath it: a passed deadline is
still shown. Nothing in our engine looks at anything else, so state and time per step stay flat
however long a case is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.fixes import COMPLETED, UNFINISHED, Token

if TYPE_CHECKING:
    from engine.spiff.flows import CaseFlow, Instance

LIMIT: Final = 150


def prune(case: CaseFlow) -> None:
    """Forget finished places if a case that stands still has more than the limit."""
    if len(case.tasks) + sum(len(sub.tasks) for sub in case.subprocesses.values()) <= LIMIT:
        return
    for host, called in list(case.subprocesses.items()):
        if called.completed:
            del case.subprocesses[host]
    for instance in case.instances():
        _drop_dead_ends(instance)
        _shorten(instance)


def _drop_dead_ends(instance: Instance) -> None:
    """Remove finished branches in which nothing is open any more."""
    tasks = instance.tasks
    alive: set[int] = {instance.task_tree.id}
    for token in tasks.values():
        walked: Token | None = token if token.state & UNFINISHED else None
        while walked is not None and walked.id not in alive:
            alive.add(walked.id)
            walked = tasks.get(walked._parent)  # type: ignore[arg-type]
    for id_ in [id_ for id_ in tasks if id_ not in alive]:
        del tasks[id_]
    for token in tasks.values():
        token._children = [child for child in token._children if child in tasks]


def _shorten(instance: Instance) -> None:
    """Take out each finished place between two others on a line without forks."""
    tasks = instance.tasks
    for token in list(tasks.values()):
        if token.state != COMPLETED or len(token._children) != 1 or token._parent is None:
            continue
        child = tasks[token._children[0]]
        if child.state != COMPLETED:
            continue
        parent = tasks[token._parent]
        parent._children[parent._children.index(token.id)] = child.id
        child._parent = parent.id
        del tasks[token.id]
