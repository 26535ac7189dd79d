"""Who lies beside whom on a drawing, looked up rather than searched for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spiff.files.sheet import Edge, Node

_Item = TypeVar("_Item")


class Neighbours:
    """Nodes by the scope that they lie in and the activity they hang on, flows by their ends."""

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        nodes, edges = tuple(nodes), tuple(edges)
        self.inside = _grouped((node.scope, node) for node in nodes)
        self.boundary = _grouped((node.attached, node) for node in nodes if node.attached)
        self.outgoing = _grouped((edge.source, edge) for edge in edges)
        self.incoming = _grouped((edge.target, edge) for edge in edges)


def _grouped(items: Iterable[tuple[str, _Item]]) -> Mapping[str, list[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for key, item in items:
        groups[key].append(item)
    return dict(groups)
