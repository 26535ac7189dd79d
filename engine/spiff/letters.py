"""What a procedure's cases wait for and send: messages with their keys and what they carry."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.spiff.lint.messages import WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.eventful import Parcel
    from engine.spiff.files.sheet import Node
    from engine.spiff.files.sources import Sources


def awaited(sources: Sources) -> Mapping[str, tuple[str, ...]]:
    """Give the keys of each message that is waited for by keys."""
    return MappingProxyType({each.name: each.keys for each in _received(sources)})


def taken(sources: Sources) -> Mapping[str, frozenset[str]]:
    """Give what some place takes from each message that is waited for by keys."""
    return _contents(_received(sources))


def posted(sources: Sources) -> Mapping[str, frozenset[str]]:
    """Give what each message carries that is sent with keys."""
    parcels = (parcel for node, parcel in _keyed(sources) if node.throws)
    return _contents(parcels)


def _received(sources: Sources) -> Iterator[Parcel]:
    return (parcel for node, parcel in _keyed(sources) if node.kind in WAITING)


def _keyed(sources: Sources) -> Iterator[tuple[Node, Parcel]]:
    for sheet, node in sources.nodes():
        parcel = sheet.message(node)
        if node.has_message and parcel.keys:
            yield node, parcel


def _contents(parcels: Iterator[Parcel]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for parcel in parcels:
        found[parcel.name] |= {*parcel.carries}
    return MappingProxyType(dict(found))
