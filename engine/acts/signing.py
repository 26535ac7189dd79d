"""What asking for signatures does, and how they count; as on_tasks has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.acts.act import HOLDER, HOLDER_OR_ROLE, Act
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNING: Final = (
    Act(
        "sign-before",
        Names("前加签", "Ask for signatures first"),
        HOLDER_OR_ROLE,
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
        HOLDER_OR_ROLE,
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
        HOLDER,
        Names(
            "不再等这个人签；其余的人够数了，就照会签完成办理。后加签减到一个不剩，则退回给您。",
            "This person is no longer waited for; if the others are enough, it goes on as signed. "
            "With nobody left to sign your answers, they come back to you.",
        ),
        place=Names(
            "后加签的，其余的人签够了，案件即前进；前加签的，意见齐了由办理人提交。",
            "After the answers, the case goes on if the others have signed; before them, whoever "
            "does the step sends it.",
        ),
        whom="one",
        reason=Names("为什么减签", "Why"),
        kinds=("signature_removed",),
    ),
    Act(
        "sign",
        Names("会签", "Sign"),
        Names("被请会签的人，或其代理人", "Whoever is asked, or their substitute"),
        Names("您的意见写入履历。", "Your opinion stands in the history."),
        Names(
            "后加签的，签完案件即前进；前加签的，意见齐了由办理人提交。",
            "After the answers, the case goes on once they are signed; before them, whoever does "
            "the step sends it.",
        ),
        reason=Names("意见", "Opinion"),
        kinds=("signature_given", "signature_refused"),
    ),
)

MODES: Final[Mapping[str, Names]] = {
    "all": Names("会签：所有人都签", "All of them"),
    "any": Names("或签：一人签即可", "Any one of them"),
    "ratio": Names("按比例：达到所请人数的百分之几", "So many percent of those asked"),
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
        "同意人数达到所请人数的这个百分比即签完；已达不到的，算不同意。",
        "Signed once so many percent of those asked agree; not signed once that cannot be reached.",
    ),
    "order": Names(
        "前一人签了才轮到后一人；一人不同意，后面的不再问。",
        "The next is asked once the one before has signed; if one does not, nobody else is asked.",
    ),
}
"""How signatures after the answers count."""
HEARING: Final[Mapping[str, Names]] = {
    "all": Names(
        "所请的人都给出意见，您就可以提交；同意与否都只供参考。",
        "You may send it once all have given an opinion; for or against, it only advises.",
    ),
    "any": Names(
        "有一人给出意见，您就可以提交。", "You may send it once one of them has given an opinion."
    ),
    "ratio": Names(
        "给出意见的人达到所请人数的这个百分比，您就可以提交；同意与否都算。",
        "You may send it once so many percent of those asked have given an opinion, either way.",
    ),
    "order": Names(
        "前一人给出意见才轮到后一人；都给出了，您就可以提交。",
        "The next is asked once the one before has given an opinion; you may send it after all.",
    ),
}
"""How signatures before the answers count: they are opinions, and either answer counts."""
ASKS: Final[Mapping[str, Names]] = {
    "before": Names(
        "意见供办理人参考；齐了之后由办理人提交。",
        "It advises whoever does the step; they send it once all opinions are in.",
    ),
    "after": Names(
        "签完之后案件才进入下一步；不同意可能退回给办理人修改。",
        "The case goes on once it is signed, and may go back to whoever does the step if it is "
        "not.",
    ),
}
"""What follows when somebody gives a signature that they are asked for."""


def how(place: str, mode: str, ratio: int | None) -> Names:
    """Say when a group signs, and how its signatures count."""
    before = place == "before"
    words = MODES[mode]
    if mode == "ratio":
        zh, en = ("给出意见的", "give an opinion") if before else ("同意的", "agree")
        words = Names(
            f"按比例：{zh}达到所请人数的 {ratio}%即可", f"{ratio}% of those asked have to {en}"
        )
    when = Names("前加签", "Before the answers") if before else Names("后加签", "After the answers")
    return Names(f"{when.zh}；{words.zh}", f"{when.en}; {words.en}")
