"""Why an intervention would run into what the case's data does not say yet, for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import spiff
from engine.cases.casedata import title_of
from engine.going_back.lacks import asked
from engine.going_back.returning import NoWayError
from engine.history.entrynotes import named
from engine.spiff import Names

if TYPE_CHECKING:
    from uuid import UUID

    from engine.procedures import Version
    from engine.spiff import RunError

_FEW: Final = 3
"""Steps that a refusal names."""


def stuck(version: Version, error: RunError, case_id: UUID) -> NoWayError:
    """Return the refusal of an intervention after which the case would fail at an element.

    It says what the element looks at, by the field's title, and which steps fill it.
    """
    if error.variable is None:
        return NoWayError(error.zh, error.en, case_id=case_id)
    at = named(version, error.process, error.element)
    title = title_of(version, error.variable)
    zh, en = (f"“{at.zh}”", f"“{at.en}”") if at.zh else ("下一个判断", "the next decision")
    advice = _advice(version, error.variable)
    return NoWayError(
        f"接下来{zh}要看“{title.zh}”，它还没有值，或不能用。{advice.zh}",
        f"Next, {en} looks at “{title.en}”, which has no value yet, or none that fits. {advice.en}",
        case_id=case_id,
    )


def _advice(version: Version, variable: str) -> Names:
    """Return which steps to choose instead, so that what is needed gets filled."""
    found = spiff.filling(version.compiled, variable, asked(version))[:_FEW]
    steps = [version.step(*place).names for place in found]
    if not steps:
        return Names(
            "规程里没有步骤填写它：请改选别的步骤。",
            "No step of the procedure fills it: choose another step.",
        )
    return Names(
        f"它在{'或'.join(f'“{step.zh}”' for step in steps)}办完时才有：请改选那一步，"
        "或改选不用它的步骤。",
        f"It is there once {' or '.join(f'“{step.en}”' for step in steps)} is done: choose that "
        "step, or one that does not need it.",
    )
