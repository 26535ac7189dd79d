"""Gateways that fit each other: no join waits for ever, and nothing is done once for each branch.

Each process and sub-process is judged by itself: whatever a gateway may choose and whichever event
may happen, the tokens must come together again as they were split. Conditions are read only to see
which gateways ask the same, and so choose the same as long as nothing may write what they ask.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from engine.spiff.alike import combined, held
from engine.spiff.files.eventful import CHOICE
from engine.spiff.lint.writers import steady
from engine.spiff.markings import MOST, Doubled, Markings, Standstill, TooManyError
from engine.spiff.model import Names, Problem
from engine.spiff.net import nets
from engine.spiff.together import FORKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node
    from engine.spiff.files.sources import Sources
    from engine.spiff.markings import Choice
    from engine.spiff.net import Net


def sound(sources: Sources) -> Iterator[Problem]:
    """Let every parallel join get a token on each way, and no two of a split go on as two."""
    for net in nets(sources):
        for told, found in _wrong(sources, net):
            if isinstance(found, Standstill):
                yield _still(told, found)
            else:
                yield _twice(told, found)


def _wrong(sources: Sources, net: Net) -> list[tuple[Net, Standstill | Doubled]]:
    """Give what is wrong in a scope, each join and place once, and with which gateways held.

    Nothing where there is too much.
    """
    if not any(node.kind in FORKS for node in net.nodes.values()):
        return []
    beside = [n.id for n in net.nodes.values() if n.kind == "boundaryEvent" and not n.interrupts]
    split = [each for each in beside if any(net.nodes[n].kind in FORKS for n in net.reach(each))]
    found: dict[str, tuple[Net, Standstill | Doubled]] = {}
    most = MOST
    try:
        for answers, event in product(combined(steady(sources, net)), (None, *split)):
            told = held(net, answers)
            markings = Markings(told, event, most)
            for each in markings.wrong():
                place = each.join if isinstance(each, Standstill) else each.place
                found.setdefault(place, (told, each))
            most = markings.most
    except TooManyError:
        return []
    return list(found.values())


def _still(net: Net, found: Standstill) -> Problem:
    join, choice = net.nodes[found.join], found.choice
    when, cure = _when(net, choice), _once(net, choice) or _cure(net, choice, join)
    return Problem(
        net.sheet.file, join.id, "waits_for_ever",
        f"{when.zh}，并行网关“{join.id}”会永远等下去：连线“{found.way}”上再也等不到。{cure.zh}",
        f'{when.en}, the parallel gateway "{join.id}" waits for ever: nothing comes by the flow '
        f'"{found.way}" any more. {cure.en}',
    )  # fmt: skip


def _when(net: Net, choice: Choice | None) -> Names:
    """Say after which choice it happens."""
    if choice is None:
        return Names("按图走下去", "As it is drawn")
    node = net.nodes[choice.element]
    if choice.flow is None:
        return Names(f"边界事件“{node.id}”不发生时", f'When the event "{node.id}" does not happen')
    if node.kind == "boundaryEvent":
        return Names(f"边界事件“{node.id}”发生后", f'Once the event "{node.id}" happens')
    return Names(
        f"网关“{node.id}”选了连线“{choice.flow}”后",
        f'Once the gateway "{node.id}" takes the flow "{choice.flow}"',
    )


def _once(net: Net, choice: Choice | None) -> Names | None:
    """Say what to draw where another gateway asks the same, and may be answered otherwise."""
    if choice is None or not (asked := _asked(net, choice.element)) or choice.element in net.held:
        return None
    for other in net.nodes:
        if other != choice.element and _asked(net, other) == asked:
            return Names(
                f"“{choice.element}”与“{other}”问的是同一件事，但所问的内容其间可能改变，各自选择。"
                "请只判断一次，在选定的路里再分开、汇合；或让所问的内容都在两者之前填写。",
                f'"{choice.element}" and "{other}" ask the same, but what they ask may change in '
                "between, so that each chooses by itself. Ask once, and split and join on the way "
                "that is chosen; or let what they ask be filled in before both.",
            )
    return None


def _asked(net: Net, node: str) -> set[str]:
    """Give the conditions of the ways out of an element, without blanks."""
    return {"".join(edge.condition.split()) for edge in net.onward(node) if edge.condition}


def _cure(net: Net, choice: Choice | None, join: Node) -> Names:
    node = net.nodes[choice.element] if choice else None
    merge = Names(
        f"请把“{join.id}”改画为排他网关",
        f'Draw "{join.id}" as an exclusive gateway',
    )
    if choice is None or node is None or node.kind == CHOICE:
        return Names(f"{merge.zh}。", f"{merge.en}.")
    if node.kind == "boundaryEvent" and not node.interrupts:
        return Names(
            f"请让“{node.id}”的分支自己结束，不接入“{join.id}”。",
            f'Let the branch of "{node.id}" end by itself and not come to "{join.id}".',
        )
    if node.kind == "boundaryEvent" and choice.flow is not None:
        return Names(
            f"{merge.zh}，或把“{node.id}”改为不中断，让它的分支自己结束。",
            f'{merge.en}, or make "{node.id}" non-interrupting, with an end of its own.',
        )
    if node.kind == "boundaryEvent":
        return Names(f"{merge.zh}。", f"{merge.en}.")
    if not choice.meets:
        return Names(
            f"请把这条路也连到“{join.id}”，或用终止结束事件结束它。",
            f'Lead this way to "{join.id}", too, or end it by a terminate end event.',
        )
    return Names(
        f"{merge.zh}，或把“{node.id}”改画为并行网关。",
        f'{merge.en}, or "{node.id}" as a parallel gateway.',
    )


def _twice(net: Net, found: Doubled) -> Problem:
    place, split = net.nodes[net.node_at(found.place)], net.nodes[found.split]
    join = Names("并行网关", "a parallel gateway")
    if split.kind == "inclusiveGateway":
        join = Names("包容网关", "an inclusive gateway")
    return Problem(
        net.sheet.file, place.id, "done_twice",
        f"“{split.id}”分出的几条路各自到达“{place.id}”，之后的每一步都会做不止一次。"
        f"请先用{join.zh}把它们汇合。",
        f'Several ways out of "{split.id}" each come to "{place.id}", so that all after it is done '
        f"more than once. Join them by {join.en} first.",
    )  # fmt: skip
