"""Whether a case stands as its drawing could have come to stand, so that every join behind fits.

A token that is put somewhere may leave a join waiting for ever, or let it be passed, and
what follows be done, twice. It does neither where the tokens of a process or sub-process stand
together as they could have come to stand by the flows alone; each time that an event beside an
activity happens, what it begins stands by itself.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from engine.spiff.alike import with_values
from engine.spiff.codec import load
from engine.spiff.elements.turns import Turn
from engine.spiff.files.bpmn_file import sheets_of
from engine.spiff.files.sources import Sources
from engine.spiff.fixes import READY, STARTED, WAITING
from engine.spiff.going_back.detours import Detour
from engine.spiff.going_back.reachable import reachable
from engine.spiff.markings import Doubled, Markings, Standstill, TooManyError
from engine.spiff.model import Names
from engine.spiff.net import Token, nets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff import fixes
    from engine.spiff.flows import CaseFlow
    from engine.spiff.going_back.reachable import Tokens
    from engine.spiff.model import Compiled
    from engine.spiff.net import Net

_THERE: Final = READY | WAITING | STARTED


class Starved(NamedTuple):
    """A join that would wait for ever for a way, named by the element that it comes from."""

    join: str
    source: str


class Apart(NamedTuple):
    """Two elements that as drawn are never open beside each other; one, if it is open twice."""

    element: str
    other: str


@dataclass(frozen=True)
class Stand:
    """The tokens of one process instance or sub-process, each at its place in the net."""

    net: Net
    tokens: Tokens

    @property
    def fits(self) -> bool:
        """Whether it is as drawn; where that is too much to look at, whether it goes on well."""
        come_to = reachable(self.net)
        return not any(self._ahead()) if come_to is None else come_to.fits(self.tokens)

    def misfit(self, before: Stand | None) -> Names | None:
        """Say what is wrong since a token more stands here, None if nothing is."""
        known = before.tokens if before else self.tokens
        twice = [at for at, times in self.tokens.items() if times > max(1, known[at])]
        if self.fits and not twice:
            return None
        wrong = self.wrong(twice or self.tokens - known or self.tokens)
        said = _waiting if isinstance(wrong, Starved) else _beside
        return said(self.net, *wrong)

    def wrong(self, fresh: Iterable[str]) -> Starved | Apart:
        """Find why it is not as drawn, with one of some places if it is not a join that waits."""
        waits = (each for each in self._ahead() if isinstance(each, Standstill))
        if (found := next(waits, None)) is not None:
            return Starved(found.join, self.net.ways[found.way].source)
        come_to, places = reachable(self.net), sorted(fresh)
        apart = (
            (at, other)
            for at, other in product(places, sorted(self.tokens))
            if at != other and (come_to is None or not come_to.together(at, other))
        )
        at, other = next(apart, (places[0], places[0]))
        return Apart(self.net.node_at(at), self.net.node_at(other))

    @property
    def is_sure(self) -> bool:
        """Whether it has been looked at to the end that every join ahead fits."""
        if reachable(self.net) is not None:
            return self.fits
        with suppress(TooManyError):
            return next(self._all_ahead(), None) is None
        return False

    def _ahead(self) -> Iterator[Standstill | Doubled]:
        """Give what goes wrong from here on, as far as that can be looked at."""
        with suppress(TooManyError):
            yield from self._all_ahead()

    def _all_ahead(self) -> Iterator[Standstill | Doubled]:
        return Markings(self.net, begin=frozenset(Token(at) for at in self.tokens)).wrong()


def _waiting(net: Net, join: str, source: str) -> Names:
    named, missing = _named(net, join), _named(net, source)
    return Names(
        f"这样一来，汇合处{named.zh}会一直等{missing.zh}那一路，而那一路不会再来。",
        f"The join {named.en} would wait for ever for the way from {missing.en}, on which nothing "
        "would come any more.",
    )


def _beside(net: Net, placed: str, other: str) -> Names:
    fresh, open_one = _named(net, placed), _named(net, other)
    return Names(
        f"{open_one.zh}还没办完，按图它不会与{fresh.zh}同时打开；它们之后的步骤会做两遍。",
        f"{open_one.en} is not done yet, and as drawn it is never open beside {fresh.en}; what "
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
    """Say how each process instance and sub-process of a case stands, by its key."""
    drawn = _nets(tuple(case.plan.drawings.items()))
    found = {}
    for flow in case.instances():
        here = [t for t in flow.tasks.values() if t._state & _THERE and t.mark.element]
        if here and not isinstance(flow, Turn | Detour):
            net = drawn[here[0].mark.process, here[0].mark.element]
            places = {place for token in here for place in _places(token, net)}
            tokens = Counter(at for at, _ in places)
            ways = [Stand(way, tokens) for way in with_values(net, case.plan.steady, flow.values)]
            found[flow.key] = next((each for each in ways[1:] if not each.fits), ways[0])
    return found


def joins_fit(compiled: Compiled, state: bytes) -> bool:
    """Whether every join ahead of a stored case is known to fit; a drawing may be too large."""
    return all(stand.is_sure for stand in stands(load(compiled.plan, state)).values())


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
    return {
        (net.sheet.process_id, node): net
        for net in nets(Sources("", sheets_of(drawings), {}))
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
