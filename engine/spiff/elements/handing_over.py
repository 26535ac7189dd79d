"""What a called process is given and gives back, where it says so by an ioSpecification.

A process without one gets a copy of all variables and hands back what it wrote. One that has it
gets its inputs and hands back its outputs, by name and nothing else: an input or output that is
not there is an error, unless the input or output set names it as optional.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spiff.files.xml import NAMESPACES
from engine.spiff.reading import failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.fixes import Token


@dataclass(frozen=True)
class Handing:
    """The names that go in and come back; `own` are the defaults that the process declares."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    own: Mapping[str, object] = field(default_factory=dict)

    def given(self, host: Token) -> dict[str, object]:
        """Give the variables that a called process begins with; RunError if an input is missing."""
        around = host.data
        values = dict(self.own)
        for name in self.inputs:
            if name in around:
                values[name] = around[name]
            elif name not in self.optional and name not in self.own:
                raise failure(
                    host,
                    f"调用需要变量“{name}”，它还没有值。请在调用之前填写，或在 inputSet 里"
                    "列为 optionalInputRefs。",
                    f'The call needs "{name}", which has no value yet. Fill it before, or name it '
                    "among the optionalInputRefs of the inputSet.",
                    variable=name,
                )  # fmt: skip
        return values

    def handed(self, host: Token, called: Any) -> dict[str, object]:
        """Give what a called process hands back; RunError if an output is missing."""
        found = {}
        for name in self.outputs:
            if name in called.written or (name in called.values and name not in self.inputs):
                found[name] = called.values[name]
            elif name not in called.values and name not in self.optional:
                raise failure(
                    host,
                    f"被调用流程“{called.spec.name}”结束时没有给出“{name}”。请在每条路上都填写它，"
                    "或在 outputSet 里列为 optionalOutputRefs。",
                    f'The called process "{called.spec.name}" has ended without "{name}". Fill it '
                    "on every way, or name it among the optionalOutputRefs of the outputSet.",
                    variable=name,
                )  # fmt: skip
        return found


def specification(process: etree._Element) -> etree._Element | None:
    """Give the ioSpecification of a process, if it has one."""
    return process.find("bpmn:ioSpecification", NAMESPACES)


def handing(sheet: Sheet) -> Handing | None:
    """Read what a called process is given and gives back; None if it does not say."""
    xml = specification(sheet.process)
    if xml is None:
        return None
    inputs, outputs = _named(xml, "dataInput"), _named(xml, "dataOutput")
    refs = (
        *xml.iterfind("bpmn:inputSet/bpmn:optionalInputRefs", NAMESPACES),
        *xml.iterfind("bpmn:outputSet/bpmn:optionalOutputRefs", NAMESPACES),
    )
    ids = {(ref.text or "").strip() for ref in refs}
    names = {**inputs, **outputs}
    return Handing(
        tuple(inputs.values()),
        tuple(outputs.values()),
        frozenset(names[id_] for id_ in ids if id_ in names),
        {each.name: _default(each.default) for each in sheet.variables},
    )


def _default(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:  # another rule refuses it
        return None


def _named(xml: etree._Element, tag: str) -> dict[str, str]:
    found = xml.iterfind(f"bpmn:{tag}", NAMESPACES)
    return {each.get("id") or "": each.get("name") or each.get("id") or "" for each in found}
