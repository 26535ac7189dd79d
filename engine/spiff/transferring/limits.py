"""Limits that a decision table has set: what the other version's table makes of the same inputs.

A case keeps what a table once answered, so that another row of it reaches no case by itself. Where
the older table still answers what the case holds, it is known where that came from, and the newer
table may answer in its place; otherwise somebody else has set it, and it stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spiff.dmn.chains import FailedError, ask
from engine.spiff.elements.asking import BusinessRule
from engine.spiff.elements.timers import Deadline
from engine.spiff.transferring.verdicts import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff.fixes import Token
    from engine.spiff.flows import CaseFlow
    from engine.spiff.plan import Plan

Values = dict[str, object]


@dataclass
class Limits:
    """What the tables of another version make of the limits in a case, instance by instance."""

    found: list[tuple[Values, Limit]] = field(default_factory=list)

    def set(self) -> None:
        """Let the case hold what the newer tables say."""
        for values, limit in self.found:
            if limit.after is not None:
                values[limit.variable] = limit.after

    def take_back(self) -> None:
        """Let the case hold what it held."""
        for values, limit in self.found:
            values[limit.variable] = limit.before

    def of(self, token: Token) -> Iterator[Limit]:
        """Give those by which the timer of a token is said."""
        read = _read(token.task_spec)
        mine = (limit for values, limit in self.found if values is token.data)
        return (limit for limit in mine if limit.variable in read)

    def told(self, timers: Iterable[Token]) -> tuple[Limit, ...]:
        """Give, each once, what is another now, and what stays though a running timer reads it."""
        read = [limit for token in timers for limit in self.of(token)]
        kept = [limit for _, limit in self.found if limit.after is not None or limit in read]
        return tuple(dict.fromkeys(kept))


def limits(case: CaseFlow, old: Plan) -> Limits:
    """Ask the tables of a case's version, and those of the older one, for the limits it holds."""
    asked = dict(_asked(case.plan, old))
    found: dict[tuple[int, str], tuple[Values, Limit]] = {}
    for instance in case.instances() if asked else ():
        if instance.shares or instance.completed:
            continue
        around = {} if instance is case else instance.parent_workflow.values
        for name, decision in asked.items():
            if not isinstance(before := instance.values.get(name), str):
                continue
            if (outer := found.get((id(around), name))) and outer[1].before == before:
                after = outer[1].after
            else:
                after = _anew(old, case.plan, decision, name, instance.values)
            if after != before:
                limit = Limit(decision, name, before, after)
                found[id(instance.values), name] = instance.values, limit
    return Limits(list(found.values()))


def _asked(new: Plan, old: Plan) -> Iterator[tuple[str, str]]:
    """Give the limits with the decision that makes them, where one does and has been altered."""
    made: dict[str, set[str]] = {}
    for spec in _specs(new):
        if isinstance(spec, BusinessRule) and spec.decision in new.deciders:
            for name in new.deciders[spec.decision].outputs:
                made.setdefault(name, set()).add(spec.decision)
    for name in sorted({name for spec in _specs(new) for name in _read(spec)} & made.keys()):
        decision, *others = made[name]
        known = not others and decision in old.deciders
        if known and _tables(new, decision) != _tables(old, decision):
            yield name, decision


def _anew(old: Plan, new: Plan, decision: str, name: str, data: Mapping[str, object]) -> str | None:
    """Give what the newer table says where the older says what is held; None where it does not."""
    try:
        was, now = (
            ask(plan.deciders, decision, data)[decision].outputs.get(name) for plan in (old, new)
        )
    except FailedError:
        return None
    return now if was == data[name] and isinstance(now, str) else None


def _tables(plan: Plan, decision: str) -> list[object]:
    """Give what a decision and those that it requires say, as typed."""
    decider = plan.deciders[decision]
    table = decider.table
    own = [table.inputs, table.outputs, table.policy, table.default]
    rows = [(row.inputs, row.outputs) for row in table.rules]
    return [own, rows, [_tables(plan, each) for each in decider.requires]]


def _specs(plan: Plan) -> Iterator[Any]:
    for process in (plan.spec, *plan.called.values()):
        yield from process.task_specs.values()


def _read(spec: Any) -> frozenset[str]:
    """Give the variables by which a timer is said."""
    event = getattr(spec, "event_definition", None)
    says = event.rule.says if isinstance(event, Deadline) else ""
    return frozenset() if isinstance(says, str) else says.names
