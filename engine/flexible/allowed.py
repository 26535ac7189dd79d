"""Who may be drawn into a step, and by whom: what the diagram says, or else one table of defaults.

The words are codes of roles and: ``role`` (whoever holds the step's own role), ``supervisor``
(whoever holds the role of that code with ``-supervisor`` or ``-manager`` behind it), ``anyone``,
``nobody``, and for urging ``concerned`` (whoever has done something in the case, or has an open
step in it). Of transfer, delegate, addsign and copy they say to whom, of assign and urge who does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.roles import PROCESS_OWNER
from engine.substituting.acting import entitled

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Step

DEFAULTS: Final[Mapping[str, tuple[str, ...]]] = {
    "transfer": ("role",),
    "delegate": ("anyone",),
    "addsign": ("anyone",),
    "copy": ("anyone",),
    "assign": (PROCESS_OWNER, "supervisor"),
    "urge": ("concerned",),
    "return": ("yes",),
    "withdraw": ("yes",),
    "suspend": (PROCESS_OWNER, "supervisor"),
    "cancel": (PROCESS_OWNER, "supervisor"),
    "reopen": (PROCESS_OWNER, "supervisor"),
    "followup": ("concerned", PROCESS_OWNER, "supervisor"),
}
_ABOVE: Final = ("-supervisor", "-manager")


def words_for(step: Step, action: str) -> tuple[str, ...]:
    """Return the words that hold for an action of a step."""
    return step.actions.get(action, DEFAULTS[action])


def words_for_case(version: Version, action: str) -> tuple[str, ...]:
    """Return the words that hold for an action on a whole case; its role opens cases."""
    return version.compiled.diagrams[version.compiled.id].actions.get(action, DEFAULTS[action])


def whole_case_fits(version: Version, action: str, held: Collection[str]) -> bool:
    """Whether somebody who holds these roles may do something with a whole case."""
    return fits(words_for_case(version, action), version.compiled.start.role, held)


def is_switched_on(step: Step, action: str) -> bool:
    """Whether a step allows an action that is only allowed or not, such as ``return``."""
    return words_for(step, action) != ("no",)


def is_possible(step: Step, action: str) -> bool:
    """Whether an action is there for anybody at all."""
    return words_for(step, action) != ("nobody",)


def meant(words: Collection[str], role: str) -> frozenset[str] | None:
    """Return the roles that words mean for a step of this role; None for anybody."""
    if "anyone" in words:
        return None
    found = set(words) - {"role", "supervisor", "nobody", "concerned"}
    if "role" in words:
        found.add(role)
    if "supervisor" in words:
        found.update(f"{role}{above}" for above in _ABOVE)
    return frozenset(found)


def assigner(step: Step, role: str, procedure: str, by: Person) -> Person | None:
    """Return as who a person may assign a step of this role; None if they may in no way."""
    words = words_for(step, "assign")
    place = f"{step.process}:{step.element}"
    return entitled(by, procedure, place, lambda held: fits(words, role, held))


def fits(words: Collection[str], role: str, held: Collection[str]) -> bool:
    """Whether words mean somebody who holds these roles, for a step of this role."""
    wanted = meant(words, role)
    return wanted is None or not wanted.isdisjoint(held)
