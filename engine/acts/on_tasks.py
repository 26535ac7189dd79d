"""What each action on a task does to it, its case and its clocks, in words shown beforehand."""

from __future__ import annotations

from typing import Final

from engine.acts.act import HOLDER, HOLDER_AND_ROLE, HOLDER_OR_ROLE, NAMED, Act
from engine.spiff import Names

HOLDING: Final = (
    Act(
        "claim",
        Names("领取", "Claim"),
        Names(
            "本岗位的人；没有违反“不能由同一人办理”的",
            "Anybody of its role whom no guarantee keeps from it",
        ),
        Names(
            "领取后归您办理，同事不会重复办。",
            "The task is yours to do, so that nobody else starts it too.",
        ),
        kinds=("task_claimed",),
    ),
    Act(
        "release",
        Names("放回岗位", "Give back to the role"),
        HOLDER,
        Names(
            "这件待办回到岗位，由同事领取；您填写的内容留作您的草稿。",
            "The task goes back to its role, for a colleague to claim; what you typed stays your "
            "draft.",
        ),
        kinds=("task_released",),
    ),
    Act(
        "transfer",
        Names("转办", "Transfer"),
        HOLDER_OR_ROLE,
        Names(
            "这件待办从此由对方办理，不再回到您这里；您已填写的内容随之转交。",
            "From then on the task is the other person's and does not come back to you; what you "
            "have typed goes with it.",
        ),
        whom="one",
        reason=Names("为什么转办", "Why"),
        drawn="transfer",
        kinds=("task_transferred",),
    ),
    Act(
        "assign",
        Names("指派", "Assign"),
        NAMED,
        Names(
            "这件待办由您指定的人办理；已有人领取的，从其名下转出，填写的内容随之转交。",
            "The person you name does the task; whoever holds it no longer does, and what they "
            "have typed goes with it.",
        ),
        whom="one",
        reason=Names("为什么指派", "Why"),
        drawn="assign",
        kinds=("task_assigned",),
    ),
    Act(
        "delegate",
        Names("委派", "Delegate"),
        HOLDER_OR_ROLE,
        Names(
            "对方先替您填好或给出意见，再交回给您；由您核对后提交。您已填写的内容交给对方接着写，"
            "您可随时收回。",
            "The other person prepares the form and gives it back; you check it and send it. What "
            "you have typed goes to them, and you may take the task back at any time.",
        ),
        whom="one",
        reason=Names("请对方做什么", "What you ask for"),
        drawn="delegate",
        kinds=("task_delegated",),
    ),
    Act(
        "give-back",
        Names("交回", "Give back"),
        Names("受委派的人", "Whom it was delegated to"),
        Names(
            "这件待办回到委派人名下；您填写的内容成为其草稿，由其核对后提交。",
            "The task goes back to its owner; what you have typed becomes their draft, which they "
            "check and send.",
        ),
        reason=Names("给委派人的话", "A word to the owner"),
        kinds=("task_given_back",),
    ),
    Act(
        "take-back",
        Names("收回", "Take back"),
        Names("委派的人", "Its owner, who delegated it"),
        Names(
            "这件待办回到您名下；对方已填写的内容成为您的草稿。",
            "The task comes back to you; what the other person has typed becomes your draft.",
        ),
        kinds=("task_taken_back",),
    ),
)

TELLING: Final = (
    Act(
        "return",
        Names("退回", "Return"),
        HOLDER_OR_ROLE,
        Names(
            "案件回到您选的那一步，由原办理人按原来的内容修改；之后由您决定是逐步再办，还是直接回到您这里。",
            "The case goes back to the step you choose, to whoever did it, with what they had "
            "sent. You choose whether it then takes the steps between again, or comes straight "
            "back to you.",
        ),
        Names(
            "逐步再办的，由那一步引出的都撤销；其他分支照常。已填内容照旧保留，已发的通知收不回。",
            "Through the steps between, all that came of that step is undone; other branches go "
            "on. What was filled in is kept, and what was sent to others cannot be taken back.",
        ),
        Names(
            "重新打开的步骤，时限从现在重新计算。", "Deadlines of what opens anew count from now."
        ),
        reason=Names("为什么退回", "Why"),
        drawn="return",
        kinds=("task_returned",),
    ),
    Act(
        "urge",
        Names("催办", "Urge"),
        NAMED,
        Names(
            "现在该办的人收到一条通知；同一件待办您每小时可催一次。",
            "Whoever has to act now gets a notice; you may urge a task once an hour.",
        ),
        reason=Names("想说什么（可不填）", "What you want to say (may be left out)"),
        drawn="urge",
        kinds=("task_urged",),
    ),
    Act(
        "copy",
        Names("抄送", "Copy"),
        HOLDER_AND_ROLE,
        Names(
            "对方收到一条通知，从此可以查看本案；不必办理什么。",
            "They get a notice and may read the case from then on; they need not do anything.",
        ),
        whom="many",
        reason=Names("想说什么（可不填）", "What you want to say (may be left out)"),
        drawn="copy",
        kinds=("case_copied",),
    ),
    Act(
        "pause",
        Names("暂停计时", "Pause the clock"),
        HOLDER_AND_ROLE,
        Names(
            "这一步的时限停止计算，不会逾期、不会催办；步骤仍可办理。",
            "This step's deadlines stop: nothing gets overdue and nobody is urged, and the step "
            "can still be done.",
        ),
        clocks=Names(
            "恢复时，剩下的时间从那一刻接着算。整个案件的时限照常计算。",
            "When the clock goes on, what was left counts from that moment. Deadlines of the whole "
            "case run on.",
        ),
        reason=Names("为什么暂停", "Why"),
        kinds=("clock_paused",),
    ),
    Act(
        "go-on",
        Names("恢复计时", "Let the clock go on"),
        HOLDER_AND_ROLE,
        Names("这一步的时限又开始计算。", "This step's deadlines run again."),
        clocks=Names("剩下的时间从现在接着算。", "What was left counts from now."),
        kinds=("clock_resumed",),
    ),
)
