"""What the checker accepts is never violated: random cases on random diagrams."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from engine.spiff import flows as case_flows
from engine.spiff.files.sources import Sources, read_needed
from engine.spiff.graph import Graph
from engine.spiff.journal import Journal
from engine.spiff.lint.ways_around import ways_around
from engine.spiff.model import ALWAYS_AFTER, EVERY_END, Guarantee, Names
from tests.engine.spiff import differing
from tests.engine.spiff.differing import Runner
from tests.engine.spiff.drawing import compiled, files_of
from tests.engine.spiff.random_diagrams import Artist
from tests.engine.spiff.random_races import Racer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff import Compiled
    from engine.spiff.files.sheet import Sheet

CASES, MOVES, SAMPLE = 4, 150, 12


class Heard(list[str]):
    """A list of a journal that tells what is added to it to a trace of everything."""

    def __init__(self, trace: list[tuple[str, str]], kind: str) -> None:
        super().__init__()
        self.trace, self.kind = trace, kind

    @override
    def append(self, name: str) -> None:
        super().append(name)
        self.trace.append((self.kind, name))


@dataclass
class Walked:
    """A random case: what it took and came to, in order, and whether it ended."""

    trace: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False

    def passed(self, name: str, drawn: Mapping[str, Sheet]) -> Iterator[int]:
        """Give the moments at which a flow was taken or an element got done with."""
        process, _, id_ = name.partition(":")
        node = drawn[process].nodes.get(id_)
        wanted = {("flow", name)} if node is None else set()
        if node is not None:
            onward = drawn[process].outgoing(id_)
            at_once = onward[:1] if node.kind == "parallelGateway" else onward
            wanted = {("flow", f"{process}:{edge.id}") for edge in at_once}
            wanted |= {("reached", name)} if node.kind == "endEvent" else set()
        return (moment for moment, each in enumerate(self.trace) if each in wanted)


def walked(procedure: Compiled, random: Random, monkeypatch: pytest.MonkeyPatch) -> Walked:
    found = Walked()

    def heard() -> Journal:
        return Journal(flows=Heard(found.trace, "flow"), reached=Heard(found.trace, "reached"))

    monkeypatch.setattr(differing, "Journal", heard)
    monkeypatch.setattr(case_flows, "Journal", heard)
    runner = Runner(procedure, stored=False)
    for _ in range(MOVES):
        if runner.case.completed:
            break
        waiting = len(runner.open())
        if waiting and random.random() < 0.7:
            runner.does(random.randrange(waiting), random.randrange(12))
        else:
            runner.wakes(random.randint(1, 5))
    found.ended = runner.case.completed
    return found


@dataclass
class Drawn:
    """A random procedure and some random cases of it."""

    sources: Sources
    cases: list[Walked]
    random: Random

    @property
    def sheets(self) -> Mapping[str, Sheet]:
        return self.sources.sheets

    def some(self) -> list[str]:
        """Name some elements and flows."""
        nodes = [f"{p}:{node}" for p, sheet in self.sheets.items() for node in sheet.nodes]
        edges = [f"{p}:{edge.id}" for p, sheet in self.sheets.items() for edge in sheet.edges]
        return self.random.sample([*nodes, *edges], min(SAMPLE, len(nodes)))

    def accepts(self, kind: str, what: str, after: str = "") -> bool:
        names = Names("保证", "guarantee")
        said = Guarantee("g", kind, names, what=(what,), after=(after,) if after else ())
        return not list(ways_around(self.sources, "demo", said))


def drawn_by(seed: int, monkeypatch: pytest.MonkeyPatch) -> Drawn:
    random = Random(seed)
    processes = (Racer if seed % 2 else Artist)(random).procedure(3)
    procedure = compiled(*processes, fields=("n",))
    sheets, tables, _ = read_needed(files_of(*processes), "demo")
    cases = [walked(procedure, random, monkeypatch) for _ in range(CASES)]
    return Drawn(Sources("demo", sheets, tables, {}), cases, random)


@pytest.mark.parametrize("seed", range(20))
def test_no_case_comes_where_no_way_is_seen(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every flow that a random case has not taken: all it came to is in reach still."""
    drawn = drawn_by(seed, monkeypatch)
    flows = {f"{id_}:{edge.id}" for id_, sheet in drawn.sheets.items() for edge in sheet.edges}
    for case in drawn.cases:
        taken = {name for kind, name in case.trace if kind == "flow"}
        reached = {name for kind, name in case.trace if kind == "reached"}
        ways = Graph(drawn.sheets, flows - taken).ways("demo")
        seen = {f"{place.process}:{place.element}" for place in ways}
        assert reached <= seen, reached - seen


@pytest.mark.parametrize("seed", range(20))
def test_what_comes_only_after_never_came_before(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = drawn_by(seed, monkeypatch)
    for before in drawn.some():
        ways = Graph(drawn.sheets, {before}).ways("demo")
        free = {f"{place.process}:{place.element}" for place in ways}
        for case in drawn.cases:
            first = next(case.passed(before, drawn.sheets), len(case.trace))
            reached = {name for kind, name in case.trace[:first] if kind == "reached"}
            assert reached <= free, (before, reached - free)


@pytest.mark.parametrize("seed", range(20))
def test_what_every_end_passes_was_passed(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = drawn_by(seed, monkeypatch)
    for what in drawn.some():
        if drawn.accepts(EVERY_END, what):
            for case in drawn.cases:
                assert not case.ended or any(True for _ in case.passed(what, drawn.sheets)), what


@pytest.mark.parametrize("seed", range(20))
def test_what_always_comes_after_came(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = drawn_by(seed, monkeypatch)
    for what in drawn.some():
        for after_ in drawn.some():
            if drawn.accepts(ALWAYS_AFTER, what, after_):
                for case in drawn.cases:
                    last = max(case.passed(after_, drawn.sheets), default=-1)
                    came = max(case.passed(what, drawn.sheets), default=-1)
                    assert not case.ended or came >= last, (what, after_)
