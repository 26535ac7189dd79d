"""Random block-structured procedures: whatever is drawn, it must run to an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.engine.spiff.drawing import (
    Process,
    Scope,
    holding,
    messaging,
    signalling,
    timing,
    variable,
)

if TYPE_CHECKING:
    from random import Random

PLAIN = ("row", "xor", "fork", "pick", "loop", "part", "call", "late", "stop")
PLAIN_LEAVES = ("step", "step", "script", "timer")
WAITING = ("beside", "instead", "whenever", "choose")
WAITING_LEAVES = ("hear", "receive", "shout", "listen")
KINDS = (*PLAIN, "each", "again", *WAITING, "fail", "escalate", "transact", "remind")
LEAVES = (*PLAIN_LEAVES, "hear", "receive", "ask", "shout", "listen")
ALL = "s_all"
"""The signal that everything shouts and listens to."""


@dataclass
class Artist:
    """Draws blocks with one way in and one way out; `processes` are all files drawn."""

    random: Random
    kinds: tuple[str, ...] = KINDS
    leaves: tuple[str, ...] = LEAVES
    processes: list[Process] = field(default_factory=list)
    counters: list[str] = field(default_factory=list)
    count: int = 0

    def procedure(self, depth: int) -> list[Process]:
        p = Process("demo")
        self.processes.append(p)
        p.message_start()
        first, last = self.row(p, depth)
        p.end()
        p.chain("opened", first)
        p.chain(last, "done")
        numbers = ("n", "given", *self.counters)
        p.extra = "".join(
            [variable("trail", "[]"), variable("items", '["a", "b"]'), variable("found", "[]")]
            + [variable(name, "0") for name in numbers]
        )
        return self.processes

    def block(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw one block and give the elements that it begins and ends with."""
        kind = self.random.choice(self.kinds if depth else self.leaves)
        drawn: tuple[str, str] = getattr(self, kind)(scope, depth - 1)
        return drawn

    def id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def step(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = scope.user(self.id("step"))
        return id_, id_

    def script(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = self.id("script")
        scope.script(id_, f"trail = trail + [{self.count}]")
        return id_, id_

    def timer(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = self.id("timer")
        if self.random.random() < 0.2:
            scope.add("intermediateCatchEvent", id_, timing("2026-12-01", "timeDate"))
        else:
            scope.timer(id_, self.limit())
        return id_, id_

    def limit(self) -> str:
        """Say how long a deadline is, in one of the ways that people write it."""
        count = self.random.randint(1, 4)
        return self.random.choice(
            [f"P{count}D", f"{count} 个工作日", f"{count} working hours", f"{count} 天", "当天"]
        )

    def row(self, scope: Scope, depth: int) -> tuple[str, str]:
        blocks = [self.block(scope, depth) for _ in range(self.random.randint(2, 3))]
        for (_, left), (right, _) in pairwise(blocks):
            scope.chain(left, right)
        return blocks[0][0], blocks[-1][1]

    def xor(self, scope: Scope, depth: int) -> tuple[str, str]:
        gate, merge = self.id("gate"), self.id("merge")
        blocks = [self.block(scope, depth) for _ in range(2)]
        scope.xor(gate, f"{gate}_to_{blocks[1][0]}")
        scope.xor(merge)
        scope.flow(gate, blocks[0][0], "n % 2 == 0")
        scope.flow(gate, blocks[1][0])
        for _, last in blocks:
            scope.chain(last, merge)
        return gate, merge

    def fork(self, scope: Scope, depth: int) -> tuple[str, str]:
        gate, join = scope.parallel(self.id("fork")), scope.parallel(self.id("join"))
        for _ in range(self.random.randint(2, 3)):
            first, last = self.block(scope, depth)
            scope.chain(gate, first)
            scope.chain(last, join)
        return gate, join

    def pick(self, scope: Scope, depth: int) -> tuple[str, str]:
        gate, join = self.id("pick"), self.id("gather")
        blocks = [self.block(scope, depth) for _ in range(self.random.randint(2, 3))]
        scope.inclusive(gate, f"{gate}_to_{blocks[0][0]}")
        scope.inclusive(join)
        for number, (first, last) in enumerate(blocks):
            scope.flow(gate, first, f"n % {number + 1} == 0" if number else "")
            scope.chain(last, join)
        return gate, join

    def loop(self, scope: Scope, depth: int) -> tuple[str, str]:
        merge, again, counts = self.id("merge"), self.id("again"), self.id("counts")
        first, last = self.block(scope, depth)
        scope.xor(merge)
        rounds = f"rounds_{counts}"
        self.counters.append(rounds)
        scope.script(counts, f"{rounds} = {rounds} + 1")
        scope.xor(again, f"{again}_to_{merge}")
        after = self.id("after")
        scope.script(after, "trail = trail + [0]")
        scope.chain(merge, first)
        scope.chain(last, counts, again, merge)
        scope.flow(again, after, f"{rounds} % 3 == 0")
        return merge, after

    def part(self, scope: Scope, depth: int) -> tuple[str, str]:
        inside = Scope(scope.process)
        id_ = self.id("part")
        self.fill(inside, depth)
        scope.sub(id_, inside)
        return id_, id_

    def call(self, scope: Scope, depth: int) -> tuple[str, str]:
        id_, called = self.id("call"), Process(self.id("process"))
        self.processes.append(called)
        self.fill(called, depth)
        scope.call(id_, called.process, before=f"given = {self.count}")
        return id_, id_

    def fill(self, scope: Scope, depth: int) -> None:
        start, end = scope.start(self.id("begun")), self.id("ended")
        first, last = self.block(scope, depth)
        self.random.choice([scope.end, scope.terminate])(end)
        scope.chain(start, first)
        scope.chain(last, end)

    def host(self, scope: Scope, depth: int) -> str:
        return self.random.choice([self.step, self.part, self.call])(scope, max(depth, 0))[0]

    def late(self, scope: Scope, depth: int) -> tuple[str, str]:
        host = self.host(scope, depth)
        event, first, end = self.id("late"), self.id("urge"), self.id("urged")
        scope.deadline(event, host, self.limit())
        scope.user(first)
        scope.end(end)
        scope.chain(event, first, end)
        return host, host

    def stop(self, scope: Scope, depth: int) -> tuple[str, str]:
        host = self.host(scope, depth)
        event, instead, merge = self.id("stop"), self.id("instead"), self.id("merge")
        scope.interrupt(event, host, self.limit())
        scope.user(instead)
        scope.xor(merge)
        scope.chain(event, instead, merge)
        scope.chain(host, merge)
        return host, merge

    def message(self, scope: Scope) -> str:
        """Declare a message of its own, keyed by a number that changes on the way."""
        file = next(each for each in self.processes if each.process == scope.process)
        return file.message(self.id("message"), keys="given", carries="n")

    def hear(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = scope.catch(self.id("hear"), self.message(scope))
        return id_, id_

    def receive(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = scope.receive(self.id("receive"), self.message(scope))
        return id_, id_

    def shout(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = scope.shout(self.id("shout"), self.signal(scope))
        return id_, id_

    def listen(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = scope.hear(self.id("listen"), self.signal(scope))
        return id_, id_

    def signal(self, scope: Scope) -> str:
        file = next(each for each in self.processes if each.process == scope.process)
        if not any(f'id="{ALL}"' in xml for xml in file.declared):
            file.signal(ALL, carries="n", name="all")
        return ALL

    def ask(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = scope.service(self.id("ask"), "ask", "answer", question="n + 1")
        return id_, id_

    def remind(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw an activity with a timer that comes back, three times at most."""
        host, event, done = self.host(scope, depth), self.id("remind"), self.id("reminded")
        cycle = self.random.choice(["R3/P1D", "每 2 天，2 次", "Tuesdays"])
        scope.beside(event, host, timing(cycle, "timeCycle"))
        scope.chain(event, scope.script(self.id("noted"), "n = n + 1"), scope.end(done))
        return host, host

    def each(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw an activity for each item, or for a number that may be none."""
        host, more = self.host(scope, depth), {"sequential": self.random.choice(["true", "false"])}
        if self.random.random() < 0.3:
            more["until"] = f"nrOfCompletedInstances >= {self.random.randint(1, 2)}"
        if self.random.random() < 0.5:
            scope.each(host, "items", "item", "found", "n", **more)
        else:
            scope.each(host, count="n % 4", **more)
        return host, host

    def again(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw an activity that comes again while a number is even, three times at most."""
        host, first = self.host(scope, depth), self.random.choice(["true", "false"])
        scope.again(host, "n % 2 == 0", f'testBefore="{first}" loopMaximum="3"')
        return host, host

    def beside(self, scope: Scope, depth: int) -> tuple[str, str]:
        host = self.host(scope, depth)
        event, first, end = self.id("beside"), self.id("extra"), self.id("extra_done")
        scope.beside(event, host, messaging(self.message(scope)))
        scope.user(first)
        scope.end(end)
        scope.chain(event, first, end)
        return host, host

    def instead(self, scope: Scope, depth: int) -> tuple[str, str]:
        host = self.host(scope, depth)
        event, instead, merge = self.id("instead"), self.id("other"), self.id("merge")
        scope.instead(event, host, messaging(self.message(scope)))
        scope.user(instead)
        scope.xor(merge)
        scope.chain(event, instead, merge)
        scope.chain(host, merge)
        return host, merge

    def event(self, scope: Scope) -> str:
        """Say what a boundary event waits for: a message, the signal, or a number."""
        kind = self.random.choice(["message", "signal", "number"])
        if kind == "message":
            return messaging(self.message(scope))
        if kind == "signal":
            return signalling(self.signal(scope))
        return holding(f"n % {self.random.randint(2, 4)} == 1")

    def whenever(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw an activity with two events on it, one beside and one instead."""
        host, merge = self.host(scope, depth), self.id("merge")
        scope.xor(merge)
        beside, extra, done = self.id("whenever"), self.id("extra"), self.id("extra_done")
        scope.beside(beside, host, self.event(scope))
        scope.chain(beside, scope.user(extra), scope.end(done))
        instead = self.id("when")
        scope.instead(instead, host, self.event(scope))
        scope.chain(instead, scope.user(self.id("other")), merge)
        scope.chain(host, merge)
        return host, merge

    def choose(self, scope: Scope, depth: int) -> tuple[str, str]:
        """Draw a gateway that waits for the first of several events; a timer is among them."""
        events = [
            self.timer(scope, depth)[0],
            *(self._awaited(scope, depth) for _ in range(self.random.randint(1, 3))),
        ]
        gate, merge = scope.choice(self.id("choose"), *events), self.id("merge")
        scope.xor(merge)
        for event in events:
            scope.chain(event, merge)
        return gate, merge

    def _awaited(self, scope: Scope, depth: int) -> str:
        kind = self.random.choice(["hear", "receive", "listen", "timer", "until"])
        if kind == "until":
            return scope.until(self.id("until"), f"n % {self.random.randint(2, 4)} == 1")
        drawn: tuple[str, str] = getattr(self, kind)(scope, depth)
        return drawn[0]

    def _alarmed(self, scope: Scope, depth: int, kind: str, code: str) -> str:
        """Fill a scope whose end is a choice between an alarm and an ordinary end."""
        start, end = scope.start(self.id("begun")), scope.end(self.id("ended"))
        first, last = self.block(scope, depth)
        gate, thrown = self.id("gate"), self.id("thrown")
        scope.xor(gate, f"{gate}_to_{end}")
        scope.throws(thrown, kind, code)
        scope.chain(start, first)
        scope.chain(last, gate, end)
        scope.flow(gate, thrown, "n % 2 == 1")
        return thrown

    def _around(self, scope: Scope, depth: int, kind: str, code: str) -> str:
        """Draw a sub-process or call that may throw an alarm outwards."""
        if self.random.random() < 0.5:
            inside, id_ = Scope(scope.process), self.id("part")
            self._alarmed(inside, depth, kind, code)
            return scope.sub(id_, inside)
        called = Process(self.id("process"))
        self.processes.append(called)
        self._alarmed(called, depth, kind, code)
        return scope.call(self.id("call"), called.process)

    def _caught(self, scope: Scope, host: str, kind: str, code: str) -> tuple[str, str]:
        event, merge = self.id("caught"), self.id("merge")
        scope.catches(event, host, kind, code)
        scope.xor(merge)
        scope.chain(event, scope.user(self.id("handle")), merge)
        scope.chain(host, merge)
        return host, merge

    def fail(self, scope: Scope, depth: int) -> tuple[str, str]:
        code = self.id("E")
        host = self._around(scope, max(depth, 0), "error", code)
        return self._caught(scope, host, "error", self.random.choice([code, ""]))

    def escalate(self, scope: Scope, depth: int) -> tuple[str, str]:
        code = self.id("E")
        host = self._around(scope, max(depth, 0), "escalation", code)
        if self.random.random() < 0.5:
            return self._caught(scope, host, "escalation", code)
        event, done = self.id("told"), self.id("told_done")
        scope.catches(event, host, "escalation", code, 'cancelActivity="false"')
        scope.chain(event, scope.user(self.id("extra")), scope.end(done))
        return host, host

    def transact(self, scope: Scope, depth: int) -> tuple[str, str]:
        inside, id_ = Scope(scope.process), self.id("transaction")
        self._alarmed(inside, max(depth, 0), "cancel", "")
        return self._caught(scope, scope.transaction(id_, inside), "cancel", "")
