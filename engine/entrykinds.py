"""The class of each kind of entry: the procedure itself, a flexible action, or an intervention.

What no one has put into a class is the procedure's own. Who adds a kind of entry adds it here.
"""

from __future__ import annotations

from typing import Final

from engine.spiff import Names

FLEXIBLE: Final = Names("灵活办理", "Flexible action")
INTERVENTION: Final = Names("人工干预", "Intervention")

_FLEXIBLE: Final = (
    *("task_claimed", "task_released", "clock_paused", "clock_resumed"),
    *("task_transferred", "task_assigned", "task_delegated", "task_given_back", "task_taken_back"),
    *("task_urged", "case_copied", "task_handed_over"),
    *("signatures_asked", "signature_given", "signature_refused", "signature_removed"),
    *("task_returned", "step_withdrawn", "case_cancelled", "case_reopened"),
    *("case_suspended", "case_resumed"),
)
_INTERVENTIONS: Final = (
    *("data_repaired", "incident_closed", "case_moved"),
    *("step_skipped", "token_moved"),
)
CLASSES: Final = {
    **dict.fromkeys(_FLEXIBLE, FLEXIBLE),
    **dict.fromkeys(_INTERVENTIONS, INTERVENTION),
}
