"""A procedure's guarantees (红线), held against its drawing with all the diagrams that it calls.

Conditions are ignored, so what is guaranteed holds whatever people fill in, and a drawing that
keeps it only by its conditions is refused. What is seen that cannot be: engine.spiff.graph for
*only after*, engine.spiff.escaping and engine.spiff.together for *always after* and *every end*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.files.sheet import STEPS
from engine.spiff.lint.retelling import retold
from engine.spiff.lint.ways_around import ways_around
from engine.spiff.model import (
    ALWAYS_AFTER,
    EVERY_END,
    NEVER_BY,
    NOT_SAME_PERSON,
    ONLY_AFTER,
    Problem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.files.sources import Sources
    from engine.spiff.model import Guarantee

SAYS: Final[Mapping[str, tuple[str, ...]]] = {
    ONLY_AFTER: ("what", "after"),
    ALWAYS_AFTER: ("what", "after"),
    EVERY_END: ("what",),
    NOT_SAME_PERSON: ("what", "other"),
    NEVER_BY: ("what", "person"),
}
"""What each kind of guarantee names."""
NAMES: Final = ("what", "after", "other", "person")
SHOWN: Final = 6  # steps of a called diagram that are told


def kept(sources: Sources) -> Iterator[Problem]:
    """Let every guarantee hold on every way; what is not written as it must be is told before."""
    for sheet in () if sources.is_torn else sources.sheets.values():
        for guarantee in sheet.guarantees:
            if not any(_miswritten(sources, sheet, guarantee)):
                yield from _broken(sources, sheet, guarantee)


def written(sources: Sources) -> Iterator[Problem]:
    """Let every guarantee be whole, and speak of what is drawn."""
    for sheet in sources.sheets.values():
        for guarantee in sheet.guarantees:
            yield from _miswritten(sources, sheet, guarantee)


def _miswritten(sources: Sources, sheet: Sheet, guarantee: Guarantee) -> Iterator[Problem]:
    wrong = list(_whole(sheet, guarantee))
    yield from wrong or _unknown(sources, sheet, guarantee)


def _whole(sheet: Sheet, guarantee: Guarantee) -> Iterator[Problem]:
    says = SAYS.get(guarantee.kind, ())
    filled = tuple(name for name in NAMES if getattr(guarantee, name))
    if not says:
        yield _refusal(
            sheet, guarantee, "bad_guarantee",
            f"的 kind 应为：{'、'.join(SAYS)}。", f"needs a kind: {', '.join(SAYS)}.",
        )  # fmt: skip
    elif filled != says:
        yield _refusal(
            sheet, guarantee, "bad_guarantee",
            f"（{guarantee.kind}）应当且只能写明 {'、'.join(says)}。",
            f"({guarantee.kind}) must say {' and '.join(says)}, and nothing else.",
        )  # fmt: skip
    elif guarantee.kind == NOT_SAME_PERSON and {*guarantee.what} & {*guarantee.other}:
        same = min({*guarantee.what} & {*guarantee.other}).partition(":")[2]
        yield _refusal(
            sheet, guarantee, "same_step_twice",
            f"的 what 和 other 里都有“{same}”，一个步骤总是由同一人办。请去掉其中一处。",
            f'names "{same}" in what and in other; one step is always done by one person. '
            "Leave it out of one of them.",
        )  # fmt: skip
    elif not (guarantee.id and guarantee.names.zh and guarantee.names.en):
        yield _refusal(
            sheet, guarantee, "bad_guarantee", "缺少 id、zh 或 en。", "lacks its id, zh or en."
        )


def _unknown(sources: Sources, sheet: Sheet, guarantee: Guarantee) -> Iterator[Problem]:
    for part, name in ((p, each) for p in SAYS[guarantee.kind] for each in getattr(guarantee, p)):
        if sources.is_torn and name.partition(":")[0] not in sources.sheets:
            continue
        if called := _called(sources, guarantee.kind, name):
            yield _refusal(sheet, guarantee, "call_in_guarantee", *called)
        elif name not in _known(sources, guarantee.kind, part):
            yield _refusal(
                sheet, guarantee, "unknown_in_guarantee",
                f"提到“{name}”，但{_WANTED_ZH[guarantee.kind]}。请改正 id。",
                f'names "{name}", but {_WANTED_EN[guarantee.kind]}. Correct the id.',
            )  # fmt: skip


def _called(sources: Sources, kind: str, name: str) -> tuple[str, str] | None:
    """Say of a call that people's steps are meant, and which are inside; None of all else."""
    process, _, id_ = name.partition(":")
    sheet = sources.sheets.get(process)
    node = None if sheet is None else sheet.nodes.get(id_)
    if kind not in {NOT_SAME_PERSON, NEVER_BY} or node is None or not node.called:
        return None
    inside = sources.sheets.get(node.called)
    nodes = () if inside is None else inside.nodes.values()
    steps = [f"{node.called}:{each.id}" for each in nodes if each.kind in STEPS]
    zh, en = "、".join(steps[:SHOWN]) or "步骤", ", ".join(steps[:SHOWN]) or "a step"
    return (
        f"提到“{id_}”，它是调用（{node.called}），没有人直接办理。请写里面的步骤：{zh}。",
        f'names "{id_}", a call (of {node.called}) that nobody does. Name steps inside: {en}.',
    )


