"""Random edits of drawn procedures, as an owner makes them between two versions.

Each takes a drawing and changes it in place, or leaves it if there is nothing for it to change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.spiff.files.xml import BANJIE, BPMN
from tests.engine.spiff.drawing import timing

if TYPE_CHECKING:
    from random import Random

XML = Any
ACTIVITIES = ("userTask", "subProcess", "callActivity", "transaction")
STEPS = ("userTask", "scriptTask", "receiveTask", "serviceTask", "intermediateCatchEvent")
DURATIONS = ("P1D", "P6D", "3 working hours", "2 个工作日", "9 天")
CONDITIONS = ("n % 2 == 1", "n % 3 == 0", "n > 4", "n &lt; 2")


def tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def is_a(xml: XML, *kinds: str) -> bool:
    return etree.QName(xml).localname in kinds


@dataclass
class Editor:
    """Edits one file; `did` are the edits that found something to change."""

    root: XML
    random: Random
    prefix: str
    did: list[str] = field(default_factory=list)
    count: int = 0

    def edit(self, *kinds: str) -> None:
        kind = self.random.choice(kinds or EDITS)
        if getattr(self, kind)():
            self.did.append(kind)

    def id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.prefix}{self.count}"

    def flows(self) -> list[XML]:
        return list(self.root.iter(tag("sequenceFlow")))

    def node(self, id_: str) -> XML:
        return next(xml for xml in self.root.iter("{*}*") if xml.get("id") == id_)

    def out(self, id_: str) -> list[XML]:
        return [flow for flow in self.flows() if flow.get("sourceRef") == id_]

    def into(self, id_: str) -> list[XML]:
        return [flow for flow in self.flows() if flow.get("targetRef") == id_]

    def border(self, id_: str) -> list[XML]:
        return [e for e in self.root.iter(tag("boundaryEvent")) if e.get("attachedToRef") == id_]

    def any(self, *kinds: str) -> XML | None:
        """Give some element of these kinds, with one way in and out."""
        found = [
            xml
            for kind in kinds
            for xml in self.root.iter(tag(kind))
            if len(self.out(xml.get("id"))) == 1 and self._reachable_plainly(xml.get("id"))
        ]
        return self.random.choice(found) if found else None

    def _reachable_plainly(self, id_: str) -> bool:
        sources = [self.node(flow.get("sourceRef")) for flow in self.into(id_)]
        return bool(sources) and not any(is_a(xml, "eventBasedGateway") for xml in sources)

    def add(self, around: XML, kind: str, id_: str, inner: str = "", **attributes: str) -> XML:
        xml = etree.fromstring(f'<bpmn:{kind} xmlns:bpmn="{BPMN}">{inner}</bpmn:{kind}>')
        xml.set("id", id_)
        xml.set("name", id_)
        xml.set(f"{{{BANJIE}}}nameEn", id_)
        for name, value in attributes.items():
            xml.set(name, value)
        around.append(xml)
        if kind != "sequenceFlow":
            lane = next(self.root.iter(tag("lane")), None)
            if lane is not None:
                etree.SubElement(lane, tag("flowNodeRef")).text = id_
        return xml

    def flow(self, around: XML, source: str, target: str) -> XML:
        id_ = self.id("flow")
        return self.add(around, "sequenceFlow", id_, sourceRef=source, targetRef=target)

    def insert_step(self) -> bool:
        """Put a step into a flow, whose id stays with its first or its second half."""
        flows = [
            flow
            for flow in self.flows()
            if not is_a(self.node(flow.get("sourceRef")), "eventBasedGateway")
        ]
        flow = self.random.choice(flows)
        around, step = flow.getparent(), self.id("step")
        self.add(around, "userTask", step)
        from_gateway = "Gateway" in self.node(flow.get("sourceRef")).tag
        if from_gateway or self.random.random() < 0.5:
            self.flow(around, step, flow.get("targetRef"))
            flow.set("targetRef", step)
        else:
            self.flow(around, flow.get("sourceRef"), step)
            flow.set("sourceRef", step)
        return True

    def remove_step(self) -> bool:
        step = self.any(*STEPS)
        if step is None or self.border(step.get("id")) or step.get("id").startswith("counts"):
            return False
        [out] = self.out(step.get("id"))
        for flow in self.into(step.get("id")):
            sources = {f.get("targetRef") for f in self.out(flow.get("sourceRef"))}
            if out.get("targetRef") in sources | {step.get("id")}:
                return False
        for flow in self.into(step.get("id")):
            flow.set("targetRef", out.get("targetRef"))
        self._delete(step, out)
        return True

    def rename_step(self) -> bool:
        step = self.any(*STEPS)
        if step is None:
            return False
        was, now = step.get("id"), self.id("renamed")
        for xml in self.root.iter("{*}*"):
            for name in ("id", "sourceRef", "targetRef", "attachedToRef"):
                if xml.get(name) == was:
                    xml.set(name, now)
            if xml.text == was:
                xml.text = now
        return True

    def replace_kind(self) -> bool:
        step = self.any("userTask")
        if step is None:
            return False
        step.tag = tag("manualTask")
        return True

    def add_deadline(self) -> bool:
        host = self.any(*ACTIVITIES)
        if host is None:
            return False
        around, event = host.getparent(), self.id("late")
        inner, urge, end = self._timing(), self.id("urge"), self.id("urged")
        ref = {"attachedToRef": host.get("id"), "cancelActivity": "false"}
        self.add(around, "boundaryEvent", event, inner, **ref)
        self.add(around, "userTask", urge)
        self.add(around, "endEvent", end)
        self.flow(around, event, urge)
        self.flow(around, urge, end)
        return True

    def add_interruption(self) -> bool:
        host = self.any(*ACTIVITIES)
        if host is None:
            return False
        around, event = host.getparent(), self.id("stop")
        other, merge = self.id("other"), self.id("merge")
        self.add(around, "boundaryEvent", event, self._timing(), attachedToRef=host.get("id"))
        self.add(around, "userTask", other)
        self.add(around, "exclusiveGateway", merge)
        [out] = self.out(host.get("id"))
        self.flow(around, merge, out.get("targetRef"))
        out.set("targetRef", merge)
        self.flow(around, event, other)
        self.flow(around, other, merge)
        return True

    def remove_event(self) -> bool:
        events = [
            event
            for event in self.root.iter(tag("boundaryEvent"))
            if event.find(tag("errorEventDefinition")) is None
            and event.find(tag("cancelEventDefinition")) is None
        ]
        if not events:
            return False
        self._delete(self.random.choice(events))
        self._sweep()
        return True

    def alter_timer(self) -> bool:
        timers = list(self.root.iter(tag("timeDuration")))
        if not timers:
            return False
        timer = self.random.choice(timers)
        timer.text = self.random.choice(DURATIONS)
        if self.random.random() < 0.2:
            timer.tag, timer.text = tag("timeDate"), "2026-12-05"
        return True

    def alter_condition(self) -> bool:
        found = list(self.root.iter(tag("conditionExpression"), tag("condition")))
        found = [xml for xml in found if "rounds" not in (xml.text or "")]
        if not found:
            return False
        self.random.choice(found).text = self.random.choice(CONDITIONS).replace("&lt;", "<")
        return True

    def add_parallel(self) -> bool:
        step = self.any(*ACTIVITIES, *STEPS)
        if step is None or len(self.into(step.get("id"))) > 1 or self._may_end_otherwise(step):
            return False
        around, id_ = step.getparent(), step.get("id")
        fork, join, beside = self.id("fork"), self.id("join"), self.id("beside")
        self.add(around, "parallelGateway", fork)
        self.add(around, "parallelGateway", join)
        self.add(around, "userTask", beside)
        for flow in self.into(id_):
            flow.set("targetRef", fork)
        [out] = self.out(id_)
        if self.random.random() < 0.5:
            out.set("sourceRef", join)
            self.flow(around, id_, join)
        else:
            self.flow(around, join, out.get("targetRef"))
            out.set("targetRef", join)
        for source, target in ((fork, id_), (fork, beside), (beside, join)):
            self.flow(around, source, target)
        return True

    def _may_end_otherwise(self, host: XML) -> bool:
        return any(e.get("cancelActivity") != "false" for e in self.border(host.get("id")))

    def pair(self) -> tuple[XML, XML] | None:
        """Give a fork and the join that was drawn with it."""
        gateways = {xml.get("id"): xml for xml in self.root.iter(tag("parallelGateway"))}
        found = []
        for id_, fork in gateways.items():
            named = re.fullmatch(r"fork_([abc]?)(\d+)", id_)
            if named is None:
                continue
            letter, digits = named.groups()
            join = gateways.get(f"join_{letter}{int(digits) + 1}")
            if join is not None:
                found.append((fork, join))
        return self.random.choice(found) if found else None

    def add_branch(self) -> bool:
        pair = self.pair()
        if pair is None:
            return False
        fork, join = pair
        step = self.id("branch")
        self.add(fork.getparent(), "userTask", step)
        self.flow(fork.getparent(), fork.get("id"), step)
        self.flow(fork.getparent(), step, join.get("id"))
        return True

    def remove_branch(self) -> bool:
        pair = self.pair()
        if pair is None or len(self.out(pair[0].get("id"))) < 2:
            return False
        self._delete(self.random.choice(self.out(pair[0].get("id"))))
        self._sweep()
        return True

    def put_in_a_row(self) -> bool:
        """Let two branches of single steps follow each other."""
        pair = self.pair()
        if pair is None or len(self.out(pair[0].get("id"))) != 2:
            return False
        first, second = self.out(pair[0].get("id"))
        after = self.out(first.get("targetRef"))
        if len(after) != 1 or after[0].get("targetRef") != pair[1].get("id"):
            return False
        if self.border(first.get("targetRef")):
            return False
        after[0].set("targetRef", second.get("targetRef"))
        self._delete(second)
        return True

    def wrap(self) -> bool:
        """Move a step into a sub-process of its own."""
        step = self.any("userTask")
        if step is None or self.border(step.get("id")):
            return False
        around, part, id_ = step.getparent(), self.id("part"), step.get("id")
        place = around.index(step)
        sub = self.add(around, "subProcess", part)
        around.insert(place, sub)
        sub.append(step)
        begun, ended = self.id("begun"), self.id("ended")
        self.add(sub, "startEvent", begun)
        self.add(sub, "endEvent", ended)
        for flow in self.into(id_):
            flow.set("targetRef", part)
        for flow in self.out(id_):
            flow.set("sourceRef", part)
        self.flow(sub, begun, id_)
        self.flow(sub, id_, ended)
        return True

    def send_back(self) -> bool:
        """Let a step be done again while a number says so."""
        step = self.any("userTask")
        if step is None or any("Characteristics" in xml.tag for xml in step):
            return False
        around, gate = step.getparent(), self.id("gate")
        [out] = self.out(step.get("id"))
        xml = self.add(around, "exclusiveGateway", gate)
        onward = self.flow(around, gate, out.get("targetRef"))
        xml.set("default", onward.get("id"))
        out.set("targetRef", gate)
        back = self.flow(around, gate, step.get("id"))
        etree.SubElement(back, tag("conditionExpression")).text = "n % 5 == 4"
        return True

    def toggle_sequence(self) -> bool:
        found = list(self.root.iter(tag("multiInstanceLoopCharacteristics")))
        if not found:
            return False
        drawn = self.random.choice(found)
        drawn.set("isSequential", "false" if drawn.get("isSequential") == "true" else "true")
        return True

    def other_keys(self) -> bool:
        found = [xml for xml in self.root.iter(tag("message")) if xml.get("id", "") > "message"]
        for message in found:
            message.set("{urn:banjie:bpmn:1}keys", "n")
        return bool(found)

    def other_lane(self) -> bool:
        for lane in self.root.iter(tag("lane")):
            lane.set("name", "品管部")
        return True

    def _timing(self) -> str:
        return timing(self.random.choice(DURATIONS))

    def _delete(self, *gone: XML) -> None:
        for xml in gone:
            around = xml.getparent()
            if around is not None:
                around.remove(xml)

    def _sweep(self) -> None:
        """Take away what nothing leads to any more."""
        while dead := [xml for xml in self._nodes() if not self._is_led_to(xml)]:
            ids = {xml.get("id") for xml in dead}
            self._delete(*dead)
            flows = self.flows()
            self._delete(*(f for f in flows if {f.get("sourceRef"), f.get("targetRef")} & ids))
            inner = {xml.get("id") for xml in self.root.iter("{*}*")}
            self._delete(*(f for f in self.flows() if f.get("sourceRef") not in inner))
            refs = [r for r in self.root.iter(tag("flowNodeRef")) if r.text not in inner]
            self._delete(*refs)

    def _nodes(self) -> list[XML]:
        kinds = (*ACTIVITIES, *STEPS, "manualTask", "boundaryEvent", "endEvent",
                 "intermediateThrowEvent", "exclusiveGateway", "parallelGateway",
                 "inclusiveGateway", "eventBasedGateway")  # fmt: skip
        return [xml for kind in kinds for xml in self.root.iter(tag(kind))]

    def _is_led_to(self, xml: XML) -> bool:
        ids = {each.get("id") for each in self.root.iter("{*}*")}
        if is_a(xml, "boundaryEvent"):
            return xml.get("attachedToRef") in ids
        return any(flow.get("sourceRef") in ids for flow in self.into(xml.get("id")))


EDITS = (
    "insert_step", "remove_step", "rename_step", "replace_kind", "add_deadline",
    "add_interruption", "remove_event", "alter_timer", "alter_condition", "add_parallel",
    "add_branch", "remove_branch", "put_in_a_row", "wrap", "send_back", "toggle_sequence",
    "other_keys", "other_lane",
)  # fmt: skip
