"""Sequence flows: whole, unambiguous, and leading from the start to an end."""

from __future__ import annotations

from collections import defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from engine.spiff.lint.elements import GATEWAYS
from engine.spiff.lint.ids import unusable
from engine.spiff.lint.told import NEAR, meant
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff.files.sheet import Edge, Node, Sheet
    from engine.spiff.files.sources import Sources

CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})


def whole(sources: Sources) -> Iterator[Problem]:
    """Let every flow join two nodes of one scope, none leave an end or enter a start."""
    for sheet in sources.sheets.values():
        yield from _nowhere(sheet)
        for edge in sheet.edges:
            source, target = sheet.nodes.get(edge.source), sheet.nodes.get(edge.target)
            if source is None or target is None:
                continue
            if source.scope != target.scope:
                yield Problem(
                    sheet.file, edge.id, "loose_flow",
                    f"顺序流“{edge.id}”的起点“{edge.source}”或终点“{edge.target}”不在同一流程内。"
                    "请重新连接。",
                    f'Flow "{edge.id}" from "{edge.source}" to "{edge.target}" does not join two '
                    "elements of one process. Connect it again.",
                )  # fmt: skip
            elif source.kind == "endEvent" or target.kind in {"startEvent", "boundaryEvent"}:
                yield Problem(
                    sheet.file, edge.id, "flow_direction",
                    f"顺序流“{edge.id}”离开结束事件或进入开始/边界事件。请反转或删去。",
                    f'Flow "{edge.id}" leaves an end or enters a start or boundary event.'
                    " Reverse or delete it.",
                )  # fmt: skip


def _nowhere(sheet: Sheet) -> Iterator[Problem]:
    """Tell of each element that is not there, with what hangs on it and what may be meant.

    What is there under an id that cannot be one is told by that.
    """
    told = unusable(sheet)
    loose: dict[str, list[str]] = defaultdict(list)
    for edge in sheet.edges:
        for end in {edge.source, edge.target} - sheet.nodes.keys():
            loose[end].append(edge.id)
    flows = {*loose}
    for node in sheet.nodes.values():
        if node.kind == "boundaryEvent" and (node.attached or "") not in sheet.nodes:
            loose[node.attached or ""].append(node.id)
    for end, ids in sorted(loose.items()):
        if get_close_matches(end, told, n=1, cutoff=NEAR):
            continue
        zh, en = meant(end, sheet.nodes)
        said_zh, said_en = "、".join(f"“{id_}”" for id_ in ids), ", ".join(f'"{i}"' for i in ids)
        yield Problem(
            sheet.file, ids[0], "loose_flow" if end in flows else "bad_host",
            f"{said_zh}所连的“{end or '—'}”不在图中。{zh or '请重新连接或删去。'}",
            f'{said_en}: "{end or "—"}", which it is joined to, is not drawn.'
            f"{en or ' Connect it again, or delete it.'}",
        )  # fmt: skip


def between_once(sources: Sources) -> Iterator[Problem]:
    """Let two elements be joined by one flow at most: the path taken must be told apart."""
    for sheet in sources.sheets.values():
        seen: dict[tuple[str, str], str] = {}
        for edge in sheet.edges:
            first = seen.setdefault((edge.source, edge.target), edge.id)
            if first != edge.id:
                yield Problem(
                    sheet.file, edge.id, "double_flow",
                    f"“{edge.source}”到“{edge.target}”有两条顺序流（{first}、{edge.id}）。"
                    "请合并为一条，条件之间写 or。",
                    f'Two flows lead from "{edge.source}" to "{edge.target}" ({first}, {edge.id}).'
                    " Join their conditions with or.",
                )  # fmt: skip


def no_implicit_split(sources: Sources) -> Iterator[Problem]:
    """Let only gateways have several ways out, and everything but ends have one."""
    for sheet, node in sources.nodes():
        ways = len(sheet.outgoing(node.id))
        if ways > 1 and node.kind not in GATEWAYS:
            yield Problem(
                sheet.file, node.id, "implicit_split",
                f"“{node.id}”有 {ways} 条出口。请在它后面画一个网关。",
                f'"{node.id}" has {ways} ways out. Draw a gateway after it.',
            )  # fmt: skip
        if ways == 0 and node.kind != "endEvent":
            yield Problem(
                sheet.file, node.id, "dead_end",
                f"“{node.id}”没有出口。请连到下一个元素或结束事件。",
                f'"{node.id}" has no way out. Connect it to the next element or an end event.',
            )  # fmt: skip


