"""The ways around a guarantee: how a case can do what the procedure says it never does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.spiff.escaping import Escapes, Rivals, after
from engine.spiff.files.sheet import names_of
from engine.spiff.graph import Graph, way_to
from engine.spiff.model import ALWAYS_AFTER, EVERY_END, ONLY_AFTER, Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sources import Sources
    from engine.spiff.graph import Place
    from engine.spiff.model import Guarantee


@dataclass(frozen=True)
class Way:
    """A way around a guarantee, and what it is a way to, in words."""

    path: list[Place]
    zh: str
    en: str


def ways_around(sources: Sources, process: str, guarantee: Guarantee) -> Iterator[Way]:
    """Give a way for each part of a guarantee that does not hold from the start of a process on.

    None for guarantees about people: engine.tasks.foureyes knows who does a step, when it is done.
    """
    if guarantee.kind in _WAYS:
        yield from _WAYS[guarantee.kind](sources, process, guarantee)


def _too_early(sources: Sources, process: str, guarantee: Guarantee) -> Iterator[Way]:
    came = Graph(sources.sheets, {*guarantee.after}).ways(process)
    first = _words(guarantee.after, sources)
    for name in guarantee.what:
        path = way_to(name, came)
        if path is not None:
            what = _words((name,), sources)
            yield Way(
                path,
                f"不经过{first.zh}也能到{what.zh}",
                f"{what.en} is reached without {first.en}",
            )


def _never_done(sources: Sources, process: str, guarantee: Guarantee) -> Iterator[Way]:
    whole = Graph(sources.sheets)
    came = whole.ways(process)
    escapes, rivals = Escapes(Graph(sources.sheets, {*guarantee.what})), Rivals(whole, came)
    what = _words(guarantee.what, sources)
    for name in guarantee.after:
        path = next(_without(escapes, rivals, after(whole, name, came)), None)
        if path is not None:
            past = _words((name,), sources)
            yield Way(
                path,
                f"经过{past.zh}之后，不经过{what.zh}案件也能结束",
                f"after {past.en} the case can end without {what.en}",
            )


def _without(escapes: Escapes, rivals: Rivals, places: Iterator[Place]) -> Iterator[list[Place]]:
    """Give ways from places to the end of the case, by themselves or cut off from beside."""
    for place in places:
        if (path := escapes.way(place)) is not None:
            yield path
        for rival, onward in rivals.of(place):
            rest = [] if onward is None else escapes.way(onward)
            if rest is not None:
                yield [place, rival, *rest]


def _missed(sources: Sources, process: str, guarantee: Guarantee) -> Iterator[Way]:
    graph = Graph(sources.sheets, {*guarantee.what})
    escapes, what = Escapes(graph), _words(guarantee.what, sources)
    for start in graph.starts((), process, process):
        if (path := escapes.way(start)) is not None:
            yield Way(
                path,
                f"不经过{what.zh}案件也能结束",
                f"the case can end without {what.en}",
            )


def _words(names: tuple[str, ...], sources: Sources) -> Names:
    """Name elements and flows as they are called on the diagram."""
    found = [_named(name, sources) for name in names]
    return Names("或".join(f"“{n.zh}”" for n in found), " or ".join(f'"{n.en}"' for n in found))


def _named(name: str, sources: Sources) -> Names:
    process, _, id_ = name.partition(":")
    sheet = sources.sheets[process]
    edge = next((each for each in sheet.edges if each.id == id_), None)
    names = names_of(edge.xml) if edge else sheet.nodes[id_].names
    if edge and not names.zh:
        return Names(f"连线 {id_}", f"flow {id_}")
    return Names(names.zh or id_, names.en or id_)


_WAYS: Final = {ONLY_AFTER: _too_early, ALWAYS_AFTER: _never_done, EVERY_END: _missed}
