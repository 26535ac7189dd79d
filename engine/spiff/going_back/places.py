"""Where an operator can move a token to: the steps, calls and sub-processes of a version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.spiff.elements.specs import CallActivity, SubProcess, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.model import Compiled
    from engine.spiff.plan import Plan


@dataclass(frozen=True)
class Place:
    """A step, call or sub-process of a version.

    `path` are the call activities from the procedure down to it, `route` these and the
    sub-processes. `repeated` are those of the route that run several times: a token can only be
    moved inside the turn that it is in.
    """

    process: str
    element: str
    path: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()


def places(compiled: Compiled) -> tuple[Place, ...]:
    """List where a token can be moved to; what a process calls by itself again is left out."""
    return tuple(_inside(compiled.plan, compiled.plan.spec, Place("", ""), ()))


def drawn(spec: Any, element: str) -> Any:
    """Give what stands for an element in a process, of a repeated one its host."""
    return next(each for each in _drawn(spec) if each.mark.element == element)


def is_repeated(task_spec: Any) -> bool:
    return hasattr(task_spec, "each")


def _drawn(spec: Any) -> Iterator[Any]:
    turned = {each.each for each in spec.task_specs.values() if is_repeated(each)}
    for name, each in spec.task_specs.items():
        if each.mark.element and name not in turned:
            yield each


def _inside(plan: Plan, spec: Any, around: Place, seen: tuple[str, ...]) -> Iterator[Place]:
    for host in _drawn(spec):
        each = spec.task_specs[host.each] if is_repeated(host) else host
        opens = isinstance(each, CallActivity | SubProcess | Transaction)
        if not (opens or each.manual):
            continue
        element = host.mark.element
        yield replace(around, process=host.mark.process, element=element)
        if opens and each.spec not in seen:
            is_call = isinstance(each, CallActivity)
            within = replace(
                around,
                path=(*around.path, element) if is_call else around.path,
                route=(*around.route, element),
                repeated=around.repeated | {element} if host is not each else around.repeated,
            )
            yield from _inside(plan, plan.called[each.spec], within, (*seen, each.spec))
