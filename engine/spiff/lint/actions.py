"""What people may do with a step besides doing it, or with a case: known words, in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.files.actions import ACTIONS, CASE_ACTIONS, actions_of, is_switch
from engine.spiff.files.sheet import STEPS
from engine.spiff.lint.told import meant
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.sources import Sources
    from engine.spiff.lint.told import Where

_KNOWN: Final = {**ACTIONS, **CASE_ACTIONS}


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
        yield from _said(drawn, (sheet.file, node.id), sources, ACTIONS)


def actions_on_cases(sources: Sources) -> Iterator[Problem]:
    """Let a procedure's process, and nothing else, say who may do what with a whole case."""
    for sheet in sources.sheets.values():
        at = (sheet.file, sheet.process_id)
        yield from _said(actions_of(sheet.process), at, sources, CASE_ACTIONS)


def _said(
    drawn: Mapping[str, tuple[str, ...]],
    at: tuple[str, str],
    sources: Sources,
    here: Mapping[str, frozenset[str]],
) -> Iterator[Problem]:
    for action, words in drawn.items():
        if action in here and (wrong := _wrong(action, words, sources)):
            close = meant(wrong[0], [*_KNOWN[action], *sources.roles])
            yield _unknown((*at, *close), action, wrong)
        elif action in _KNOWN and action not in here:
            yield _elsewhere(*at, action)


def _elsewhere(file: str, element: str, action: str) -> Problem:
    zh, en = (
        ("用户任务", "a user task")
        if action in ACTIONS
        else ("规程的流程（process）", "the process")
    )
    return Problem(
        file, element, "actions_misplaced",
        f"“{element}”上的 {action} 在此无效。请写在{zh}上。",
        f'{action} does nothing at "{element}". Write it at {en}.',
    )  # fmt: skip


def _wrong(action: str, words: tuple[str, ...], sources: Sources) -> tuple[str, ...]:
    """Give the words that say nothing; all of them where they contradict each other."""
    alone = {"anyone", "nobody"} if not is_switch(action) else _KNOWN[action]
    if not words or (len(words) > 1 and alone & set(words)):
        return words or ("",)
    known = _KNOWN[action] | (frozenset() if is_switch(action) else sources.roles.keys())
    return tuple(word for word in words if word not in known)


def _unknown(where: Where, action: str, wrong: tuple[str, ...]) -> Problem:
    file, element, close_zh, close_en = where
    said, words = " ".join(wrong), "、".join(sorted(_KNOWN[action]))
    more_zh = "" if is_switch(action) else "，或以空格分开的角色代码"
    more_en = "" if is_switch(action) else ", or codes of roles with blanks between"
    return Problem(
        file, element, "unknown_who",
        f"“{element}”的 {action}=“{said}”读不懂。请写其中一个：{words}{more_zh}。"
        f"{close_zh}",
        f'"{element}" has {action}="{said}", which says nobody. '
        f"Write one of {words.replace('、', ', ')}{more_en}.{close_en}",
    )  # fmt: skip
