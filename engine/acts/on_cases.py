"""What each action on a whole case does, in the words shown before it is done."""

from __future__ import annotations

from typing import Final

from engine.acts.act import NAMED, Act
from engine.spiff import Names

ON_CASES: Final = (
    Act(
        "suspend",
        Names("挂起", "Suspend"),
        NAMED,
        Names(
            "恢复之前谁也不能领取、办理或处理本案的待办，填写的内容可以存为草稿；有关的人会收到通知。",
            "Until the case goes on nobody can claim, do or deal with its tasks; what is typed "
            "can be kept as a draft. Those concerned are told.",
        ),
        Names(
            "案件停在原处；送来的消息和外部系统的答复留到恢复后再收。"
            "只想停计时、照常办理的，请用“暂停全案计时”。",
            "The case stays where it is; messages and answers from outside are taken in once "
            "it goes on. To stop only its clock while people go on working, pause the clock.",
        ),
        Names(
            "所有时限停止，不逾期、不催办；恢复时，剩下的时间从那一刻接着算。",
            "All deadlines stop: nothing gets overdue and nobody is urged. When it goes on, "
            "what was left counts from that moment.",
        ),
        reason=Names("为什么挂起", "Why"),
        drawn="suspend",
        kinds=("case_suspended",),
    ),
    Act(
        "resume",
        Names("恢复办理", "Let it go on"),
        Names(
            "可以挂起的人；写了日期的，到期自动恢复",
            "Whoever may suspend it; by itself on the day that was named",
        ),
        Names(
            "本案的待办又可以办理，有关的人会收到通知。",
            "The tasks of the case can be done again, and those concerned are told.",
        ),
        Names(
            "案件从停下的地方接着走；其间送来的消息随后收取。",
            "The case goes on where it stood; messages that came meanwhile are taken in.",
        ),
        Names(
            "剩下的时间从现在接着算；单独暂停的计时仍停着。",
            "What was left of its deadlines counts from now; clocks that are paused stay so.",
        ),
        drawn="suspend",
        kinds=("case_resumed",),
    ),
    Act(
        "withdraw",
        Names("撤回", "Take back"),
        Names("刚办完那一步的人", "Whoever has just done the step"),
        Names(
            "您最后办的一步回到您名下，内容都在，可修改后再提交；由它引出的待办随之取消。",
            "The step that you did last is yours again, with what you had sent; what it opened "
            "is cancelled.",
        ),
        Names(
            "只在别人尚未领取、填写或办理时可以；对方只是打开看过不妨碍。已发的通知收不回。",
            "Only while nobody has claimed, filled in or done any of that; having looked at it "
            "does not count. Notices cannot be taken back.",
        ),
        Names(
            "这一步和外层流程、子流程的时限不重新计算，仍照第一次开始时算；已到期催办过的不再催一次。"
            "只有曾被这一步中断、随之重新打开的，从现在算。",
            "Deadlines of the step, and of the processes around it, count on from when they first "
            "began; one that has passed does not pass again. Only what the step had cut off, and "
            "is open again with it, counts from now.",
        ),
        drawn="withdraw",
        kinds=("step_withdrawn",),
    ),
    Act(
        "cancel",
        Names("撤销案件", "Cancel the case"),
        Names(
            "规程写明的人，见下；别人办理之前，立案人自己也可以",
            "Whom the procedure names, see below; whoever opened it too, before anybody else has "
            "acted",
        ),
        Names(
            "案件就此结束，所有待办都取消，办理人会收到通知；履历和表单都保留。",
            "The case is over, all its tasks are cancelled and whoever held them is told; the "
            "history and the forms stay.",
        ),
        Names(
            "期限之内可以重新打开，见下。已发出的消息和通知收不回。",
            "It can be opened again for some days, see below. What was sent to others cannot "
            "be taken back.",
        ),
        Names("所有计时停止。", "All clocks stop."),
        reason=Names("为什么撤销", "Why"),
        drawn="cancel",
        kinds=("case_cancelled",),
    ),
    Act(
        "reopen",
        Names("重新打开", "Open again"),
        Names(
            "规程写明的人，见下；自己撤销的，撤销人也可以",
            "Whom the procedure names, see below; whoever cancelled it too",
        ),
        Names(
            "案件从您选的那一步接着办，由原办理人按原来的内容修改；之后按图逐步再办。",
            "The case goes on at the step you choose, with whoever did it and what they had "
            "sent; from there on as drawn.",
        ),
        Names(
            "那一步之后办过的不再有效。已填内容照旧保留。",
            "What was done after that step no longer counts. What was filled in is kept.",
        ),
        Names("重新打开的步骤，时限重新计算。", "Deadlines of what opens anew count from now."),
        reason=Names("为什么重新打开", "Why"),
        drawn="reopen",
        kinds=("case_reopened",),
    ),
    Act(
        "pause-case",
        Names("暂停全案计时", "Pause the clock of the case"),
        Names(
            "在本案中有待办的岗位，或规程管理员",
            "A role with an open task in it, or a process owner",
        ),
        Names(
            "本案所有时限停止计算，不会逾期、不会催办；各步骤仍可办理。",
            "Every deadline of this case stops: nothing gets overdue and nobody is urged, and "
            "all steps can still be done.",
        ),
        clocks=Names(
            "恢复时，剩下的时间从那一刻接着算。",
            "When the clock goes on, what was left counts from that moment.",
        ),
        reason=Names("为什么暂停", "Why"),
        kinds=("clock_paused",),
    ),
    Act(
        "go-on-case",
        Names("恢复全案计时", "Let the clock of the case go on"),
        Names(
            "在本案中有待办的岗位，或规程管理员",
            "A role with an open task in it, or a process owner",
        ),
        Names("本案的时限又开始计算。", "The deadlines of the case run again."),
        clocks=Names(
            "剩下的时间从现在接着算；单独暂停的步骤仍停着。",
            "What was left counts from now; steps that are paused by themselves stay so.",
        ),
        kinds=("clock_resumed",),
    ),
    Act(
        "follow-up",
        Names("关联案件", "Link a case"),
        NAMED,
        Names(
            "另立一件后续案件，或关联一件已有的；两件的页面和履历都写明。另立的，立案表里先填上本案同名的内容，"
            "由您核对修改后再立案。",
            "Opens another case as a follow-up, or links one that there is; the pages and "
            "histories of both say so. The form of a new one begins with what this case has under "
            "the same names, for you to check and change.",
        ),
        Names(
            "两件案件各走各的；本案结束了也可以关联。",
            "Each case goes its own way; one that is over can be linked too.",
        ),
        reason=Names("为什么关联", "Why"),
        drawn="followup",
        kinds=("case_tied",),
    ),
    Act(
        "unlink",
        Names("解除关联", "Undo the link"),
        Names("可以关联案件的人", "Whoever may link it"),
        Names(
            "两件案件的页面不再互相列出；履历里仍可查到。",
            "The pages of both no longer list each other; it can still be found in the histories.",
        ),
        reason=Names("为什么解除", "Why"),
        drawn="followup",
        kinds=("case_untied",),
    ),
)
