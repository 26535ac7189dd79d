"""A way through the diagrams in words: where it leaves what it should pass, and which branches.

Of a long way the beginning, the end, and the place where it leaves are told, with the choices on
it that are nearest to that place; what is left out is an ellipsis. A diagram is named where the way
comes into it.
"""

from __future__ import annotations

from collections import deque
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from engine.spiff.files.labels import label
from engine.spiff.files.sheet import names_of
from engine.spiff.graph import Graph, Place
from engine.spiff.model import Names

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from engine.spiff.files.sources import Sources

MOST: Final = 10
"""Elements of a way that are told."""
END: Final = 3  # of them, at the end


def retold(path: Sequence[Place], passed_by: Collection[str], sources: Sources) -> Names:
    """Tell a way that passes some elements or flows ("process:id") by."""
    way = [place for place, _ in groupby(path, key=lambda place: (place.process, place.element))]
    places = [next(p for p in path if (p.process, p.element) == each) for each in way]
    branches = [_branch(a, b, sources) for a, b in pairwise(places)]
    kept = _kept(branches, _fork(path, places, passed_by, sources), len(places))
    zh, en = [], []
    for number in kept:
        joint = branches[number - 1] if number - 1 in kept else None
        if number and joint is None:
            gap = "" if number - 1 in kept else "… → "
            joint = Names(f" → {gap}", f" → {gap}")
        told = _told(places, number, sources, is_first=number == 0 or number - 1 not in kept)
        zh.append(f"{joint.zh if joint else ''}{told.zh}")
        en.append(f"{joint.en if joint else ''}{told.en}")
    return Names("".join(zh), "".join(en))


def _branch(place: Place, following: Place, sources: Sources) -> Names | None:
    """Name the branch by which a way leaves a choice; None where there is none, or no name."""
    sheet = sources.sheets[place.process]
    ways_out = sheet.outgoing(place.element)
    if len(ways_out) == 1 or place.process != following.process:
        return None
    for edge in ways_out:
        names = names_of(edge.xml)
        if edge.target == following.element and names.zh:
            return Names(f" —{names.zh}→ ", f" —{names.en or names.zh}→ ")
    return None


def _kept(branches: list[Names | None], fork: int, length: int) -> list[int]:
    ends = {0, *range(max(0, length - END), length)}
    there = {each for each in (fork, fork + 1) if each < length}
    choices = [number for number, branch in enumerate(branches) if branch is not None]
    kept = ends | there
    for number in sorted(choices, key=lambda each: abs(each - fork)):
        if len(kept | {number, number + 1}) <= MOST:
            kept |= {number, number + 1}
    return sorted(range(length) if length <= MOST else kept)


def _fork(
    path: Sequence[Place], places: list[Place], passed_by: Collection[str], sources: Sources
) -> int:
    """Give the last place of a way from which what it passes by could still have been come to."""
    graph, dead = Graph(sources.sheets), set[Place]()
    for place in reversed(path):
        if _leads_to(place, passed_by, graph, dead):
            here = (place.process, place.element)
            return max(n for n, p in enumerate(places) if (p.process, p.element) == here)
    return 0


def _leads_to(start: Place, wanted: Collection[str], graph: Graph, dead: set[Place]) -> bool:
    seen, pending = {start}, deque([start])
    while pending:
        place = pending.popleft()
        for following, edge in graph.onward(place):
            flow = None if edge is None else f"{place.process}:{edge.id}"
            if flow in wanted or f"{following.process}:{following.element}" in wanted:
                return True
            if following not in seen and following not in dead:
                seen.add(following)
                pending.append(following)
    dead |= seen
    return False


def _told(places: list[Place], number: int, sources: Sources, *, is_first: bool) -> Names:
    place = places[number]
    sheet = sources.sheets[place.process]
    node = sheet.nodes[place.element]
    names = label(node.names, node.id)
    if not is_first and places[number - 1].process == place.process:
        return names
    diagram = names_of(sheet.process)
    called = Names(diagram.zh or sheet.process_id, diagram.en or diagram.zh or sheet.process_id)
    return Names(f"《{called.zh}》{names.zh}", f"[{called.en}] {names.en}")
