"""Whether an element of another version is of the same sort, so that a token can stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.elements.calling_out import Request
from engine.spiff.elements.catching import BoundaryEvent
from engine.spiff.elements.repeating import MultiInstance

if TYPE_CHECKING:
    from engine.spiff.fixes import Token


def counterpart(token: Token, spec: Any) -> Any:
    """Give the task spec where a token stands in the process `spec`, None if there is none."""
    old = token.task_spec
    new = spec.task_specs.get(old.name)
    return new if new is not None and same_sort(old, new) else None


def same_sort(old: Any, new: Any) -> bool:
    """Whether a token that is at the one could be at the other as well."""
    if type(old) is not type(new) or getattr(old, "spec", "") != getattr(new, "spec", ""):
        return False
    if isinstance(old, BoundaryEvent):
        return _same_border(old, new)
    if isinstance(old, Request):
        return bool(old.operator == new.operator)
    if isinstance(old, MultiInstance):
        return bool(old.drawn.sequential == new.drawn.sequential)
    return True


def _same_border(old: Any, new: Any) -> bool:
    if old.mark.host != new.mark.host or old.cancel_activity != new.cancel_activity:
        return False
    return awaits_alike(old, new)


def awaits_alike(old: Any, new: Any) -> bool:
    """Whether two events wait for the same sort of thing, such as two timers do."""
    was, now = old.event_definition, new.event_definition
    if type(was) is not type(now):
        return False
    return bool(getattr(was, "post", None) == getattr(now, "post", None))
