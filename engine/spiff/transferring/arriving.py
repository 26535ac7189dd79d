"""Joins: by which flow a waiting branch has come, and which branches can still come.

Both are asked of the drawing alone. What the older version drew just as badly hinders nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from operator import is_not
from typing import TYPE_CHECKING, Any

from engine.spiff.elements.catching import BoundaryEvent
from engine.spiff.fixes import (
    CANCELLED,
    READY,
    STARTED,
    WAITING,
    InclusiveGateway,
    ParallelGateway,
    Token,
)
from engine.spiff.going_back.detours import Detour
from engine.spiff.transferring import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.spiff.flows import CaseFlow, Instance
    from engine.spiff.transferring.verdicts import Obstacle
    from engine.spiff.transferring.words import Words

Joins = (ParallelGateway, InclusiveGateway)


@dataclass
class Ways:
    """Where each token that waits at a join came from, and why one cannot have."""

    sources: dict[int, str] = field(default_factory=dict)
    obstacles: list[Obstacle] = field(default_factory=list)


def ways_in(tokens: Iterable[Token], spec: Any, words: Words) -> Ways:
    """Find the way into its join by which each waiting token would have come in a new process.

    By the flow that it took, wherever that comes from now; else by the element that it came from.
    """
    ways = Ways()
    for token in tokens:
        join = spec.task_specs.get(token.task_spec.name)
        if token._state != WAITING or not isinstance(join, Joins):
            continue
        source = way_in(token, join)
        if source is None:
            ways.obstacles.append(words.said(verdicts.cut_off, token.mark))
        else:
            ways.sources[token.id] = source
    return ways


def way_in(token: Token, join: Any) -> str | None:
    """Give the element by which a token would have come to a join; None if that leads elsewhere."""
    came = token.parent
    if came is None:
        return None
    flow = came.mark.exits.get(token.task_spec.name)
    for name in join._inputs:
        if flow is not None and flow_between(join._wf_spec.task_specs[name], join) == flow:
            return str(name)
    return came.task_spec.name if came.task_spec.name in join._inputs else None


def flow_between(source: Any, join: Any) -> str | None:
    """Give the flow that leads from one element to another, as "process:flow"."""
    taken: str | None = source.mark.exits.get(join.name)
    return taken


def arrive(instance: Instance, ways: Ways) -> None:
    """Let each waiting token hang on the place that it would have come from.

    One that it never was at stands there as cancelled: nobody has done it.
    """
    for id_, source in ways.sources.items():
        token = instance.tasks[id_]
        above = token.parent
        if above is not None and above.task_spec.name != source:
            between = Token(instance, instance.spec.task_specs[source], above, CANCELLED)
            above._children.remove(token.id)
            between._children, token._parent = [token.id], between.id


Hunger = tuple[int, str, str]
Pair = tuple[int, str, str]


def starving(case: CaseFlow) -> dict[Hunger, Any]:
    """Give the joins that wait, or will, for a way by which nothing can come; by way in."""
    found: dict[Hunger, Any] = {}
    for instance in _running(case):
        places = _open_places(instance)
        joins = [s for s in instance.spec.task_specs.values() if isinstance(s, ParallelGateway)]
        for join in (each for each in joins if len(each._inputs) > 1):
            fed, arrived = reached(places, join), _arrived(instance, join)
            if join.name not in fed and not arrived:
                continue
            fed |= arrived
            for name in join._inputs:
                if name not in fed:
                    found[_key(instance), join.name, name] = join
    return found


def following(case: CaseFlow) -> dict[Pair, Any]:
    """Give the open places that another open place leads to without a join between."""
    found: dict[Pair, Any] = {}
    for instance in _running(case):
        here = [s for s in _open_places(instance) if not isinstance(s, BoundaryEvent)]
        ahead = {spec.name: _reached([spec], _goes_on) for spec in here}
        for first, second in permutations(dict.fromkeys(here), 2):
            if second.name in ahead[first.name]:
                found[_key(instance), first.name, second.name] = second
    return found


def _goes_on(spec: Any) -> bool:
    return not (isinstance(spec, Joins) and len(spec._inputs) > 1)


def _is_extra(spec: Any) -> bool:
    """Whether what a boundary event begins comes on top of what goes on, if ever."""
    return isinstance(spec, BoundaryEvent) and not spec.cancel_activity


def _running(case: CaseFlow) -> list[Any]:
    """Give the instances that go on by the drawing; a step that is done once more does not."""
    return [
        instance
        for instance in case.instances()
        if not instance.completed and not isinstance(instance, Detour)
    ]


def _key(instance: Any) -> int:
    return 0 if instance is instance.top_workflow else instance.key


def _open_places(instance: Any) -> list[Any]:
    """Give the specs of what is open, without what has come to a join or waits beside."""
    return [
        token.task_spec
        for token in instance.tasks.values()
        if token._state & (READY | WAITING | STARTED)
        and token.mark.element
        and not (isinstance(token.task_spec, Joins) and token._state == WAITING)
        and not _is_extra(token.task_spec)
    ]


def _arrived(instance: Any, join: Any) -> set[str]:
    return {
        token.parent.task_spec.name
        for token in instance.tasks.values()
        if token.task_spec is join and token._state == WAITING
    }


def reached(places: list[Any], join: Any) -> set[str]:
    """Give the names of specs that tokens at these places can come to without passing a join."""
    return _reached(places, partial(is_not, join))


def _reached(places: list[Any], passes: Callable[[Any], bool]) -> set[str]:
    """Give the names of specs that tokens at these places can come to, through what lets pass."""
    found = {spec.name for spec in places}
    pending = list(places)
    while pending:
        spec = pending.pop()
        for following_ in spec.outputs:
            if following_.name not in found and not _is_extra(following_):
                found.add(following_.name)
                if passes(following_):
                    pending.append(following_)
    return found
