"""From checked drawings to SpiffWorkflow specs: its parser with our classes, then our marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.event_parsers import (
    SpiffBoundaryEventParser,
    SpiffEndEventParser,
    SpiffIntermediateCatchEventParser,
    SpiffReceiveTaskParser,
)
from SpiffWorkflow.spiff.parser.process import SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import (
    CallActivityParser,
    SpiffTaskParser,
    SubWorkflowParser,
)

from engine.spiff.elements.alarms import alarm
from engine.spiff.elements.asking import BusinessRule
from engine.spiff.elements.calling_out import Operation, OperationParser, Request
from engine.spiff.elements.catching import BoundaryEvent, CatchEvent, ReceiveTask
from engine.spiff.elements.choosing import EventGateway
from engine.spiff.elements.conditions import Condition
from engine.spiff.elements.handing_over import handing
from engine.spiff.elements.lanes import NOBODY, fills, whose
from engine.spiff.elements.messages import Notice, Subscription
from engine.spiff.elements.repeating import repeat
from engine.spiff.elements.repeats import repetition
from engine.spiff.elements.signals import Broadcast
from engine.spiff.elements.specs import CallActivity, ProcessSpec, SubProcess, Transaction
from engine.spiff.elements.throwing import Throw, Trap
from engine.spiff.elements.timers import Deadline, Rule
from engine.spiff.elements.timing import says
from engine.spiff.files.eventful import CHOICE, CONDITIONAL, SIGNAL
from engine.spiff.files.naming import inside, renamed
from engine.spiff.files.plain import plain
from engine.spiff.files.sheet import STEPS, own
from engine.spiff.fixes import EndEvent, InclusiveGateway, ParallelGateway
from engine.spiff.language.expressions import compile_expression
from engine.spiff.plan import Mark

if TYPE_CHECKING:
    from engine.spiff.files.eventful import Timing
    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources

JOINS: Final = frozenset({"parallelGateway", "inclusiveGateway"})


class _ProcessParser(SpiffProcessParser):
    def create_spec(self) -> ProcessSpec:
        return ProcessSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)


class _BusinessRuleParser(SpiffTaskParser):
    def create_task(self) -> BusinessRule:
        scripts = self.parse_extensions()
        return BusinessRule(
            self.spec,
            self.bpmn_id,
            scripts.get("calledDecisionId", "").strip(),
            prescript=scripts.get("preScript"),
            postscript=scripts.get("postScript"),
            **self.bpmn_attributes,
        )

    @staticmethod
    def get_decision_ref(_node: object) -> None:
        """Tables are ours: SpiffWorkflow need not find them."""


class Parser(SpiffBpmnParser):
    """Upstream's parser, making our task specs."""

    PROCESS_PARSER_CLASS = _ProcessParser
    OVERRIDE_PARSER_CLASSES: Final = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("parallelGateway"): (GatewayParser, ParallelGateway),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, InclusiveGateway),
        full_tag(CHOICE): (GatewayParser, EventGateway),
        full_tag("endEvent"): (SpiffEndEventParser, EndEvent),
        full_tag("boundaryEvent"): (SpiffBoundaryEventParser, BoundaryEvent),
        full_tag("intermediateCatchEvent"): (SpiffIntermediateCatchEventParser, CatchEvent),
        full_tag("receiveTask"): (SpiffReceiveTaskParser, ReceiveTask),
        full_tag("callActivity"): (CallActivityParser, CallActivity),
        full_tag("subProcess"): (SubWorkflowParser, SubProcess),
        full_tag("transaction"): (SubWorkflowParser, Transaction),
        full_tag("businessRuleTask"): (_BusinessRuleParser, BusinessRule),
        full_tag("serviceTask"): (OperationParser, Operation),
    }


def build(sources: Sources) -> tuple[Any, dict[str, Any]]:
    """Give the root's spec and those it calls.

    SpiffWorkflow's ValidationException if it finds something that the lint has not.
    """
    parser, sheets, root = Parser(), sources.sheets, sources.root
    for sheet in sheets.values():
        parser.add_bpmn_xml(renamed(plain(sheet.root), sheet), filename=sheet.file)
    spec, called = parser.get_spec(root), parser.get_subprocess_specs(root)
    scopes = {
        scope if scope in sheets else inside(scope): sheet
        for sheet in sheets.values()
        for scope in sheet.scopes
    }
    for name, each in {root: spec, **called}.items():
        each.embedded = name not in sheets
        each.hands = None if each.embedded else handing(sheets[name])
        _dress(each, scopes[name], sources)
    return spec, called


