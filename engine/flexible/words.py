"""What each action does to a task, its case and its clocks, in the words shown before it is done.

This is the one table of the token semantics: pages show it, and nothing else says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

STAYS: Final = Names("案件停在原处。", "The case stays where it is.")
RUNS: Final = Names("时限照常计算。", "Deadlines run on.")


@dataclass(frozen=True, slots=True)
class Act:
    """One action: its names, and its consequence for people, for the case's place, for clocks.

    ``whom`` is how many people are chosen: nobody, one or many; ``reason`` the words that ask for
    one, None where none is needed.
    """

    key: str
    names: Names
    consequence: Names
    place: Names = STAYS
    clocks: Names = RUNS
    whom: str = "nobody"
    reason: Names | None = None


_ALL: Final = (
    Act(
        "transfer",
        Names("转办", "Transfer"),
        Names(
            "这件待办从此由对方办理，不再回到您这里；您已填写的内容随之转交。",
            "From then on the task is the other person's and does not come back to you; what you "
            "have typed goes with it.",
        ),
        whom="one",
        reason=Names("为什么转办", "Why"),
    ),
    Act(
        "assign",
        Names("指派", "Assign"),
        Names(
            "这件待办由您指定的人办理；已有人领取的，从其名下转出，填写的内容随之转交。",
            "The person you name does the task; whoever holds it no longer does, and what they "
            "have typed goes with it.",
        ),
        whom="one",
        reason=Names("为什么指派", "Why"),
    ),
    Act(
        "delegate",
        Names("委派", "Delegate"),
        Names(
            "对方先替您填好或给出意见，再交回给您；由您核对后提交。您已填写的内容交给对方接着写，"
            "您可随时收回。",
            "The other person prepares the form and gives it back; you check it and send it. What "
            "you have typed goes to them, and you may take the task back at any time.",
        ),
        whom="one",
        reason=Names("请对方做什么", "What you ask for"),
    ),
    Act(
        "give-back",
        Names("交回", "Give back"),
        Names(
            "这件待办回到委派人名下；您填写的内容成为其草稿，由其核对后提交。",
            "The task goes back to its owner; what you have typed becomes their draft, which they "
            "check and send.",
        ),
        reason=Names("给委派人的话", "A word to the owner"),
    ),
    Act(
        "take-back",
        Names("收回", "Take back"),
        Names(
            "这件待办回到您名下；对方已填写的内容成为您的草稿。",
            "The task comes back to you; what the other person has typed becomes your draft.",
        ),
    ),
    Act(
        "sign-before",
        Names("前加签", "Ask for signatures first"),
        Names(
            "所请的人先给意见；意见齐之前，谁也不能提交这件待办。他们的意见留在履历里，由您参考后"
            "提交。",
            "Those asked give their opinion first; until they have, nobody can send the task. "
            "Their opinions stay in the history, and you send the task with them in mind.",
        ),
        whom="many",
        reason=Names("请他们看什么", "What they should look at"),
    ),
    Act(
        "sign-after",
        Names("后加签", "Send for signatures"),
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
    ),
    Act(
        "remove-sign",
        Names("减签", "Take a signature away"),
        Names(
            "不再等这个人签；其余的人够数了，就照会签完成办理。后加签减到一个不剩，则退回给您。",
            "This person is no longer waited for; if the others are enough, it goes on as signed. "
            "With nobody left to sign your answers, they come back to you.",
        ),
        place=Names("其余的人签完了，案件即前进。", "If the others have signed, the case goes on."),
        whom="one",
        reason=Names("为什么减签", "Why"),
    ),
    Act(
        "return",
        Names("退回", "Return"),
        Names(
            "案件回到您选的那一步，由原办理人按原来的内容修改；之后由您决定是逐步再办，还是直接回到您这里。",
            "The case goes back to the step you choose, to whoever did it, with what they had "
            "sent. You choose whether it then takes the steps between again, or comes straight "
            "back to you.",
        ),
        Names(
            "逐步再办的，由那一步引出的都撤销；其他分支照常。已填的数据不回滚，已发的通知收不回。",
            "Through the steps between, all that came of that step is undone; other branches go "
            "on. Data stay as they are, and what was sent to others cannot be taken back.",
        ),
        Names(
            "重新打开的步骤，时限从现在重新计算。", "Deadlines of what opens anew count from now."
        ),
        reason=Names("为什么退回", "Why"),
    ),
    Act(
        "urge",
        Names("催办", "Urge"),
        Names(
            "现在该办的人收到一条通知；同一件待办您每小时可催一次。",
            "Whoever has to act now gets a notice; you may urge a task once an hour.",
        ),
        reason=Names("想说什么（可不填）", "What you want to say (may be left out)"),
    ),
    Act(
        "copy",
        Names("抄送", "Copy"),
        Names(
            "对方收到一条通知，从此可以查看本案；不必办理什么。",
            "They get a notice and may read the case from then on; they need not do anything.",
        ),
        whom="many",
        reason=Names("想说什么（可不填）", "What you want to say (may be left out)"),
    ),
)
ACTS: Final[Mapping[str, Act]] = {act.key: act for act in _ALL}
