"""A procedure's promises about its own drawing, checked over all the diagrams that it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.graph import Graph, way_to
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Guarantee, Sheet
    from engine.spiff.files.sources import Sources
    from engine.spiff.graph import Place


LAST: Final = 6  # elements of a way that are told


def kept(sources: Sources) -> Iterator[Problem]:
    """Let every guarantee hold: without its flows, none of its elements is within reach."""
    for sheet in sources.sheets.values():
        for guarantee in sheet.guarantees:
            unknown = list(_unknown(sources, sheet, guarantee))
            yield from unknown
            if not unknown:
                yield from _broken(sources, sheet, guarantee)


def _unknown(sources: Sources, sheet: Sheet, guarantee: Guarantee) -> Iterator[Problem]:
    flows = {f"{s.process_id}:{edge.id}" for s in sources.sheets.values() for edge in s.edges}
    nodes = {f"{s.process_id}:{node}" for s in sources.sheets.values() for node in s.nodes}
    for names, known in ((guarantee.without, flows), (guarantee.never, nodes)):
        for name in names or ("",):
            if _full(name, sheet) not in known:
                yield Problem(
                    sheet.file, guarantee.id, "unknown_in_guarantee",
                    f"保证“{guarantee.names.zh}”（{guarantee.id}）中的“{name}”不存在。请改正 id。",
                    f'Guarantee "{guarantee.names.en}" ({guarantee.id}) names "{name}", which does '
                    "not exist. Correct the id.",
                )  # fmt: skip


def _broken(sources: Sources, sheet: Sheet, guarantee: Guarantee) -> Iterator[Problem]:
    without = {_full(name, sheet) for name in guarantee.without}
    came = Graph(sources.sheets, without).ways(sheet.process_id)
    for name in guarantee.never:
        path = way_to(_full(name, sheet), came)
        if path is not None:
            zh, en = _told(path, sources)
            yield Problem(
                sheet.file, guarantee.id, "guarantee_broken",
                f"保证“{guarantee.names.zh}”不成立：不经过 {'、'.join(guarantee.without)} 也能到"
                f"“{name}”。路径：{zh}。请改图。",
                f'The guarantee "{guarantee.names.en}" does not hold: "{name}" is reached without '
                f"{', '.join(guarantee.without)}, by {en}. Redraw.",
            )  # fmt: skip


def _full(name: str, sheet: Sheet) -> str:
    return name if ":" in name else f"{sheet.process_id}:{name}"


def _told(path: list[Place], sources: Sources) -> tuple[str, str]:
    """Tell the end of a way in Chinese and in English, element by element."""
    nodes = [sources.sheets[place.process].nodes[place.element] for place in path[-LAST:]]
    more = "… → " if len(path) > LAST else ""
    zh = " → ".join(f"{node.names.zh}[{node.id}]" for node in nodes)
    return more + zh, more + " → ".join(f"{node.names.en}[{node.id}]" for node in nodes)