def _dress(spec: Any, sheet: Sheet, sources: Sources) -> None:
    """Put a mark on every task spec, and our event definitions in place of upstream's."""
    nodes = {inside(id_): node for id_, node in sheet.nodes.items()}
    for task_spec in list(spec.task_specs.values()):
        node = nodes.get(task_spec.name)
        if node is None:
            task_spec.mark = Mark(sheet.process_id, parks=task_spec is spec.end)
            continue
        task_spec.mark = _mark(task_spec, node, sheet, sources)
        if isinstance(task_spec, Request):
            task_spec.dress(node)
        event = _event(node, sheet)
        if event is not None:
            task_spec.event_definition = event
        if node.attached:
            task_spec.cancel_activity = node.interrupts
        drawn = repetition(node)
        if drawn is not None:
            repeat(task_spec, drawn)


def _mark(task_spec: Any, node: Node, sheet: Sheet, sources: Sources) -> Mark:
    joins = node.kind in JOINS and len(sheet.incoming(node.id)) > 1
    works = node.kind in STEPS or node.called is not None or node.timing is not None
    host = sheet.nodes.get(node.attached or "", node)
    exits = {
        _spec_name(edge.target, sheet): f"{sheet.process_id}:{edge.id}"
        for edge in sheet.outgoing(node.id)
    }
    chooses = node.kind == CHOICE
    return Mark(
        process=sheet.process_id,
        element=node.id,
        exits={} if chooses else exits,
        choices=exits if chooses else {},
        arrives=not joins and node.kind != "boundaryEvent" and not sheet.is_choice(node.id),
        parks=(joins and node.kind == "inclusiveGateway") or CONDITIONAL in node.events,
        whose=whose(host.lane, sources.lanes) if works else NOBODY,
        lanes=fills(node, sheet, sources) if node.called is not None else None,
        host=node.attached or node.id,
        clock=own(node.xml, "clock") == "case",
        reach=_reach(task_spec) if joins and node.kind == "inclusiveGateway" else {},
    )


def _spec_name(node: str, sheet: Sheet) -> str:
    name = inside(node)
    return f"{name}.{BoundaryEventSplit.__name__}" if sheet.boundary(node) else name


def _event(node: Node, sheet: Sheet) -> object:
    if node.kind == "startEvent":
        return NoneEventDefinition()
    if node.timing is not None:
        return Deadline(rule_of(node, node.timing, sheet))
    if node.condition is not None:
        return Condition(compile_expression(node.condition))
    if node.has_message or SIGNAL in node.events:
        return _spoken(node, sheet)
    thrown = alarm(node, sheet)
    if thrown is None:
        return None
    return Trap(thrown) if node.kind == "boundaryEvent" else Throw(thrown)


def _spoken(node: Node, sheet: Sheet) -> object:
    parcel = sheet.parcel(node)
    if node.throws:
        return Notice(parcel, node.notifies) if node.has_message else Broadcast(parcel)
    return Subscription("message" if node.has_message else "signal", parcel, node.offered)


def rule_of(node: Node, timing: Timing, sheet: Sheet) -> Rule:
    """Give what a timer event is drawn to say."""
    hangs = node.attached is not None
    repeats = hangs and not node.interrupts
    return Rule(
        kind=timing.kind,
        says=says(timing),
        calendar=node.calendar,
        closes=hangs or sheet.is_choice(node.id),
        repeats=repeats and timing.kind == "cycle",
    )


def _reach(gateway: Any) -> dict[str, frozenset[str]]:
    """Per way into a gateway, the specs from which a token can come to it without passing it."""
    reach = {}
    for source in gateway.inputs:
        found, pending = {source.name}, [source]
        while pending:
            for before in pending.pop().inputs:
                if before is not gateway and before.name not in found:
                    found.add(before.name)
                    pending.append(before)
        reach[source.name] = frozenset(found)
    return reach