_WANTED_ZH: Final = {
    ONLY_AFTER: "图中没有（what 只能是元素，after 可以是元素或连线）",
    ALWAYS_AFTER: "图中没有这样的元素或连线",
    EVERY_END: "图中没有这样的元素或连线",
    NOT_SAME_PERSON: "图中没有这样的步骤",
    NEVER_BY: "图中没有这样的步骤，也没有表单填写这样的变量",
}
_WANTED_EN: Final = {
    ONLY_AFTER: "nothing drawn has that id (what: an element; after: an element or flow)",
    ALWAYS_AFTER: "no element or flow has that id",
    EVERY_END: "no element or flow has that id",
    NOT_SAME_PERSON: "no step has that id",
    NEVER_BY: "no step has that id, and no form fills such a variable",
}


def _known(sources: Sources, kind: str, part: str) -> set[str]:
    """Give what a part of a guarantee may name."""
    nodes = {f"{sheet.process_id}:{node.id}": node.kind for sheet, node in sources.nodes()}
    if part == "person":
        fields = (name for form in sources.forms.values() for name in form or ())
        return {*fields, *(v.name for s in sources.sheets.values() for v in s.variables)}
    if kind in {NOT_SAME_PERSON, NEVER_BY}:
        return {name for name, tag in nodes.items() if tag in STEPS}
    flows = (f"{s.process_id}:{edge.id}" for s in sources.sheets.values() for edge in s.edges)
    return {*nodes} if (kind, part) == (ONLY_AFTER, "what") else {*nodes, *flows}


def _broken(sources: Sources, sheet: Sheet, guarantee: Guarantee) -> Iterator[Problem]:
    """Give a problem, with the way around it, for each part of a guarantee that does not hold."""
    around = guarantee.after if guarantee.kind == ONLY_AFTER else guarantee.what
    for way in ways_around(sources, sheet.process_id, guarantee):
        told = retold(way.path, around, sources)
        yield _refusal(
            sheet, guarantee, "guarantee_broken",
            f"不成立：{way.zh}。路径：{told.zh}。请改图。",
            f"does not hold: {way.en}, by {told.en}. Redraw.",
        )  # fmt: skip


def _refusal(sheet: Sheet, guarantee: Guarantee, code: str, zh: str, en: str) -> Problem:
    name = guarantee.names
    return Problem(
        sheet.file, guarantee.id, code,
        f"保证“{name.zh}”（{guarantee.id}）{zh}",
        f'The guarantee "{name.en}" ({guarantee.id}) {en}',
    )  # fmt: skip
