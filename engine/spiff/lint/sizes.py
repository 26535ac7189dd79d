"""Limits on what may be drawn, asked before all other rules: those walk over it at leisure.

SpiffWorkflow recurses along the flows of a scope and through scopes inside each other, a called
diagram is folded out once for every call of it, and a database keeps ids in its indexes.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

from engine.spiff.files.labels import shown
from engine.spiff.files.xml import BANJIE, BPMN
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources

MOST_NODES: Final = 250
MOST_FLOWS: Final = 1_000
MOST_IN_ALL: Final = 2_000
MOST_FOLDED: Final = 20_000
MOST_LEVELS: Final = 20
MOST_TEXT: Final = 100_000
LONGEST: Final = 200
_SHORT: Final = ("id", "name", f"{{{BANJIE}}}nameEn", "errorCode", "escalationCode")


def scopes(sources: Sources) -> Iterator[Problem]:
    """Let a process and each of its sub-processes be one that a person can look over."""
    for sheet in sources.sheets.values():
        for scope in sheet.scopes:
            count = sum(1 for _ in sheet.inside(scope))
            if count > MOST_NODES:
                yield Problem(
                    sheet.file, scope, "too_large",
                    f"“{shown(scope)}”有 {count} 个元素，上限 {MOST_NODES}。"
                    "请拆成子流程或调用活动。",
                    f'"{shown(scope)}" has {count} elements; the limit is {MOST_NODES}. '
                    "Split it into sub-processes or call activities.",
                )  # fmt: skip
        if len(sheet.edges) > MOST_FLOWS:
            count = len(sheet.edges)
            yield Problem(
                sheet.file, sheet.process_id, "too_large",
                f"图中有 {count} 条顺序流，上限 {MOST_FLOWS}。请拆成调用活动。",
                f"There are {count} flows; the limit is {MOST_FLOWS}. Split it: call activities.",
            )  # fmt: skip


def whole(sources: Sources) -> Iterator[Problem]:
    """Let a procedure with all that it calls be of a size that can be checked and run."""
    count = sum(len(sheet.nodes) for sheet in sources.sheets.values())
    length = sum(map(_written, sources.sheets.values()))
    if count > MOST_IN_ALL:
        yield _in_all(
            sources,
            f"规程及其调用的图共有 {count} 个元素，上限 {MOST_IN_ALL}。请分成几个规程。",
            f"The procedure and what it calls have {count} elements; the limit is {MOST_IN_ALL}. "
            "Make several procedures of it.",
        )
    if length > MOST_TEXT:
        yield _in_all(
            sources,
            f"条件、脚本和默认值共 {length} 个字符，上限 {MOST_TEXT}。请把判断写进决策表。",
            f"Conditions, scripts and defaults have {length} characters; the limit is {MOST_TEXT}. "
            "Put decisions into tables.",
        )


def _in_all(sources: Sources, zh: str, en: str) -> Problem:
    return Problem(sources.sheets[sources.root].file, sources.root, "too_large", zh, en)


def _written(sheet: Sheet) -> int:
    texts = [edge.condition for edge in sheet.edges]
    texts += [variable.default for variable in sheet.variables]
    for node in sheet.nodes.values():
        texts += [node.script, node.extension("preScript"), node.extension("postScript")]
        texts += [text for _, text in node.parameters]
    return sum(len(text) for text in texts if text)


def nesting(sources: Sources) -> Iterator[Problem]:
    """Let sub-processes and calls lie in each other so far as a person can follow."""
    level, copies = {sources.root: 1}, {sources.root: 1}
    for process in _callers_first(sources):
        sheet = sources.sheets[process]
        depths = _depths(sheet)
        for node in _calls(sources, sheet):
            called, inside = node.called or "", level[process] + depths.get(node.scope, 0)
            level[called] = max(level.get(called, 0), inside + 1)
            copies[called] = copies.get(called, 0) + copies[process]
        deepest, depth = max(depths.items(), key=itemgetter(1))
        depth += level[process]
        if depth > MOST_LEVELS:
            yield Problem(
                sheet.file, deepest, "too_deep",
                f"“{shown(deepest)}”是第 {depth} 层嵌套的流程，上限 {MOST_LEVELS} 层。"
                "请减少子流程和调用的嵌套。",
                f'"{shown(deepest)}" lies {depth} levels deep in sub-processes and calls; '
                f"the limit is {MOST_LEVELS}. Draw it flatter.",
            )  # fmt: skip
            return
    folded = sum(times * len(sources.sheets[process].nodes) for process, times in copies.items())
    if folded > MOST_FOLDED:
        yield _in_all(
            sources,
            f"把每次调用都展开后有 {folded} 个元素，上限 {MOST_FOLDED}。请减少对同一图的重复调用。",
            f"With every call folded out there are {folded} elements; the limit is {MOST_FOLDED}. "
            "Call the same diagrams less often.",
        )


def _depths(sheet: Sheet) -> dict[str, int]:
    """In how many others each scope of a file lies; what lies outside stands before it."""
    found = {sheet.process_id: 0}
    for node in sheet.nodes.values():
        if any(sheet.inside(node.id)):
            found.setdefault(node.id, found.get(node.scope, 0) + 1)
    return found


def _calls(sources: Sources, sheet: Sheet) -> Iterator[Node]:
    return (node for node in sheet.nodes.values() if node.called in sources.sheets)


def _callers_first(sources: Sources) -> list[str]:
    """Give the processes, each after all that call it; those of a circle are left out."""
    callers = dict.fromkeys(sources.sheets, 0)
    for sheet in sources.sheets.values():
        for node in _calls(sources, sheet):
            callers[node.called or ""] += 1
    order = [process for process in (sources.root,) if not callers[process]]
    for process in order:
        for node in _calls(sources, sources.sheets[process]):
            callers[node.called or ""] -= 1
            if not callers[node.called or ""]:
                order.append(node.called or "")
    return order


def lengths(sources: Sources) -> Iterator[Problem]:
    """Let ids, names and codes be of a length that can be shown and kept."""
    for sheet in sources.sheets.values():
        for xml in sheet.root.iter(f"{{{BPMN}}}*"):
            for name in _SHORT:
                length = len(xml.get(name) or "")
                if length > LONGEST:
                    id_, attribute = shown(xml.get("id") or "—"), name.rsplit("}", 1)[-1]
                    yield Problem(
                        sheet.file, id_, "too_long",
                        f"“{id_}”的 {attribute} 有 {length} 个字符，上限 {LONGEST}。请缩短。",
                        f'The {attribute} of "{id_}" has {length} characters; the limit is '
                        f"{LONGEST}. Shorten it.",
                    )  # fmt: skip
