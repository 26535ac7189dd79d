"""Joins: by which flow a branch that waits there has come, by the drawing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spiff.fixes import CANCELLED, WAITING, InclusiveGateway, ParallelGateway, Token
from engine.spiff.transferring import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.spiff.flows import Instance
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
