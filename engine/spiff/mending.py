"""Mending the data of a case that stands still; what waits by them waits by them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.spiff.codec import load
from engine.spiff.elements.messages import keys_of, wait_anew
from engine.spiff.elements.turns import which
from engine.spiff.errors import ScopeGoneError
from engine.spiff.flows import hosts
from engine.spiff.moves import Scope
from engine.spiff.stepping import moved
from engine.spiff.survey import is_call, look_over

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.flows import CaseFlow
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move

CASE: Final = 0
_UNSET: Final = object()


def variables(compiled: Compiled, state: bytes) -> tuple[Scope, ...]:
    """Give the variables of a stored case, and of each called process that runs in it, in turn."""
    case = load(compiled.plan, state)
    return tuple(_scope(key, instance) for key, instance in _owners(case).items())


def repair(
    compiled: Compiled, state: bytes, values: Mapping[str, object], *, scope: int = CASE
) -> Move:
    """Set variables of the case or of one called process, by the id of its scope.

    A process called from there that still has the same value as before gets the new one as well:
    its copy was never its own. What waits by one of them waits by the new value, with a new id.
    ScopeGoneError if the called process does not run; RunError if a key is nothing to wait by.
    """
    case = load(compiled.plan, state)
    survey = look_over(case)
    owners = _owners(case)
    if scope not in owners:
        raise ScopeGoneError(scope)
    keys = {wait: keys_of(token) for wait, token in survey.waits.items()}
    for name, value in values.items():
        _set(owners, owners[scope], name, value)
    for wait, token in survey.waits.items():
        now = keys_of(token)
        if differing := tuple(name for name in now if now[name] != keys[wait][name]):
            wait_anew(token, differing)
    return moved(case, survey, look_over(case))


def _owners(case: CaseFlow) -> dict[int, Any]:
    """Give the process instances that have variables of their own, by their keys."""
    found: dict[int, Any] = {CASE: case}
    for instance in case.instances():
        if instance is not case and not instance.shares:
            found[instance.key] = instance
    return found


def _set(owners: Mapping[int, Any], owner: Any, name: str, value: object) -> None:
    before = owner.values.get(name, _UNSET)
    owner.assign(name, value)
    for called in owners.values():
        is_copy = _caller(called) is owner.values and called.values.get(name, _UNSET) == before
        if called is not owner and is_copy:
            _set(owners, called, name, value)


def _caller(instance: Any) -> Mapping[str, object] | None:
    """Give the variables that a called process was given a copy of; None for the case itself."""
    if instance is instance.top_workflow:
        return None
    values: Mapping[str, object] = instance.host.workflow.values
    return values


def _scope(key: int, instance: Any) -> Scope:
    values, around = instance.values, _caller(instance) or {}
    root = instance.task_tree
    return Scope(
        id=key,
        process=root.mark.process,
        path=tuple(reversed([host.mark.element for host in hosts(root) if is_call(host)])),
        values=dict(values),
        copied=frozenset(n for n, v in values.items() if n in around and around[n] == v),
        within=None if key == CASE else instance.host.mark.label,
        item=which(root)[0],
    )
