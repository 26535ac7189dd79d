"""Which instances have variables of their own, and what becomes of copies when one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.flows import CaseFlow

CASE: Final = 0
_UNSET: Final = object()


def owners(case: CaseFlow) -> dict[int, Any]:
    """Give the process instances that have variables of their own, by their keys."""
    found: dict[int, Any] = {CASE: case}
    for instance in case.instances():
        if instance is not case and not instance.shares:
            found[instance.key] = instance
    return found


def caller(instance: Any) -> Mapping[str, object] | None:
    """Give the variables that a called process was given a copy of; None for the case itself."""
    if instance is instance.top_workflow:
        return None
    values: Mapping[str, object] = instance.host.workflow.values
    return values


def set_for_all(all_owners: Mapping[int, Any], owner: Any, name: str, value: object) -> None:
    """Set a variable of an instance, and of those called from there that still have its copy."""
    before = owner.values.get(name, _UNSET)
    owner.assign(name, value)
    for called in all_owners.values():
        is_copy = caller(called) is owner.values and called.values.get(name, _UNSET) == before
        if called is not owner and is_copy:
            set_for_all(all_owners, called, name, value)
