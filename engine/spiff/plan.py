"""What a compiled procedure keeps for running: specs, expressions and the marks on each spec."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spiff.elements.lanes import NOBODY, Whose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.language.expressions import Expression, Script


@dataclass(frozen=True)
class Mark:
    """What a SpiffWorkflow task spec is on the diagram; set once as its attribute `mark`.

    `element` is empty for specs that SpiffWorkflow adds by itself. `exits` maps the spec that
    comes next to the "process:flow" that leads there; an event-based gateway has `choices`
    instead, of which one is taken when its event happens. `arrives`: it counts as reached when a
    token comes in, not when it leaves. `parks`: its waiting tokens are looked at again when
    everything else stands still. `whose` is set for steps, calls and timers; a call has `lanes`
    too, with which it fills those of the called process. `reach` is for inclusive joins: per
    incoming spec, the specs from which a token could still come to it.
    """

    process: str
    element: str = ""
    exits: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    arrives: bool = False
    parks: bool = False
    whose: Whose = NOBODY
    lanes: Mapping[str, Whose] | None = None
    host: str = ""
    clock: bool = False
    reach: Mapping[str, frozenset[str]] = field(default_factory=dict)
    label: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", f"{self.process}:{self.element}")


@dataclass(frozen=True)
class Plan:
    """Read-only after publishing, shared by every case and thread.

    `drawings` are the BPMN files, by process. `steady` are the gateways ("process:id") of which
    each relies on others to answer the same, and `settled` the steps that fill what they ask.
    """

    spec: Any
    called: Mapping[str, Any]
    expressions: Mapping[str, Expression]
    scripts: Mapping[str, Script]
    deciders: Mapping[str, Decider]
    defaults: Mapping[str, object]
    roles: frozenset[str]
    variables: frozenset[str]
    drawings: Mapping[str, bytes]
    steady: frozenset[str]
    settled: frozenset[str]
