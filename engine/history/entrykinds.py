"""The class of each kind of entry: the procedure itself, a flexible action, or an intervention.

What no one has put into a class is the procedure's own. Who adds an action names
its kinds of entries in engine.acts.
"""

from __future__ import annotations

from typing import Final

from engine.acts.table import ACTS, BY_OPERATORS, CASE_ACTS
from engine.spiff import Names

FLEXIBLE: Final = Names("灵活办理", "Flexible action")
INTERVENTION: Final = Names("人工干预", "Intervention")

_FLEXIBLE: Final = [kind for act in (*ACTS.values(), *CASE_ACTS.values()) for kind in act.kinds]
_INTERVENTIONS: Final = [kind for act in BY_OPERATORS.values() for kind in act.kinds]
_ALIKE: Final = {
    "task_handed_over": FLEXIBLE,
    **dict.fromkeys(("data_repaired", "incident_closed", "case_moved"), INTERVENTION),
}
"""What is done on pages of administration, which say themselves what follows."""

CLASSES: Final = {
    **dict.fromkeys(_FLEXIBLE, FLEXIBLE),
    **dict.fromkeys(_INTERVENTIONS, INTERVENTION),
    **_ALIKE,
}
