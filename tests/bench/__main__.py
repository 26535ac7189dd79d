"""`make bench`: measure, print one table, and keep it in README.md. Ctrl-C ends all of it."""

from __future__ import annotations

import argparse
import signal
from time import monotonic
from typing import TYPE_CHECKING

import click

from engine import embedded
from tests.bench import (
    draining,
    growth,
    memory,
    replays,
    report,
    returns,
    shapes,
    statements,
    throughput,
    transfers,
)
from tests.bench.clients import Clients
from tests.bench.company import LOGINS
from tests.bench.pages import LARGE, SAME, SMALL, Desks
from tests.bench.report import Row
from tests.bench.steps import CROWDS, Race

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.embedded import Server

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
}
"""As `banjie run` starts it; only the folder is thrown away."""

ROUNDS = 12
PAGE_ROUNDS = 6

_began = monotonic()


def _say(text: str) -> None:
    click.echo(f"{monotonic() - _began:5.0f} s  {text}")


def _race(server: Server, clients: Clients, rounds: int) -> Iterator[Row]:
    with Race(server, clients) as race:
        yield from _statements(race)
        _say("warming up floor A and the inbox")
        race.warm_up()
        for number in range(rounds):
            race.run(number)
            _say(f"round {number + 1} of {rounds}: {race.told()}")
        for crowd in CROWDS:
            step, floor = race.step[crowd], race.floor[crowd]
            clients_ = "1 client" if crowd == 1 else f"{crowd} clients"
            yield Row(f"(a) floor A, {clients_}", floor, "1", "")
            budget = "at most 2.2, aim 2.0"
            yield Row(f"(b) one step, {clients_}", step, race.ratio(crowd), budget)
        yield from _memory(race)


def _statements(race: Race) -> Iterator[Row]:
    sent = statements.of_a_step(race.database)
    for statement in sent:
        _say(" ".join(statement.split())[:90])
    yield Row("(f) statements of a step", None, str(len(sent)), "at most 9")


def _memory(race: Race) -> Iterator[Row]:
    _say("memory, and the worker")
    for number, megabytes in enumerate(memory.of_web(race.inbox), start=1):
        name = f"(e) PSS of web process {number} after {race.steps} steps of both"
        yield Row(name, None, f"{megabytes:.0f} MB", "at most 150 MB")
    megabytes, speed = memory.of_worker(race.database)
    name = f"(e) PSS of the worker after {memory.WAKES} cases woken, {speed:.0f} a second"
    yield Row(name, None, f"{megabytes:.0f} MB", "at most 120 MB")


def _growth(server: Server) -> Iterator[Row]:
    _say(f"step {growth.LONG} against step {growth.SHORT}")
    short, long = growth.grow(server)
    yield Row(f"(d) step {short.step}, state {short.state} bytes", short.samples, "1", "")
    ratio = f"{growth.times(long, short):.2f}"
    yield Row(f"(d) step {long.step}, state {long.state} bytes", long.samples, ratio, "at most 1.3")


def _pages(server: Server, clients: Clients, rounds: int) -> Iterator[Row]:
    _say("filling the inboxes")
    with Desks(server, clients) as desks:
        desks.warm_up()
        for number in range(rounds):
            desks.run(number)
            _say(f"inbox round {number + 1} of {rounds}")
        small, same, large = (desks.desks[name].samples for name in (SMALL, SAME, LARGE))
        yield Row("(c) inbox, 1 k open tasks, 10 of them shown", small, "", "")
        yield Row("(c) inbox, 1 k open tasks, 60 of them shown", same, "1", "")
        ratio = f"{large.times(same):.2f} ({large.times(small):.2f} of 10 rows)"
        yield Row("(c) inbox, 100 k open tasks, 60 of 1 k shown", large, ratio, "at most 1.5")


