"""Whether a case stands as its drawing could have come to stand, so that every join behind fits.

A token that is put somewhere may leave a join waiting for ever, or let it be passed, and
what follows be done, twice. It does neither where the tokens of a process or sub-process stand
together as they could have come to stand by the flows alone; each time that an event beside an
activity happens, what it begins stands by itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from engine.spiff.alike import with_values
from engine.spiff.elements.turns import Turn
from engine.spiff.files.bpmn_file import read_sheet
from engine.spiff.files.sources import Sources
from engine.spiff.fixes import READY, STARTED, WAITING
from engine.spiff.going_back.detours import Detour
from engine.spiff.markings import MOST, Markings, Standstill, TooManyError
from engine.spiff.model import Names
from engine.spiff.net import PARALLEL, Token, nets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff import fixes
    from engine.spiff.files.sheet import Edge
    from engine.spiff.flows import CaseFlow
    from engine.spiff.net import Net

_THERE: Final = READY | WAITING | STARTED

Tokens = Counter[str]
"""How many tokens stand at each place of a net."""

Marking = tuple[str, ...]
"""The places of a net where tokens stand, sorted; one is there as often as tokens are at it."""

AT_ONCE: Final = 2
"""The tokens at one place up to which markings are told apart; more of them are not looked at."""


@dataclass(frozen=True)
class Stand:
    """The tokens of one process instance or sub-process, each at its place in the net."""

    net: Net
    tokens: Tokens

    @property
    def fits(self) -> bool:
        """Whether it is as drawn; also where that is too much to look at."""
        drawn = _drawn(self.net)
        return drawn is None or any(
            _made_of(drawn.rounds, self.tokens - Counter(marking))
            for marking in drawn.markings
            if Counter(marking) <= self.tokens
        )

    def misfit(self, before: Stand | None) -> Names | None:
        """Say what is wrong since a token more stands here, None if nothing is."""
        known = before.tokens if before else self.tokens
        twice = [at for at, times in self.tokens.items() if times > max(1, known[at])]
        if self.fits and not twice:
            return None
        if (found := self._standstill()) is not None:
            return _waiting(self.net, found)
        fresh = next(iter(twice or self.tokens - known or self.tokens))
        return _beside(self.net, fresh, fresh if twice else self._stranger(fresh))

    def _standstill(self) -> Standstill | None:
        """Find the first join that may wait for ever from here on."""
        begin = frozenset(Token(at) for at in self.tokens)
        try:
            wrong = Markings(self.net, begin=begin).wrong()
            return next((each for each in wrong if isinstance(each, Standstill)), None)
        except TooManyError:
            return None

    def _stranger(self, fresh: str) -> str:
        """Find a place that as drawn is never come to beside another one."""
        others = (at for at in sorted(self.tokens) if at != fresh)
        drawn = _drawn(self.net)
        known = {*drawn.markings, *drawn.rounds} if drawn else ()
        return next((at for at in others if not any({at, fresh} <= {*m} for m in known)), fresh)


def _waiting(net: Net, found: Standstill) -> Names:
    join, missing = _named(net, found.join), _named(net, net.ways[found.way].source)
    return Names(
        f"这样一来，汇合处{join.zh}会一直等{missing.zh}那一路，而那一路不会再来。",
        f"The join {join.en} would wait for ever for the way from {missing.en}, on which nothing "
        "would come any more.",
    )


def _beside(net: Net, fresh: str, other: str) -> Names:
    placed, open_one = _named(net, net.node_at(fresh)), _named(net, net.node_at(other))
    return Names(
        f"{open_one.zh}还没办完，按图它不会与{placed.zh}同时打开；它们之后的步骤会做两遍。",
        f"{open_one.en} is not done yet, and as drawn it is never open beside {placed.en}; what "
        "follows them would be done twice.",
    )


def _named(net: Net, node: str) -> Names:
    """Name an element; a gateway without a name by what comes next."""
    names, onward = net.nodes[node].names, net.onward(node)
    if names.zh:
        return names.quoted
    after = net.nodes[onward[0].target].names if onward else names
    if after.zh:
        return Names(f"（“{after.zh}”之前，{node}）", f"before “{after.en}” ({node})")
    return Names(node, node)


def stands(case: CaseFlow) -> dict[int, Stand]:
    """Say how each process instance and sub-process of a case stands, by its flow's identity."""
    drawn = _nets(tuple(case.plan.drawings.items()))
    found = {}
    for flow in case.instances():
        here = [t for t in flow.tasks.values() if t._state & _THERE and t.mark.element]
        if here and not isinstance(flow, Turn | Detour):
            net = drawn[here[0].mark.process, here[0].mark.element]
            places = {place for token in here for place in _places(token, net)}
            tokens = Counter(at for at, _ in places)
            ways = [Stand(way, tokens) for way in with_values(net, case.plan.steady, flow.values)]
            found[id(flow)] = next((each for each in ways[1:] if not each.fits), ways[0])
    return found


