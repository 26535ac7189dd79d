"""A BPMN file as it is drawn, before anybody judges it: nodes, flows, lanes and our own attributes.

SpiffWorkflow drops attributes of other namespaces and reads conditions from flows that it later
ignores; so the drawing is read here by itself, and both the lint and the public Diagram come from
this reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.drawings.neighbours import Neighbours
from engine.spiff.files.eventful import CHOICE, Eventful, Parcel
from engine.spiff.files.xml import BANJIE, NAMESPACES, words_of
from engine.spiff.model import Names
from engine.spiff.moves import ALLOT_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.model import Guarantee

STEPS: Final = frozenset({"userTask", "manualTask"})
AT_ONCE: Final[Mapping[str, tuple[str, ...]]] = {ALLOT_NUMBER: ()}
"""What service tasks may ask the engine for, done when the move is stored, with its parameters."""
EMBEDDED: Final = frozenset({"subProcess", "transaction"})


@dataclass(frozen=True)
class Lane:
    """A lane: its text, and the variable that holds its role if it names one.

    One that `is_frame` only holds other lanes: every element in it lies in one of those.
    """

    id: str
    name: str
    role_from: str | None
    is_frame: bool = False
    en: str = ""

    @property
    def names(self) -> Names:
        return Names(self.name, self.en)


@dataclass(frozen=True)
class Edge:
    id: str
    source: str
    target: str
    condition: str | None
    xml: etree._Element = field(repr=False, compare=False)


@dataclass(frozen=True)
class Node(Eventful):
    """A flow node; `scope` is the process or sub-process it lies in, `events` its definitions."""

    id: str
    kind: str
    scope: str
    lane: Lane | None
    attached: str | None
    events: tuple[str, ...]
    xml: etree._Element = field(repr=False, compare=False)

    @property
    def names(self) -> Names:
        return names_of(self.xml)

    @property
    def clauses(self) -> tuple[str, ...]:
        return words_of(self.xml, "clauses")

    @property
    def called(self) -> str | None:
        """The process that a call activity calls."""
        return self.xml.get("calledElement") or None

    @property
    def decision(self) -> str | None:
        """The table that a business rule task asks."""
        return self.extension("calledDecisionId")

    @property
    def operator(self) -> str | None:
        """The operation that a service task asks for."""
        found = self.xml.find("bpmn:extensionElements/spiff:serviceTaskOperator", NAMESPACES)
        return found.get("id") if found is not None else None

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """What a service task hands to its operation: (name, expression)."""
        path = "bpmn:extensionElements/spiff:serviceTaskOperator/spiff:parameters/spiff:parameter"
        found = self.xml.iterfind(path, NAMESPACES)
        return tuple((each.get("id") or "", (each.get("value") or "").strip()) for each in found)

    @property
    def computed(self) -> tuple[str, ...]:
        """The expressions of an event's condition and of what an operation is handed."""
        conditions = () if self.condition is None else (self.condition,)
        return (*conditions, *(text for _, text in self.parameters))

    @property
    def result(self) -> str | None:
        """The variable that takes the answer of a service task's operation."""
        found = self.xml.find("bpmn:extensionElements/spiff:serviceTaskOperator", NAMESPACES)
        return (found.get("resultVariable") or None) if found is not None else None

    @property
    def notifies(self) -> tuple[str, ...]:
        return words_of(self.xml, "notifies")

    @property
    def script(self) -> str | None:
        found = self.xml.find("bpmn:script", NAMESPACES)
        return (found.text or "") if found is not None else None

    def extension(self, name: str) -> str | None:
        """Give the text of one of SpiffWorkflow's extension elements."""
        found = self.xml.find(f"bpmn:extensionElements/spiff:{name}", NAMESPACES)
        return (found.text or "").strip() if found is not None else None


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    xml: etree._Element = field(repr=False, compare=False)


@dataclass(frozen=True)
class Sheet:
    """One BPMN file; `drawn` are the ids that have a shape or an edge."""

    file: str
    data: bytes = field(repr=False)
    root: etree._Element = field(repr=False)
    processes: tuple[etree._Element, ...] = field(repr=False)
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    lanes: tuple[Lane, ...]
    twice_in_lanes: tuple[str, ...]
    drawn: frozenset[str]
    messages: Mapping[str, Parcel]
    signals: Mapping[str, Parcel]
    codes: Mapping[str, Parcel]
    variables: tuple[Variable, ...]
    guarantees: tuple[Guarantee, ...]

    @property
    def process(self) -> etree._Element:
        return self.processes[0]

    @property
    def process_id(self) -> str:
        return self.process.get("id") or ""

    def message(self, node: Node) -> Parcel:
        """Give the message that an element throws or waits for, without a name if none is drawn."""
        return self.messages.get(node.message_ref or "", Parcel())

    def parcel(self, node: Node) -> Parcel:
        """Give the message or signal that an element throws or waits for, an empty one if none."""
        return self.message(node) if node.has_message else self.signal(node)

    def signal(self, node: Node) -> Parcel:
        """Give the signal that an element throws or waits for, without a name if none is drawn."""
        return self.signals.get(node.signal_ref or "", Parcel())

    def is_choice(self, node: str) -> bool:
        """Whether an event-based gateway leads to the element."""
        return any(self.nodes[edge.source].kind == CHOICE for edge in self.incoming(node))

    @cached_property
    def scopes(self) -> Mapping[str, etree._Element]:
        """The process and its embedded sub-processes, by id; what lies outside comes first."""
        inner = {n.id: n.xml for n in self.nodes.values() if n.kind in EMBEDDED}
        return {self.process_id: self.process, **inner}

    def inside(self, scope: str) -> Iterator[Node]:
        return iter(self._near.inside.get(scope, ()))

    def boundary(self, host: str) -> list[Node]:
        return self._near.boundary.get(host, [])

    def outgoing(self, node: str) -> list[Edge]:
        return self._near.outgoing.get(node, [])

    def incoming(self, node: str) -> list[Edge]:
        return self._near.incoming.get(node, [])

    @cached_property
    def _near(self) -> Neighbours:
        return Neighbours(self.nodes.values(), self.edges)


def own(xml: etree._Element, name: str) -> str | None:
    """Give one of our own attributes."""
    return xml.get(f"{{{BANJIE}}}{name}")


def names_of(xml: etree._Element) -> Names:
    return Names(xml.get("name") or "", own(xml, "nameEn") or "")


def local(xml: etree._Element) -> str:
    return etree.QName(xml).localname
