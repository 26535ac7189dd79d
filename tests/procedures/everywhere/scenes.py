"""The scenarios (domain.md §4.3): their steps in turn, and what is answered there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER

if TYPE_CHECKING:
    from collections.abc import Sequence

Answers = dict[str, Any]
Place = tuple[str, ...]
"""The calls down to a step, and the step."""

_REFUSED: Final = {
    "determine_handling": {"upheld": "not_upheld", "own_quality": False},
    "tell_not_upheld": {"customer_objects": True, "objection": "客户不认可检验结论。"},
}
_TO_DETERMINING: Final = (*REGISTER, "review_content", *INVESTIGATE, "determine_handling")
_QUALITY: Final = (
    *_TO_DETERMINING,
    *("plan_quality_handling", "decide", *NEGOTIATE, "write_opinion", "decide"),
    *("archive_case", "pass_final_decision"),
)
_NOT_UPHELD: Final = (
    *_TO_DETERMINING,
    *("decide", "archive_case", "tell_not_upheld", "submit_petition", "decide_petition"),
)


@dataclass(frozen=True)
class Scene:
    """One scenario: what opens it, its steps in turn, and their answers besides the usual ones."""

    name: str
    steps: tuple[str, ...]
    outcome: str
    opening: Answers = field(default_factory=dict)
    answers: dict[str, Answers] = field(default_factory=dict)


SCENES: Final = (
    Scene("E01", _QUALITY, "complaint_settled"),
    Scene(
        "E04 refused",
        _NOT_UPHELD,
        "closed_not_upheld",
        answers={**_REFUSED, "decide_petition": {"petition_granted": False}},
    ),
    Scene("E04 granted", _NOT_UPHELD, "reopened_in_linked_case", answers=_REFUSED),
    Scene(
        "E07",
        ("record_qc_answer", "assign_staff", "visit_jointly", *_QUALITY),
        "complaint_settled",
        opening={"joint_inspection": True},
    ),
)

BESIDE: Final = {"trace_cause": {"analyse_production"}, "analyse_production": {"trace_cause"}}
"""Steps of parallel branches: what is done there does not come of the other one."""


def again(done: Sequence[Place], target: Place) -> list[str]:
    """Give the finished steps that are done again when the case goes back to one of them."""
    back = len(done) - 1 - done[::-1].index(target)
    beside = BESIDE.get(target[-1], set())
    return [place[-1] for place in done[back:] if place[-1] not in beside]
