"""What going back may still ask for in another version, and what is forgotten.

A finished step is known by the task that it opened. Where the other version draws a join around it
that the case has not been through, or draws one that it has been through otherwise, a step that was
opened anew could wait there forever: nobody goes back to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.elements.catching import BoundaryEvent
from engine.spiff.fixes import COMPLETED, TAKEN, TASK, ParallelGateway, Token
from engine.spiff.pruning import since_fork
from engine.spiff.transferring.arriving import flow_between, way_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.spiff.transferring.arriving import Ways


def remember(tokens: list[Token], home: Callable[[Token], Any], ways: Ways) -> None:
    """Keep the joins that a process instance has been through, or forget the steps before them.

    `home` gives where a token will stand in the other version; how those that a join has taken in
    came to it is added to `ways`.
    """
    lost: set[int] = set()
    for join in [token for token in tokens if TAKEN in token.internal_data]:
        met = [join, *map(join.workflow.tasks.get, join.internal_data[TAKEN])]
        sources = _sources(met, home)
        if sources is None or _ways(join.task_spec) != _ways(home(join)):
            lost |= since_fork(join)
            del join.internal_data[TAKEN]
        else:
            ways.sources.update(sources)
    for token in tokens:
        if token._state == COMPLETED and token.id not in lost and home(token) is not None:
            hungry = _unfed(home(token)) - _unfed(token.task_spec)
            lost |= {token.id} if TASK in token.internal_data and hungry else set()
    _forget(tokens, lost)


def _sources(met: Iterable[Token | None], home: Callable[[Token], Any]) -> dict[int, str] | None:
    """Give by which way each token came to its join, None if one cannot have."""
    found = {}
    for token in met:
        join = home(token) if token is not None else None
        source = way_in(token, join) if token is not None and join is not None else None
        if token is None or source is None:
            return None
        found[token.id] = source
    return found


def _ways(join: Any) -> set[str | None]:
    return {flow_between(source, join) for source in join.inputs}


def _unfed(place: Any) -> set[tuple[str, str | None]]:
    """Give the ways into joins ahead of a place that nothing comes by from there."""
    found = set()
    for join in place._wf_spec.task_specs.values():
        if isinstance(join, ParallelGateway) and len(join._inputs) > 1:
            fed = _reached(place, join)
            found |= {
                (join.name, flow_between(source, join))
                for source in join.inputs
                if join.name in fed and source.name not in fed
            }
    return found


def _reached(place: Any, join: Any) -> set[str]:
    """Give the names of specs that a token at a place can come to without passing a join.

    What a boundary event begins comes on top of what goes on, if ever.
    """
    found, pending = {place.name}, [place]
    while pending:
        for following in pending.pop().outputs:
            is_extra = isinstance(following, BoundaryEvent) and not following.cancel_activity
            if following.name not in found and not is_extra:
                found.add(following.name)
                pending += [following] if following is not join else []
    return found


def _forget(tokens: Iterable[Token], lost: set[int]) -> None:
    """Let finished steps at these places, or in what was called there, be gone back to no more."""
    for token in tokens:
        if token.id in lost:
            if token._state == COMPLETED:
                token.internal_data.pop(TASK, None)
            inner = token.workflow.top_workflow.subprocesses.get(token.id)
            if inner is not None:
                _forget(inner.tasks.values(), set(inner.tasks))
