"""How an activity is repeated, as drawn: several instances of it, or again while something holds.

The names are BPMN's own: `loopDataInputRef` is the variable that holds the list, `inputDataItem`
the variable that each instance finds its item in, `outputDataItem` the one that it leaves behind,
`loopDataOutputRef` the list of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import NAMESPACES, SPIFF

if TYPE_CHECKING:
    from lxml import etree

    from engine.spiff.files.sheet import Node

COUNTERS: Final = ("nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances")
"""What a completion condition knows beside the variables."""
COUNTER: Final = "loopCounter"
"""The number of an instance or turn, from 1: a variable of each instance, known to a condition."""


@dataclass(frozen=True)
class Many:
    """A multi-instance activity: an instance for each item of `items`, or `count` of them.

    `until` is asked whenever one is completed, and ends the others. `on_each` says that the
    scripts before and after run in each instance and not once around all of them.
    """

    sequential: bool
    items: str | None
    count: str | None
    item: str | None
    result: str | None
    results: str | None
    until: str | None
    on_each: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """What is computed."""
        return tuple(text for text in (self.count, self.until) if text is not None)

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that must be filled, the list around the instances, the result in them."""
        return tuple(name for name in (self.items, self.result) if name is not None)

    @property
    def fills(self) -> tuple[str, ...]:
        """The variables that are set by repeating."""
        return tuple(name for name in (self.item, self.results, COUNTER) if name is not None)


@dataclass(frozen=True)
class Again:
    """A loop: the activity runs again while `condition` holds, `most` times at most.

    With `before` the condition is asked before the first turn too, which may then be left out.
    """

    condition: str | None
    most: str | None
    before: bool

    texts = property(lambda self: () if self.condition is None else (self.condition,))
    reads: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()


def marker(node: Node) -> etree._Element | None:
    """Give the loop characteristics that an activity carries."""
    for name in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        found = node.xml.find(f"bpmn:{name}", NAMESPACES)
        if found is not None:
            return found
    return None


def repetition(node: Node) -> Many | Again | None:
    """Say how an activity is repeated, if it is."""
    xml = marker(node)
    if xml is None:
        return None
    if xml.tag.endswith("}standardLoopCharacteristics"):
        return Again(
            condition=_text(xml, "loopCondition"),
            most=xml.get("loopMaximum"),
            before=xml.get("testBefore") in {"true", "1"},
        )
    return Many(
        sequential=xml.get("isSequential") in {"true", "1"},
        items=_text(xml, "loopDataInputRef"),
        count=_text(xml, "loopCardinality"),
        item=_named(xml, "inputDataItem"),
        result=_named(xml, "outputDataItem"),
        results=_text(xml, "loopDataOutputRef"),
        until=_text(xml, "completionCondition"),
        on_each=xml.get(f"{{{SPIFF}}}scriptsOnInstances") == "true",
    )


def may_be_left_out(node: Node) -> bool:
    """Whether a token may pass an activity by, with no instance or turn of it."""
    drawn = repetition(node)
    return isinstance(drawn, Many) or (drawn is not None and drawn.before)


def repeated_names(node: Node) -> set[str]:
    """Give the variables that repeating an activity reads or sets, but for what it computes."""
    drawn = repetition(node)
    return set() if drawn is None else {*drawn.reads, *drawn.fills} - {COUNTER}


def _text(xml: etree._Element, name: str) -> str | None:
    found = xml.find(f"bpmn:{name}", NAMESPACES)
    return (found.text or "").strip() if found is not None else None


def _named(xml: etree._Element, name: str) -> str | None:
    found = xml.find(f"bpmn:{name}", NAMESPACES)
    return None if found is None else found.get("name") or found.get("id") or ""