def misfit(case: CaseFlow, before: Mapping[int, Stand]) -> Names | None:
    """Say what does not fit in a case that did not stand so before, None if nothing is new."""
    for flow, stand in stands(case).items():
        was = before.get(flow)
        is_ours = was is None or (was.tokens != stand.tokens and was.fits)
        if is_ours and (why := stand.misfit(was)) is not None:
            return why
    return None


@lru_cache(maxsize=32)
def _nets(drawings: tuple[tuple[str, bytes], ...]) -> Mapping[tuple[str, str], Net]:
    """Give the net that each element of some diagrams lies in, by process and element."""
    sheets = {process: read_sheet(process, data) for process, data in drawings}
    return {
        (net.sheet.process_id, node): net
        for net in nets(Sources("", sheets, {}))
        for node in net.nodes
    }


def _places(token: fixes.Token, net: Net) -> Iterator[tuple[str, int]]:
    """Give the place where a token stands, told from others that are there.

    What waits at a border stands nowhere, and what has just happened there where the activity does;
    of events of which one is to come the choice stands.
    """
    element, split = token.mark.element, token.parent
    if (host := net.nodes[element].attached) is not None:
        if token._state != WAITING:
            yield host, split.id
    elif net.joins(element) and token._state == WAITING:
        flow = token.parent.mark.exits.get(token.task_spec.name, "")
        yield flow.partition(":")[2], token.id
    elif net.sheet.is_choice(element):
        yield next((edge.source, 0) for edge in net.ways_in(element))
    elif split is not None and isinstance(split.task_spec, BoundaryEventSplit):
        yield element, split.id
    else:
        yield element, token.id


@dataclass(frozen=True)
class Drawn:
    """The markings that a net can come to from its start, and those of a round of an event."""

    markings: frozenset[Marking]
    rounds: frozenset[Marking]


@lru_cache(maxsize=256)
def _drawn(net: Net) -> Drawn | None:
    """Give all markings that a net can come to by its flows; None if there are too many."""
    beside = [n.id for n in net.nodes.values() if n.kind == "boundaryEvent" and not n.interrupts]
    markings = _markings(net, [(start,) for start in net.starts])
    rounds = _markings(net, [_marking(_reached(net, net.onward(event))) for event in beside])
    return None if markings is None or rounds is None else Drawn(markings, rounds)


def _markings(net: Net, begin: Iterable[Marking]) -> frozenset[Marking] | None:
    found = {*begin}
    pending = list(found)
    while pending and len(found) < MOST:
        fresh = {*_next(net, pending.pop())} - found
        found |= fresh
        pending += fresh
    return None if pending else frozenset(found)


def _next(net: Net, marking: Marking) -> Iterator[Marking]:
    """Give the markings that one token more that goes on leads to."""
    for node in {net.node_at(at) for at in marking}:
        used = _taken_in(net, node, {*marking}) if net.joins(node) else {node}
        left = Counter(marking) - Counter(used)
        for flows in net.alternatives(node) if used else ():
            after = left + _reached(net, flows)
            if max(after.values(), default=0) <= AT_ONCE:
                yield () if _clears(net, after) else _marking(after)


def _marking(tokens: Tokens) -> Marking:
    return tuple(sorted(tokens.elements()))


def _reached(net: Net, flows: Iterable[Edge]) -> Tokens:
    return Counter(place for edge in flows if (place := net.place(edge)))


def _clears(net: Net, tokens: Tokens) -> bool:
    """Whether a token is at an end of the whole scope, which clears all."""
    return any(at in net.over and not net.onward(at) for at in tokens)


def _made_of(rounds: Iterable[Marking], tokens: Tokens) -> bool:
    """Whether tokens are those of some rounds, and no others."""
    first = min(tokens, default=None)
    return first is None or any(
        _made_of(rounds, tokens - Counter(each))
        for each in rounds
        if first in each and Counter(each) <= tokens
    )


def _taken_in(net: Net, join: str, marking: set[str]) -> set[str]:
    """Give the tokens with which a join goes on, as it does in the engine; none if it waits."""
    ways = {edge.id for edge in net.ways_in(join)}
    here = marking & ways
    if net.nodes[join].kind == PARALLEL:
        return here if here == ways else set()
    away = {net.node_at(at) for at in marking} - {join}
    met = set().union(*(net.coming(way) for way in here))
    late = any((away - met) & net.coming(way) for way in ways - here)
    return set() if late else here
