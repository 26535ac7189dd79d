"""Why an intervention would run into what the case's data does not say yet, for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.casedata import title_of
from engine.going_back.returning import NoWayError
from engine.history.entrynotes import named

if TYPE_CHECKING:
    from uuid import UUID

    from engine.procedures import Version
    from engine.spiff import RunError


def stuck(version: Version, error: RunError, case_id: UUID) -> NoWayError:
    """Return the refusal of an intervention after which the case would fail at an element.

    It says what the element looks at, by the field's title, and what an operator can do.
    """
    if error.variable is None:
        return NoWayError(error.zh, error.en, case_id=case_id)
    at = named(version, error.process, error.element)
    title = title_of(version, error.variable)
    zh, en = (f"“{at.zh}”", f"“{at.en}”") if at.zh else ("下一个判断", "the next decision")
    return NoWayError(
        f"接下来{zh}要看“{title.zh}”，它还没有值，或不能用。请用“移到…”直接选定接着办的步骤；"
        "要由规程自己判断的，请让填写它的步骤先办完。",
        f"Next, {en} looks at “{title.en}”, which has no value yet, or none that fits. Choose "
        "the step to go on at by “Move…”; for the procedure to decide itself, let the step that "
        "fills it be done first.",
        case_id=case_id,
    )
