"""Small diagrams for the tests: elements are added one by one, shapes and edges draw themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import pairwise

from engine.spiff import Compiled, Names, compile_procedure

OPERATORS = {"ask": ("question",), "ping": ()}
T0 = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
ROLES = {
    "clerk": Names("内勤", "Clerk"),
    "qc": Names("品管部", "Quality control"),
    "gm": Names("总经理", "General manager"),
}
NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:banjie="urn:banjie:bpmn:1"'
)


def named(id_: str) -> str:
    return f'id="{id_}" name="{id_}名" banjie:nameEn="{id_} in English"'


@dataclass
class Scope:
    """Elements of a process or sub-process as XML, and what to draw of them."""

    process: str
    xml: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)

    def add(self, tag: str, id_: str, inner: str = "", attributes: str = "") -> str:
        self.ids.append(id_)
        self.xml.append(f"<bpmn:{tag} {named(id_)} {attributes}>{inner}</bpmn:{tag}>")
        return id_

    def without(self, id_: str) -> None:
        """Take an element or flow out again."""
        self.xml = [xml for xml in self.xml if f' id="{id_}"' not in xml]
        self.ids = [each for each in self.ids if each != id_]
        self.flows = [each for each in self.flows if each != id_]

    def start(self, id_: str = "begun") -> str:
        return self.add("startEvent", id_)

    def message_start(self, id_: str = "opened") -> str:
        return self.add("startEvent", id_, '<bpmn:messageEventDefinition messageRef="m_open"/>')

    def signal_start(self, signal: str, id_: str = "opened") -> str:
        return self.add("startEvent", id_, signalling(signal))

    def timer_start(self, cycle: str, id_: str = "opened", tag: str = "timeCycle") -> str:
        return self.add("startEvent", id_, timing(cycle, tag))

    def end(self, id_: str = "done") -> str:
        return self.add("endEvent", id_)

    def transaction(self, id_: str, inside: Scope) -> str:
        self.ids += inside.ids
        self.flows += inside.flows
        return self.add("transaction", id_, "".join(inside.xml))

    def throws(self, id_: str, kind: str, code: str = "", *, ends: bool = True) -> str:
        """Draw an event that throws an error, an escalation or a cancel."""
        tag = "endEvent" if ends else "intermediateThrowEvent"
        return self.add(tag, id_, alarm(kind, code))

    def catches(self, id_: str, host: str, kind: str, code: str = "", more: str = "") -> str:
        """Draw a boundary event for an error, an escalation or a cancel; no code means any."""
        return self.add("boundaryEvent", id_, alarm(kind, code), f'attachedToRef="{host}" {more}')

    def terminate(self, id_: str = "done") -> str:
        return self.add("endEvent", id_, "<bpmn:terminateEventDefinition/>")

    def user(self, id_: str) -> str:
        return self.add("userTask", id_)

    def script(self, id_: str, text: str) -> str:
        return self.add("scriptTask", id_, f"<bpmn:script>{escape(text)}</bpmn:script>")

    def rule(self, id_: str, decision: str) -> str:
        inner = f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>"
        return self.add("businessRuleTask", id_, extensions(inner))

    def service(self, id_: str, operator: str, result: str = "", **parameters: str) -> str:
        """Draw a service task; each parameter is an expression."""
        given = "".join(
            f'<spiffworkflow:parameter id="{name}" type="any" value="{escape(text)}"/>'
            for name, text in parameters.items()
        )
        more = f'resultVariable="{result}"' if result else ""
        inner = (
            f'<spiffworkflow:serviceTaskOperator id="{operator}" {more}>'
            f"<spiffworkflow:parameters>{given}</spiffworkflow:parameters>"
            "</spiffworkflow:serviceTaskOperator>"
        )
        return self.add("serviceTask", id_, extensions(inner))

    def send(self, id_: str, notifies: str = "qc") -> str:
        return self.add("sendTask", id_, "", f'messageRef="m_told" banjie:notifies="{notifies}"')

    def throw(self, id_: str) -> str:
        return self.add(
            "intermediateThrowEvent", id_, '<bpmn:messageEventDefinition messageRef="m_told"/>'
        )

    def shout(self, id_: str, signal: str) -> str:
        """Draw an event that throws a signal."""
        return self.add("intermediateThrowEvent", id_, signalling(signal))

    def shout_at_end(self, id_: str, signal: str) -> str:
        return self.add("endEvent", id_, signalling(signal))

    def hear(self, id_: str, signal: str) -> str:
        """Draw an event that waits for a signal."""
        return self.add("intermediateCatchEvent", id_, signalling(signal))

    def until(self, id_: str, condition: str) -> str:
        """Draw an event that waits until a condition is true."""
        return self.add("intermediateCatchEvent", id_, holding(condition))

    def choice(self, id_: str, *events: str) -> str:
        """Draw an event-based gateway before events that are drawn already."""
        self.add("eventBasedGateway", id_)
        for event in events:
            self.flow(id_, event)
        return id_

    def catch(self, id_: str, message: str = "m_told", more: str = "") -> str:
        """Draw an event that waits for a message; `more` are its attributes."""
        return self.add("intermediateCatchEvent", id_, messaging(message), more)

    def receive(self, id_: str, message: str = "m_told", before: str = "") -> str:
        inner = extensions(f"<spiffworkflow:preScript>{escape(before)}</spiffworkflow:preScript>")
        return self.add("receiveTask", id_, inner if before else "", f'messageRef="{message}"')

    def beside(self, id_: str, host: str, event: str, more: str = "") -> str:
        """Draw a non-interrupting boundary event that waits for what `event` says."""
        return self.add(
            "boundaryEvent", id_, event, f'attachedToRef="{host}" cancelActivity="false" {more}'
        )

    def instead(self, id_: str, host: str, event: str, more: str = "") -> str:
        """Draw an interrupting boundary event."""
        return self.add("boundaryEvent", id_, event, f'attachedToRef="{host}" {more}')

    def call(self, id_: str, process: str, before: str = "", lanes: str = "") -> str:
        """Draw a call; `lanes` says who works in those of the called process."""
        inner = f"<spiffworkflow:preScript>{escape(before)}</spiffworkflow:preScript>"
        return self.add(
            "callActivity", id_, extensions(inner) if before else "",
            f'calledElement="{process}"' + (f' banjie:lanes="{lanes}"' if lanes else ""),
        )  # fmt: skip

    def sub(self, id_: str, inside: Scope) -> str:
        self.ids += inside.ids
        self.flows += inside.flows
        return self.add("subProcess", id_, "".join(inside.xml))

    def each(
        self, id_: str, items: str = "", item: str = "", results: str = "", result: str = "",
        **more: str,
    ) -> None:  # fmt: skip
        """Make an activity of this scope run for each item of a list.

        `more`: `count` for a number instead, `until`, `sequential="true"`, `attributes`.
        """
        inner = "".join(
            f'<bpmn:{tag} id="{id_}_{tag}" name="{text}"/>' if tag.endswith("Item")
            else f"<bpmn:{tag}>{escape(text)}</bpmn:{tag}>"
            for tag, text in (
                ("loopCardinality", more.get("count")), ("loopDataInputRef", items),
                ("loopDataOutputRef", results), ("inputDataItem", item),
                ("outputDataItem", result), ("completionCondition", more.get("until")),
            )
            if text
        )  # fmt: skip
        kind = f'isSequential="{more.get("sequential", "false")}" {more.get("attributes", "")}'
        self._mark(id_, "multiInstanceLoopCharacteristics", kind, inner)

    def again(self, id_: str, condition: str = "", attributes: str = "") -> None:
        """Make an activity of this scope run again while a condition holds."""
        inner = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>"
        self._mark(id_, "standardLoopCharacteristics", attributes, inner if condition else "")

    def _mark(self, id_: str, marker: str, attributes: str, inner: str) -> None:
        place = next(n for n, xml in enumerate(self.xml) if f' id="{id_}"' in xml)
        drawn = f"<bpmn:{marker} {attributes}>{inner}</bpmn:{marker}>"
        head = re.compile(r"(<bpmn:\w+ [^>]*>(?:<bpmn:extensionElements>.*?</bpmn:exten\w+>)?)")
        self.xml[place] = head.sub(lambda found: found[1] + drawn, self.xml[place], count=1)

    def data(self, id_: str, variable: str = "") -> str:
        """Draw a data object that stands for a variable, with a line to nobody."""
        stands = f'banjie:variable="{variable}"' if variable else ""
        self.xml.append(f'<bpmn:dataObject id="{id_}_object"/>')
        return self.add("dataObjectReference", id_, "", f'dataObjectRef="{id_}_object" {stands}')

    def timer(self, id_: str, duration: str, tag: str = "timeDuration", more: str = "") -> str:
        return self.add("intermediateCatchEvent", id_, timing(duration, tag), more)

    def deadline(
        self, id_: str, host: str, duration: str, more: str = "", tag: str = "timeDuration"
    ) -> str:
        """Draw a non-interrupting boundary timer."""
        return self.add(
            "boundaryEvent", id_, timing(duration, tag),
            f'attachedToRef="{host}" cancelActivity="false" {more}',
        )  # fmt: skip

    def interrupt(
        self, id_: str, host: str, duration: str, more: str = "", tag: str = "timeDuration"
    ) -> str:
        """Draw an interrupting boundary timer."""
        attributes = f'attachedToRef="{host}" {more}'
        return self.add("boundaryEvent", id_, timing(duration, tag), attributes)

    def xor(self, id_: str, default: str = "") -> str:
        return self.add("exclusiveGateway", id_, "", f'default="{default}"' if default else "")

    def parallel(self, id_: str) -> str:
        return self.add("parallelGateway", id_)

    def inclusive(self, id_: str, default: str = "") -> str:
        return self.add("inclusiveGateway", id_, "", f'default="{default}"' if default else "")

    def flow(self, source: str, target: str, condition: str = "", id_: str = "") -> str:
        id_ = id_ or f"{source}_to_{target}"
        self.flows.append(id_)
        inner = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>"
        self.xml.append(
            f'<bpmn:sequenceFlow id="{id_}" sourceRef="{source}" targetRef="{target}">'
            f"{inner if condition else ''}</bpmn:sequenceFlow>"
        )
        return id_

    def chain(self, *ids: str) -> None:
        for source, target in pairwise(ids):
            self.flow(source, target)


@dataclass
class Process(Scope):
    """A whole file: lanes are (text, attributes, elements); the rest lies in the first lane."""

    lanes: list[tuple[str, str, list[str]]] = field(default_factory=list)
    extra: str = ""
    carried: dict[str, str] = field(default_factory=dict)
    hands: str = ""
    bare: bool = False
    """Whether it has no lanes at all."""
    pools: str = ""
    """More of the collaboration: other pools, and message flows."""

    def hand_over(self, inputs: str = "", outputs: str = "", optional: str = "") -> None:
        """Say what a called process is given and gives back, names in one text each."""
        parts, sets = [], []
        for tag, names in (("Input", inputs), ("Output", outputs)):
            ids = {name: f"{self.process}_{tag}_{name}" for name in names.split()}
            parts += [f'<bpmn:data{tag} id="{id_}" name="{n}"/>' for n, id_ in ids.items()]
            refs = [f"<bpmn:data{tag}Refs>{id_}</bpmn:data{tag}Refs>" for id_ in ids.values()]
            refs += [
                f"<bpmn:optional{tag}Refs>{ids[name]}</bpmn:optional{tag}Refs>"
                for name in optional.split()
                if name in ids
            ]
            sets.append(f"<bpmn:{tag.lower()}Set>{''.join(refs)}</bpmn:{tag.lower()}Set>")
        inner = "".join((*parts, *sets))
        self.hands = f"<bpmn:ioSpecification>{inner}</bpmn:ioSpecification>"

    declared: list[str] = field(default_factory=list)

    def message(self, id_: str, keys: str = "", carries: str = "", name: str = "") -> str:
        """Declare a message that is called like its id, or by a name of its own."""
        own = f'banjie:keys="{keys}" banjie:carries="{carries}"'
        self.declared.append(f'<bpmn:message id="{id_}" name="{name or id_}" {own}/>')
        return id_

    def signal(self, id_: str, carries: str = "", name: str = "") -> str:
        """Declare a signal that is called like its id, or by a name of its own."""
        own = f'banjie:carries="{carries}"'
        self.declared.append(f'<bpmn:signal id="{id_}" name="{name or id_}" {own}/>')
        return id_

    def _codes(self) -> str:
        """Define each error and escalation that some event refers to and nobody has declared."""
        own = "".join(self.declared)
        drawn = re.findall(r'(error|escalation)Ref="\1_([^"]+)"', "".join(self.xml))
        return "".join(
            f'<bpmn:{kind} id="{kind}_{code}" name="{code}" {kind}Code="{code}" '
            f'banjie:carries="{self.carried.get(code, "")}"/>'
            for kind, code in dict.fromkeys(drawn)
            if f' id="{kind}_{code}"' not in own
        )

    def lane(self, name: str, *elements: str, role_from: str = "") -> None:
        attributes = f'banjie:roleFrom="{role_from}"' if role_from else ""
        self.lanes.append((name, attributes, list(elements)))

    def bytes(self) -> bytes:
        """Give the BPMN file, drawn."""
        placed = {id_ for _, _, ids in self.lanes for id_ in ids}
        rest = ("内勤", "", [id_ for id_ in self.ids if id_ not in placed])
        lanes = "".join(
            f'<bpmn:lane id="lane_{n}" name="{name}" banjie:nameEn="lane {n}" {attributes}>'
            + "".join(f"<bpmn:flowNodeRef>{id_}</bpmn:flowNodeRef>" for id_ in ids)
            + "</bpmn:lane>"
            for n, (name, attributes, ids) in enumerate([rest, *self.lanes])
        )
        lane_set = f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>'
        every = ["pool", *(f"lane_{n}" for n in range(len(self.lanes) + 1)), *self.ids]
        drawn = "".join([*(shape(id_, n) for n, id_ in enumerate(every)), *map(edge, self.flows)])
        extension = extensions(self.extra) if self.extra else ""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions {NAMESPACES} id="defs" '
            f'targetNamespace="urn:test"><bpmn:collaboration id="both"><bpmn:participant '
            f'{named("pool")} processRef="{self.process}"/>{self.pools}</bpmn:collaboration>'
            f'<bpmn:process {named(self.process)} isExecutable="true">{extension}{self.hands}'
            f"{'' if self.bare else lane_set}{''.join(self.xml)}</bpmn:process>"
            f'<bpmn:message id="m_open" name="{self.process}_opened"/>'
            '<bpmn:message id="m_told" name="told"/>'
            f"{''.join(self.declared)}{self._codes()}"
            f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="both">'
            f"{drawn}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
        ).encode()


def shape(id_: str, n: int) -> str:
    """Draw an element, the nth from the left."""
    return (
        f'<bpmndi:BPMNShape id="shape_{id_}" bpmnElement="{id_}">'
        f'<dc:Bounds x="{n * 150}" y="80" width="100" height="80"/></bpmndi:BPMNShape>'
    )


def edge(id_: str) -> str:
    return (
        f'<bpmndi:BPMNEdge id="edge_{id_}" bpmnElement="{id_}">'
        '<di:waypoint x="0" y="0"/><di:waypoint x="9" y="0"/></bpmndi:BPMNEdge>'
    )


def alarm(kind: str, code: str) -> str:
    """Give the definition of an error, escalation or cancel; what it refers to draws itself."""
    refers = f'{kind}Ref="{kind}_{code}"' if code else ""
    return f"<bpmn:{kind}EventDefinition {refers}/>"


def extensions(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def messaging(message: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{message}"/>'


def signalling(signal: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="{signal}"/>'


def holding(condition: str) -> str:
    return (
        f"<bpmn:conditionalEventDefinition><bpmn:condition>{escape(condition)}</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>"
    )


def timing(text: str, kind: str = "timeDuration") -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}>"
        "</bpmn:timerEventDefinition>"
    )


def variable(name: str, default: str) -> str:
    return f'<banjie:variable name="{name}" default="{escape(default)}" zh="{name}" en="{name}"/>'


def table(
    id_: str,
    inputs: list[str],
    outputs: list[str],
    rows: list[tuple[list[str], list[str]]],
    more: str = "",
    *,
    default: str = "",
) -> bytes:
    """Give a DMN file; a row is (input cells, output cells), `default` of every output."""
    otherwise = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
    heads = "".join(
        f'<input id="{id_}_i{n}"><inputExpression id="{id_}_e{n}"><text>{escape(text)}</text>'
        "</inputExpression></input>"
        for n, text in enumerate(inputs)
    ) + "".join(
        f'<output id="{id_}_o{n}" name="{name}">{otherwise if default else ""}</output>'
        for n, name in enumerate(outputs)
    )
    body = "".join(
        f'<rule id="{id_}_r{n}">{described(tests)}'
        + "".join(
            f'<inputEntry id="{id_}_r{n}i{c}"><text>{escape(cell)}</text></inputEntry>'
            for c, cell in enumerate(tests)
        )
        + "".join(
            f'<outputEntry id="{id_}_r{n}o{c}"><text>{escape(cell)}</text></outputEntry>'
            for c, cell in enumerate(made)
        )
        + "</rule>"
        for n, (tests, made) in enumerate(rows, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        'xmlns:banjie="urn:banjie:bpmn:1" id="d" name="d" namespace="urn:test">'
        f"<decision {named(id_)} {more if 'ourDefault' in more else ''}>"
        f'<decisionTable id="{id_}_t" {more if "hitPolicy" in more else ""}>{heads}{body}'
        "</decisionTable></decision></definitions>"
    ).encode()


def described(tests: list[str]) -> str:
    """Say the cells of a row in both languages."""
    said = escape("；".join(tests))
    return f"<description>遇 {said} / for {said}</description>"


def files_of(*processes: Process, **tables: bytes) -> dict[str, bytes]:
    """Lay processes and tables out as a repository does."""
    return {
        **{f"bpmn/test/{each.process}.bpmn": each.bytes() for each in processes},
        **{f"bpmn/decisions/{id_.replace('_', '-')}.dmn": data for id_, data in tables.items()},
    }


def compiled(
    *processes: Process,
    fields: tuple[str, ...] = (),
    tables: dict[str, bytes] | None = None,
    calendars: tuple[str, ...] = ("standard",),
) -> Compiled:
    """Compile the first process with the others; every step has a form with these fields."""
    forms = {f"{each.process}/{id_}": fields for each in processes for id_ in each.ids}
    files = files_of(*processes)
    files |= {f"bpmn/decisions/{id_}.dmn": data for id_, data in (tables or {}).items()}
    return compile_procedure(
        files,
        root=processes[0].process,
        roles=ROLES,
        clauses={"CM-01"},
        forms=forms,
        operators=OPERATORS,
        calendars=calendars,
    )


def deciding(condition: str, *fields: str) -> Compiled:
    """Compile opened → ask → which → done if the condition holds, or else → otherwise."""
    drawn = Process("demo")
    drawn.message_start()
    drawn.user("ask")
    drawn.xor("which", "which_to_otherwise")
    drawn.end()
    drawn.end("otherwise")
    drawn.chain("opened", "ask", "which", "otherwise")
    drawn.flow("which", "done", condition)
    return compiled(drawn, fields=fields)
