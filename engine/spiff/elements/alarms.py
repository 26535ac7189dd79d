"""What errors, escalations and cancels are on a drawing: thrown by one event, caught by another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.spiff.files.eventful import Parcel
from engine.spiff.files.sheet import AT_ONCE
from engine.spiff.files.xml import NAMESPACES

if TYPE_CHECKING:
    from engine.spiff.files.sheet import Node, Sheet

ERROR: Final = "error"
ESCALATION: Final = "escalation"
CANCEL: Final = "cancel"
KINDS: Final = {f"{kind}EventDefinition": kind for kind in (ERROR, ESCALATION, CANCEL)}


@dataclass(frozen=True)
class Alarm:
    """What is thrown or caught: `kind` is "error", "escalation" or "cancel".

    A boundary event without a `code` catches any of its kind; a cancel never has one. What a
    connector throws has a code that nobody knows before: None, and it is none of `but`.
    """

    kind: str
    code: str | None = ""
    carries: tuple[str, ...] = ()
    but: frozenset[str] = frozenset()

    def fits(self, thrown: Alarm) -> bool:
        """Whether a boundary event for this catches what is thrown."""
        return self.kind == thrown.kind and self.code in {"", thrown.code}


def alarm(node: Node, sheet: Sheet) -> Alarm | None:
    """Give what an event throws or catches, with an empty code if none is drawn."""
    kind = next((KINDS[event] for event in node.events if event in KINDS), None)
    if kind is None:
        return None
    parcel = sheet.codes.get(reference(node, kind) or "", Parcel())
    return Alarm(kind, parcel.name, parcel.carries)


def reference(node: Node, kind: str) -> str | None:
    """Give the id of the error or escalation that an event refers to."""
    found = node.xml.find(f"bpmn:{kind}EventDefinition", NAMESPACES)
    return found.get(f"{kind}Ref") if found is not None else None


def thrown_by(node: Node, sheet: Sheet) -> Alarm | None:
    """Give what an element may throw: an event what it says, a connector's task any error."""
    if node.kind == "boundaryEvent":
        return None
    if node.kind == "serviceTask" and node.operator not in AT_ONCE:
        return Alarm(ERROR, None)
    return alarm(node, sheet)


def caught_at(host: Node, sheet: Sheet, thrown: Alarm) -> tuple[list[Node], Alarm | None]:
    """Give the boundary events of an activity that may catch an alarm, and what may go on outwards.

    One with the code comes before one that catches any.
    """
    traps = [(event, alarm(event, sheet)) for event in sheet.boundary(host.id)]
    fitting = [(event, trap) for event, trap in traps if trap and _may_catch(trap, thrown)]
    if thrown.code is not None:
        first = sorted(fitting, key=lambda found: not found[1].code)[:1]
        return [event for event, _ in first], None if first else thrown
    codes = {trap.code or "" for _, trap in fitting}
    left = None if "" in codes else replace(thrown, but=thrown.but | codes)
    return [event for event, _ in fitting], left


def _may_catch(trap: Alarm, thrown: Alarm) -> bool:
    unknown = thrown.code is None and trap.kind == thrown.kind and trap.code not in thrown.but
    return unknown or trap.fits(thrown)