def conditions_on_gateways(sources: Sources) -> Iterator[Problem]:
    """Let conditions stand only where they are read: on ways out of a choosing gateway."""
    for sheet in sources.sheets.values():
        for edge in sheet.edges:
            source = sheet.nodes.get(edge.source)
            if edge.condition is None or source is None:
                continue
            if source.kind not in CHOOSING:
                yield Problem(
                    sheet.file, edge.id, "idle_condition",
                    f"顺序流“{edge.id}”离开“{edge.source}”（{source.kind}），条件不会生效。"
                    "请在中间画排他网关，或删去条件。",
                    f'The condition on "{edge.id}" leaves "{edge.source}" ({source.kind}) and would'
                    " be ignored. Draw an exclusive gateway between, or delete it.",
                )  # fmt: skip


def defaults(sources: Sources) -> Iterator[Problem]:
    """Let choosing gateways have a default way out without condition, and conditions elsewhere."""
    for sheet, node in sources.nodes():
        ways = sheet.outgoing(node.id)
        if node.kind not in CHOOSING or len(ways) < 2:  # noqa: PLR2004 - a choice has two ways
            continue
        default = node.xml.get("default")
        if default not in {edge.id for edge in ways}:
            yield Problem(
                sheet.file, node.id, "no_default",
                f"网关“{node.id}”没有默认出口。请把一条出口设为默认（default）。",
                f'Gateway "{node.id}" has no default way out. Make one of its flows the default.',
            )  # fmt: skip
        for edge in ways:
            yield from _condition_problem(sheet, edge, default)


def _condition_problem(sheet: Sheet, edge: Edge, default: str | None) -> Iterator[Problem]:
    if edge.id == default and edge.condition:
        yield Problem(
            sheet.file, edge.id, "condition_on_default",
            f"默认出口“{edge.id}”带有条件，不会生效。请删去条件。",
            f'The default way out "{edge.id}" has a condition, which is ignored. Delete it.',
        )  # fmt: skip
    if edge.id != default and not edge.condition:
        yield Problem(
            sheet.file, edge.id, "no_condition",
            f"出口“{edge.id}”没有条件。请填写条件，或把它设为默认。",
            f'The way out "{edge.id}" has no condition. Give it one, or make it the default.',
        )  # fmt: skip


def reachable(sources: Sources) -> Iterator[Problem]:
    """Let every element be reached from its start event; of several, the first ones are told."""
    for sheet in sources.sheets.values():
        for scope in sheet.scopes:
            nodes = list(sheet.inside(scope))
            starts = [node.id for node in nodes if node.kind == "startEvent"]
            for id_ in _outermost(nodes, starts, _onward(sheet, nodes)):
                yield Problem(
                    sheet.file, id_, "unreachable",
                    f"从开始事件走不到“{id_}”。请连接或删去。",
                    f'"{id_}" cannot be reached from the start. Connect or delete it.',
                )  # fmt: skip


def ending(sources: Sources) -> Iterator[Problem]:
    """Let an end event be within reach of every element; of several, the last ones are told."""
    for sheet in sources.sheets.values():
        for scope in sheet.scopes:
            nodes = list(sheet.inside(scope))
            backward: dict[str, list[str]] = {}
            for source, targets in _onward(sheet, nodes).items():
                for target in targets:
                    backward.setdefault(target, []).append(source)
            ends = [node.id for node in nodes if node.kind == "endEvent"]
            for id_ in _outermost(nodes, ends, backward):
                if sheet.outgoing(id_):
                    yield Problem(
                        sheet.file, id_, "endless",
                        f"从“{id_}”走不到结束事件。请画出出路。",
                        f'No end event can be reached from "{id_}". Draw a way out.',
                    )  # fmt: skip


def _outermost(
    nodes: Iterable[Node], origins: Iterable[str], onward: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    """Give the elements that nothing leads to, one of each ring, from which all others follow."""
    found = _spread(origins, onward)
    missed = [node.id for node in nodes if found and node.id not in found]
    behind = {id_: _spread([id_], onward) for id_ in missed}
    before = {id_: sum(id_ in reach for reach in behind.values()) for id_ in missed}
    followed: set[str] = set()
    for id_ in sorted(missed, key=before.__getitem__):
        if id_ not in followed:
            followed |= behind[id_]
            yield id_


def _onward(sheet: Sheet, nodes: Iterable[Node]) -> dict[str, list[str]]:
    return {
        node.id: [edge.target for edge in sheet.outgoing(node.id)]
        + [event.id for event in sheet.boundary(node.id)]
        for node in nodes
    }


def _spread(starts: Iterable[str], onward: Mapping[str, Iterable[str]]) -> set[str]:
    found = set(starts)
    pending = list(found)
    while pending:
        for target in onward.get(pending.pop(), ()):
            if target not in found:
                found.add(target)
                pending.append(target)
    return found
