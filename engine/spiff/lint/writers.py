"""Gateways that ask the same of variables which nothing writes once one of them has been asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.alike import Question, alike, fits
from engine.spiff.elements.alarms import alarm
from engine.spiff.elements.repeats import COUNTER, Many, repetition
from engine.spiff.files.sheet import STEPS
from engine.spiff.language.expressions import ExpressionError
from engine.spiff.lint.rooms import Rooms
from engine.spiff.lint.values import texts_in
from engine.spiff.net import nets
from engine.spiff.together import Together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources
    from engine.spiff.net import Net

Names = frozenset[str] | None
"""The variables that something may write; None if it may be any."""


def steady(sources: Sources, net: Net) -> list[Question]:
    """Give the questions that several gateways ask and always answer the same within a process.

    Whatever may write a variable of theirs comes before all of these gateways: none of them leads
    to it, and it is never busy while one of them may be. In doubt a question is left out.
    """
    groups = {} if sources.is_partly_unknown else alike(net)
    if not groups:
        return []
    drawn, writers = Together(net.sheet), Writers(sources, net.sheet)
    written = {node.id: writers.of(node) for node in net.nodes.values()}
    found = []
    for question, gateways in groups.items():
        after = set().union(*(net.reach(each) for each in gateways))
        writing = [id_ for id_, w in written.items() if w is None or w & question.names]
        if after.isdisjoint(writing) and not any(
            drawn.may_be(writer, gateway) for writer in writing for gateway in gateways
        ):
            found.append(question)
    return found


def relied_on(sources: Sources) -> tuple[frozenset[str], frozenset[str]]:
    """Give the gateways that must choose alike, and the steps that write what they ask.

    Both as "process:id"; only of processes whose gateways do not fit each other anyhow.
    """
    gateways, names = set[str](), set[str]()
    for net in nets(sources):
        for question in steady(sources, net) if alike(net) and not fits(net) else ():
            gateways |= {f"{net.scope}:{each}" for each in alike(net)[question]}
            names |= question.names
    steps = ((sheet, node) for sheet, node in sources.nodes() if names and node.kind in STEPS)
    written = {f"{s.process_id}:{n.id}": Writers(sources, s).of(n) for s, n in steps}
    asked = {label for label, writes in written.items() if writes is None or writes & names}
    return frozenset(gateways), frozenset(asked)


class Writers:
    """What the elements of a diagram write, with all that they hold or call."""

    def __init__(self, sources: Sources, sheet: Sheet) -> None:
        self.sources, self.sheet = sources, sheet
        self._rooms = Rooms(sources)

    def of(self, node: Node) -> Names:
        """Give what an element may write."""
        inside = [self.of(each) for each in self.sheet.inside(node.id)]
        return _all([*inside, self._form(node), self._table(node), self._scripts(node),
                     self._brought(node), self._repeated(node), self._called(node)])  # fmt: skip

    def _form(self, node: Node) -> Names:
        forms, key = self.sources.forms, f"{self.sheet.process_id}/{node.id}"
        fields = forms.get(key, None if node.kind in STEPS else ())
        return None if fields is None else frozenset(fields)

    def _table(self, node: Node) -> Names:
        if node.decision is None:
            return frozenset()
        reading = self.sources.tables.get(node.decision)
        outputs = reading.outputs if reading else None
        return None if outputs is None else frozenset(outputs)

    def _scripts(self, node: Node) -> Names:
        scripts = [each for each in texts_in(self.sheet) if each.element == node.id]
        try:
            return frozenset().union(*(each.compiled()[1] for each in scripts))
        except ExpressionError:
            return None

    def _brought(self, node: Node) -> Names:
        """Give what a message or signal brings along, or an answer; alarms may bring anything."""
        if node.kind == "boundaryEvent" and alarm(node, self.sheet) is not None:
            return None
        carried = () if node.throws else self.sheet.parcel(node).carries
        return frozenset({*carried, *([node.result] if node.result else [])})

    def _repeated(self, node: Node) -> Names:
        drawn = repetition(node)
        if drawn is None:
            return frozenset()
        results = (drawn.item, drawn.results) if isinstance(drawn, Many) else ()
        return frozenset(name for name in (COUNTER, *results) if name)

    def _called(self, node: Node) -> Names:
        if not node.called:
            return frozenset()
        return frozenset(self._rooms.handed_out(node.called))


def _all(found: Iterable[Names]) -> Names:
    names: set[str] = set()
    for each in found:
        if each is None:
            return None
        names |= each
    return frozenset(names)
