"""What asking for signatures does, and how they count; as on_tasks has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.acts.act import Act
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNING: Final = (
    Act(
        "sign-before",
        Names("前加签", "Ask for signatures first"),
        Names(
            "办理人，或还没人领取时本岗位的人",
            "Whoever holds it, or anybody of its role while it is free",
        ),
        Names(
            "所请的人先给意见；意见齐之前，谁也不能提交这件待办。他们的意见留在履历里，由您参考后"
            "提交。",
            "Those asked give their opinion first; until they have, nobody can send the task. "
            "Their opinions stay in the history, and you send the task with them in mind.",
        ),
        whom="many",
        reason=Names("请他们看什么", "What they should look at"),
        drawn="addsign",
        kinds=("signatures_asked",),
    ),
    Act(
        "sign-after",
        Names("后加签", "Send for signatures"),
        Names(
            "办理人，或还没人领取时本岗位的人",
            "Whoever holds it, or anybody of its role while it is free",
        ),
        Names(
            "您填写的内容即为提交，但所请的人签完之后案件才进入下一步，步骤记在您名下；有人不同意"
            "（或不够数），就退回给您修改，内容还在。",
            "What you have typed counts as sent, but the case goes on only once those asked have "
            "signed, and the step is recorded as yours; if it is not signed, it comes back to you "
            "as you typed it.",
        ),
        place=Names("案件停在原处，签完即前进。", "The case stays, and goes on once it is signed."),
        whom="many",
        reason=Names("请他们看什么", "What they should look at"),
        drawn="addsign",
        kinds=("signatures_asked",),
    ),
    Act(
        "remove-sign",
        Names("减签", "Take a signature away"),
        Names("办理人", "Whoever holds it"),
        Names(
            "不再等这个人签；其余的人够数了，就照会签完成办理。后加签减到一个不剩，则退回给您。",
            "This person is no longer waited for; if the others are enough, it goes on as signed. "
            "With nobody left to sign your answers, they come back to you.",
        ),
        place=Names("其余的人签完了，案件即前进。", "If the others have signed, the case goes on."),
        whom="one",
        reason=Names("为什么减签", "Why"),
        kinds=("signature_removed",),
    ),
    Act(
        "sign",
        Names("会签", "Sign"),
        Names("被请会签的人，或其代理人", "Whoever is asked, or their substitute"),
        Names(
            "您的意见写入履历。前加签的，供办理人参考；后加签的，签完之后案件才进入下一步，不同意可能退回给"
            "办理人修改。",
            "Your opinion stands in the history. Asked for first, it is for whoever does the step; "
            "asked for afterwards, the case goes on once it is signed, and may go back to them if "
            "it is not.",
        ),
        Names("签完了，案件即前进。", "Once it is signed, the case goes on."),
        reason=Names("意见", "Opinion"),
        kinds=("signature_given", "signature_refused"),
    ),
)

MODES: Final[Mapping[str, Names]] = {
    "all": Names("会签：所有人都签", "All of them"),
    "any": Names("或签：一人签即可", "Any one of them"),
    "ratio": Names("按比例：达到百分比即可", "So many percent of them"),
    "order": Names("依次：按顺序逐个签", "One after the other"),
}
COUNTING: Final[Mapping[str, Names]] = {
    "all": Names(
        "都同意才算签完；一人不同意，就不必等其余的人。",
        "Signed once everybody agrees; if one does not, the others are not waited for.",
    ),
    "any": Names(
        "一人同意即签完；都不同意才算不同意。",
        "Signed once one of them agrees; not signed only if nobody does.",
    ),
    "ratio": Names(
        "同意的达到百分比即签完；已达不到的，算不同意。",
        "Signed once so many percent agree; not signed once that cannot be reached.",
    ),
    "order": Names(
        "前一人签了才轮到后一人；一人不同意，后面的不再问。",
        "The next is asked once the one before has signed; if one does not, nobody else is asked.",
    ),
}
"""How signatures after the answers count; before them, either answer of those asked counts."""