def _shapes(server: Server) -> Iterator[Row]:
    _say("the shapes of diagrams")
    flat, deep = shapes.deep(server)
    yield Row(f"(g) step without a call, state {flat.state} bytes", flat.samples, "1", "")
    name = f"(g) step {shapes.DEPTH} calls deep, state {deep.state} bytes"
    yield Row(name, deep.samples, f"{deep.samples.p50 / flat.samples.p50:.2f}", "")
    early, late = shapes.joining(server)
    name = f"(h) round {shapes.EARLY} of a loop with a parallel join, state {early.state} bytes"
    yield Row(name, early.samples, "1", "")
    name = f"(h) round {shapes.LATE} of a loop with a parallel join, state {late.state} bytes"
    yield Row(name, late.samples, f"{late.samples.p50 / early.samples.p50:.2f}", "at most 1.3")
    size = shapes.largest_state(server)
    yield Row("(i) largest state of E01", None, f"{size / 1024:.2f} KB", "at most 3 KB")


def _draining(server: Server) -> Iterator[Row]:
    one: float = 0
    for workers in (1, 2):
        _say(f"{draining.TIMERS} timers for {workers} worker(s)")
        done = draining.drain(server, workers)
        one = one or done.seconds
        name = f"(j) {draining.TIMERS} timers, {workers} worker(s): {done.seconds:.1f} s"
        figure = f"{one / done.seconds:.2f} times as fast, {done.each:.2f} ms CPU each"
        yield Row(name, None, figure, "")


def _throughput(server: Server, clients: Clients, rounds: int) -> Iterator[Row]:
    _say("throughput")
    with throughput.Fleet(server, clients) as fleet:
        fleet.warm_up()
        for number in range(rounds):
            fleet.run(number)
            _say(f"throughput round {number + 1} of {rounds}")
        for count in throughput.PROCESSES:
            name = (
                f"(k) {count} web process(es), 2 workers: {fleet.speed(count):.0f} steps a second"
            )
            yield Row(name, None, f"{fleet.times(count):.2f}", "")


def _transfers(server: Server) -> Iterator[Row]:
    _say(f"{transfers.CASES} cases to another version")
    found = transfers.measure(server)
    yield Row("(l) a step of a case, one of 300", found.step, "1", "")
    for name, samples in (("looked at", found.foreseen), ("moved", found.moved)):
        ratio = f"{samples.p50 / found.step.p50:.2f}"
        yield Row(f"(l) a case {name} for another version, one of 300", samples, ratio, "")


def _returns(server: Server) -> Iterator[Row]:
    _say("returns across a parallel join")
    found = returns.measure(server)
    yield Row("(n) the step behind a parallel join completed", found.step, "1", "")
    ratio = f"{found.returned.p50 / found.step.p50:.2f}"
    yield Row("(n) that step returned across the join", found.returned, ratio, "")


def _replays(server: Server) -> Iterator[Row]:
    _say(f"{replays.CASES} cases replayed")
    found = replays.measure(server)
    yield Row("(m) a step of a case", found.step, "1", "")
    name = f"(m) a case of {replays.STEPS} steps replayed; {replays.CASES}: {found.seconds:.1f} s"
    yield Row(name, found.replay, f"{found.replay.p50 / found.step.p50:.2f}", "1,000 in a minute")


def main() -> None:
    """Run every part, print the table, keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of steps; fewer are not kept")
    rounds = parser.parse_args().rounds
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with embedded.throw_away(DURABLE) as server, Clients(len(LOGINS)) as clients:
        _say(f"PostgreSQL runs in {server.folder}")
        rows = [
            *_race(server, clients, rounds),
            *_growth(server),
            *_pages(server, clients, min(rounds, PAGE_ROUNDS)),
            *_shapes(server),
            *_transfers(server),
            *_replays(server),
            *_returns(server),
            *_draining(server),
            *_throughput(server, clients, min(rounds, PAGE_ROUNDS)),
        ]
        text = f"{report.circumstances(server)}\n{report.table(sorted(rows))}"
    click.echo(text)
    if rounds >= ROUNDS:
        report.keep(text)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
