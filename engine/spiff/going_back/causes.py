"""What has come of a finished step, in a case that stands still."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spiff.fixes import COMPLETED, TAKEN, EndJoin, Token
from engine.spiff.flows import hosts
from engine.spiff.pruning import ends_all, flows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.flows import CaseFlow


@dataclass(frozen=True)
class Aftermath:
    """What is undone when a `step` opens anew.

    `dropped` are the tokens that it led to, by id; what runs inside them goes as well. `joins`
    wait anew, since some of what they took in is dropped. `reopened` are the instances around the
    step that were over, the outermost first.
    """

    step: Token
    dropped: dict[int, Token] = field(default_factory=dict)
    joins: dict[int, Token] = field(default_factory=dict)
    reopened: list[Any] = field(default_factory=list)

    def holds(self, token: Token) -> bool:
        """Whether a token is dropped, or runs inside one that is."""
        return any(each.id in self.dropped for each in (token, *hosts(token)))

    def undoes_ends(self) -> bool:
        """Whether what has ended a process around the step at once came of the step itself."""
        return all(
            token.id in self.dropped
            for flow in self.reopened
            for token in flow.tasks.values()
            if ends_all(token)
        )

    def arrived(self) -> Iterator[Token]:
        """Give what the joins had taken in from elsewhere: it waits there again."""
        for join in (*self.dropped.values(), *self.joins.values()):
            for id_ in join.internal_data.get(TAKEN, ()):
                if id_ not in self.dropped:
                    yield join.workflow.tasks[id_]


def takers(case: CaseFlow) -> dict[int, Token]:
    """Give, by the id of a token that a join took in, the token that went on from there."""
    return {
        id_: token
        for flow in flows(case)
        for token in flow.tasks.values()
        for id_ in token.internal_data.get(TAKEN, ())
    }


def aftermath(step: Token, taken_by: Mapping[int, Token]) -> Aftermath:
    """Find what has come of a finished step."""
    found = Aftermath(step)
    pending = list(step.children)
    flow = step.workflow
    while flow.completed:
        found.reopened.insert(0, flow)
        pending += _ends(flow, found)
        if flow is flow.top_workflow:
            break
        pending += flow.host.children
        flow = flow.host.workflow
    while pending:
        token = pending.pop()
        if token.id in found.dropped:
            continue
        found.dropped[token.id] = token
        pending += token.children
        join = taken_by.get(token.id)
        if join is not None:
            found.joins[join.id] = join
            pending += join.children
    for id_ in found.dropped.keys() & found.joins.keys():
        del found.joins[id_]
    return found


def _ends(flow: Any, found: Aftermath) -> Iterator[Token]:
    """Let the end of an instance that was over wait anew, and give what came after it."""
    for token in flow.tasks.values():
        if isinstance(token.task_spec, EndJoin) and token._state == COMPLETED:
            found.joins[token.id] = token
            yield from token.children
