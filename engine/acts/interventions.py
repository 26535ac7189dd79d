"""What operators do to a case against the drawing, in the words shown before it is done."""

from __future__ import annotations

from typing import Final

from engine.acts.act import Act
from engine.spiff import Names

_WHO: Final = Names(
    "系统管理员；公司设了第二人的，须另一位同意",
    "An operator; where the company wants a second person, another one agrees",
)
_LASTS: Final = Names(
    "已填内容照旧保留，已发出的消息收不回。",
    "What was filled in is kept, and messages cannot be taken back.",
)
_ANEW: Final = Names(
    "新打开的步骤，时限从现在重新计算。", "Deadlines of what opens count from now."
)

INTERVENTIONS: Final = (
    Act(
        "skip",
        Names("跳过", "Skip"),
        _WHO,
        Names(
            "这一步算作办完，但没有填写内容；案件按图往下走。",
            "The step counts as done without answers, and the case goes on as drawn.",
        ),
        _LASTS,
        _ANEW,
        reason=Names("原因", "Reason"),
        kinds=("step_skipped",),
    ),
    Act(
        "place",
        Names("移动", "Move"),
        _WHO,
        Names(
            "案件不按图直接到所选的步骤。", "The case goes to the chosen step whatever is drawn."
        ),
        _LASTS,
        _ANEW,
        reason=Names("原因", "Reason"),
        kinds=("token_moved",),
    ),
)
