"""What people may do with a step besides doing it: known words, at steps only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.files.actions import ACTIONS, actions_of, is_switch
from engine.spiff.files.sheet import STEPS
from engine.spiff.lint.told import meant
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sources import Sources
    from engine.spiff.lint.told import Where


def actions_at_steps(sources: Sources) -> Iterator[Problem]:
    """Let only steps say what people may do with them, with words that say who."""
    for sheet, node in sources.nodes():
        drawn = actions_of(node.xml)
        if drawn and node.kind not in STEPS:
            yield Problem(
                sheet.file, node.id, "actions_misplaced",
                f"“{node.id}”不是步骤，banjie:actions 在此无效。请移到用户任务上。",
                f'"{node.id}" is no step, so banjie:actions does nothing there. '
                "Move it to a user task.",
            )  # fmt: skip
        for action, words in drawn.items():
            if action in ACTIONS and (wrong := _wrong(action, words, sources)):
                close = meant(wrong[0], [*ACTIONS[action], *sources.roles])
                yield _unknown((sheet.file, node.id, *close), action, wrong)


def _wrong(action: str, words: tuple[str, ...], sources: Sources) -> tuple[str, ...]:
    """Give the words that say nothing; all of them where they contradict each other."""
    alone = {"anyone", "nobody"} if not is_switch(action) else ACTIONS[action]
    if not words or (len(words) > 1 and alone & set(words)):
        return words or ("",)
    known = ACTIONS[action] | (frozenset() if is_switch(action) else sources.roles.keys())
    return tuple(word for word in words if word not in known)


def _unknown(where: Where, action: str, wrong: tuple[str, ...]) -> Problem:
    file, element, close_zh, close_en = where
    said, words = " ".join(wrong), "、".join(sorted(ACTIONS[action]))
    more_zh = "" if is_switch(action) else "，或以空格分开的角色代码"
    more_en = "" if is_switch(action) else ", or codes of roles with blanks between"
    return Problem(
        file, element, "unknown_who",
        f"“{element}”的 {action}=“{said}”读不懂。请写其中一个：{words}{more_zh}。"
        f"{close_zh}",
        f'"{element}" has {action}="{said}", which says nobody. '
        f"Write one of {words.replace('、', ', ')}{more_en}.{close_en}",
    )  # fmt: skip
