"""What each kind of entry is called; ``{zh}`` and ``{en}`` are the names of its element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.cases.lineage import MOVED
from engine.incidents import failures
from engine.messages import letterview
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

_TITLES = {
    "case_opened": Names("立案：{zh}", "Case opened: {en}"),
    "step_completed": Names("完成：{zh}", "Completed: {en}"),
    "task_claimed": Names("领取：{zh}", "Claimed: {en}"),
    "task_released": Names("放回：{zh}", "Released: {en}"),
    "task_transferred": Names("转办：{zh}", "Transferred: {en}"),
    "task_assigned": Names("指派：{zh}", "Assigned: {en}"),
    "task_delegated": Names("委派：{zh}", "Delegated: {en}"),
    "task_given_back": Names("交回：{zh}", "Given back: {en}"),
    "task_taken_back": Names("收回：{zh}", "Taken back: {en}"),
    "task_handed_over": Names("交接：{zh}", "Handed over: {en}"),
    "task_returned": Names("从“{zh}”退回到“{back_zh}”", "Returned from “{en}” to “{back_en}”"),
    "step_withdrawn": Names("撤回：{zh}", "Taken back: {en}"),
    "case_cancelled": Names("撤销案件", "Case cancelled"),
    "case_reopened": Names("重新打开案件", "Case opened again"),
    "case_tied": Names("关联案件", "Case linked"),
    "case_untied": Names("解除关联", "Link undone"),
    "case_suspended": Names("挂起案件", "Case suspended"),
    "case_resumed": Names("恢复办理", "Case resumed"),
    "step_skipped": Names("跳过：{zh}", "Skipped: {en}"),
    "token_moved": Names("移动：{zh}", "Moved: {en}"),
    "task_urged": Names("催办：{zh}", "Urged: {en}"),
    "case_copied": Names("抄送", "Copied"),
    "signatures_asked": Names("请会签：{zh}", "Signatures asked: {en}"),
    "signature_given": Names("同意：{zh}", "Agreed: {en}"),
    "signature_refused": Names("不同意：{zh}", "Not agreed: {en}"),
    "signature_removed": Names("减签：{zh}", "Signature taken away: {en}"),
    "timer_fired": Names("逾期：{zh}", "Overdue: {en}"),
    failures.KIND: Names("异常 {incident}：{zh}", "Incident {incident}: {en}"),
    "incident_resolved": Names(
        "异常 {incident} 已排除：{zh}", "Incident {incident} resolved: {en}"
    ),
    "call_queued": Names(
        "异常 {incident} 重试，已重新排队：{zh}", "Incident {incident} retried, queued again: {en}"
    ),
    "number_allotted": Names("编号：{number}", "Number allotted: {number}"),
    "case_linked": Names("关联新案：{zh}", "Linked case opened: {en}"),
    "answers_erased": Names("按规定删除填写内容", "Answers erased as the rules demand"),
    "woken": Names("检查期限", "Deadlines checked"),
    "duty_started": Names("定期启动：{zh}", "Started by schedule: {en}"),
    "deadline_moved": Names("日历修改，期限随之变动", "Deadlines moved with the calendars"),
    "clock_paused": Names("计时暂停：{zh}", "Clock paused: {en}"),
    "clock_resumed": Names("计时恢复：{zh}", "Clock resumed: {en}"),
    "data_repaired": Names("更正数据", "Data repaired"),
    "incident_closed": Names("异常 {incident} 不再处理：{zh}", "Incident {incident} closed: {en}"),
    MOVED: Names("迁移到第 {to} 版", "Moved to version {to}"),
    **letterview.TITLES,
}

_KEPT = Names("编号不变：{number}", "Number kept: {number}")
_REMINDER = Names("提醒：{zh}", "Reminder: {en}")
_WAITED = Names("时间到：{zh}", "Time reached: {en}")
_BY_HAND = {"duty_started": Names("手工启动：{zh}", "Started by hand: {en}")}
_WHOLE_CASE = {
    "clock_paused": Names("全案计时暂停", "Clock of the case paused"),
    "clock_resumed": Names("全案计时恢复", "Clock of the case resumed"),
}


def title_of(body: Mapping[str, Any]) -> Names:
    """Return the title of an entry, by its body; what it says is not yet in it."""
    kind = body["kind"]
    if kind == "number_allotted" and "number" not in body.get("facts", {}):
        return _KEPT
    if body.get("reminds") or body.get("waited"):
        return _REMINDER if body.get("reminds") else _WAITED
    special = _WHOLE_CASE if "element" not in body else _BY_HAND if body["name"] else {}
    return special.get(kind) or _TITLES.get(kind, Names(kind, kind))
