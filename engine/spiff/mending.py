"""Mending the data of a case that stands still; what waits by them waits by them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.spiff.codec import load
from engine.spiff.copies import CASE, caller, owners, set_for_all
from engine.spiff.elements.messages import keys_of, wait_anew
from engine.spiff.elements.turns import which
from engine.spiff.errors import RunError, ScopeGoneError
from engine.spiff.flows import hosts
from engine.spiff.going_back.standing import stands
from engine.spiff.model import Names
from engine.spiff.moves import Scope
from engine.spiff.stepping import moved
from engine.spiff.survey import is_call, look_over

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move

_PARTED: Final = Names(
    "案件已按原来的值分路，改成这些值就会合不拢。请把案件退回到填写它的步骤，由那里改填。",
    "The case has gone by the values as they were, and would never join with these. Return it to "
    "the step that fills them in, and change them there.",
)


def variables(compiled: Compiled, state: bytes) -> tuple[Scope, ...]:
    """Give the variables of a stored case, and of each called process that runs in it, in turn."""
    case = load(compiled.plan, state)
    return tuple(_scope(key, instance) for key, instance in owners(case).items())


def repair(
    compiled: Compiled, state: bytes, values: Mapping[str, object], *, scope: int = CASE
) -> Move:
    """Set variables of the case or of one called process, by the id of its scope.

    A process called from there that still has the same value as before gets the new one as well:
    its copy was never its own. What waits by one of them waits by the new value, with a new id.
    ScopeGoneError if the called process does not run; RunError if a key is nothing to wait by, or
    if the case has gone another way than the new values lead, so that a join would wait for ever.
    """
    case = load(compiled.plan, state)
    survey, before = look_over(case), stands(case) if compiled.plan.steady else {}
    all_owners = owners(case)
    if scope not in all_owners:
        raise ScopeGoneError(scope)
    keys = {wait: keys_of(token) for wait, token in survey.waits.items()}
    for name, value in values.items():
        set_for_all(all_owners, all_owners[scope], name, value)
    for wait, token in survey.waits.items():
        now = keys_of(token)
        if differing := tuple(name for name in now if now[name] != keys[wait][name]):
            wait_anew(token, differing)
    for flow, stand in stands(case).items() if before else ():
        if before[flow].fits and not stand.fits:
            raise RunError(
                process=stand.net.scope,
                element="",
                variable=min(values),
                zh=_PARTED.zh,
                en=_PARTED.en,
            )
    return moved(case, survey, look_over(case))


def _scope(key: int, instance: Any) -> Scope:
    values, around = instance.values, caller(instance) or {}
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
