"""What the drawing of an event says: what it throws or waits for, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.spiff.files.xml import BANJIE, NAMESPACES, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

MESSAGE: Final = "messageEventDefinition"
SIGNAL: Final = "signalEventDefinition"
TIMER: Final = "timerEventDefinition"
CONDITIONAL: Final = "conditionalEventDefinition"
TIMINGS: Final = {"limit": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}
CHOICE: Final = "eventBasedGateway"
DUTY_DATE: Final = "duty_date"
"""The variable in which a case that the clock starts finds the day it stands for (ISO 8601)."""

STARTS: Final[Mapping[tuple[str, ...], str]] = MappingProxyType(
    {(): "none", (MESSAGE,): "message", (TIMER,): "timer", (SIGNAL,): "signal"}
)
"""What may begin a procedure: the definitions of its start event, and the kind that they make."""


class Timing(NamedTuple):
    """What a timer event says: `kind` is "limit", "date" or "cycle", `text` a literal or not."""

    kind: str
    text: str


@dataclass(frozen=True)
class Parcel:
    """A message or signal: its name, the keys that correlate it, the variables it carries."""

    name: str = ""
    keys: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()


class Eventful:
    """The part of a node that is about events; most nodes have nothing of it."""

    if TYPE_CHECKING:
        kind: str
        events: tuple[str, ...]
        xml: etree._Element

    @property
    def timing(self) -> Timing | None:
        """When a timer event happens, as far as it is said."""
        for kind, tag in TIMINGS.items() if TIMER in self.events else ():
            found = self.xml.find(f"bpmn:timerEventDefinition/bpmn:{tag}", NAMESPACES)
            if found is not None:
                return Timing(kind, (found.text or "").strip())
        return None

    @property
    def schedule(self) -> str | None:
        """The date or cycle of a timer that begins a procedure."""
        timing = self.timing if self.kind == "startEvent" else None
        return timing.text if timing and timing.kind != "limit" else None

    @property
    def calendar(self) -> str | None:
        """The calendar that a timer event names."""
        return self.xml.get(f"{{{BANJIE}}}calendar")

    @property
    def condition(self) -> str | None:
        """The expression that a conditional event waits for."""
        found = self.xml.find("bpmn:conditionalEventDefinition/bpmn:condition", NAMESPACES)
        return (found.text or "").strip() if found is not None else None

    @property
    def signal_ref(self) -> str | None:
        """The id of the signal that the element throws or waits for."""
        found = self.xml.find("bpmn:signalEventDefinition", NAMESPACES)
        return found.get("signalRef") if found is not None else None

    @property
    def message_ref(self) -> str | None:
        """The id of the message that the element throws or waits for."""
        found = self.xml.find("bpmn:messageEventDefinition", NAMESPACES)
        return (found if found is not None else self.xml).get("messageRef")

    @property
    def interrupts(self) -> bool:
        """Whether a boundary event ends the activity that it hangs on."""
        return self.xml.get("cancelActivity") not in {"false", "0"}

    @property
    def offered(self) -> tuple[str, ...]:
        """The roles whose people may start a catching event themselves."""
        return words_of(self.xml, "offeredTo")

    @property
    def has_message(self) -> bool:
        """Whether it throws a message or waits for one."""
        return self.kind in {"sendTask", "receiveTask"} or MESSAGE in self.events

    @property
    def throws(self) -> bool:
        """Whether it sends its message or signal; the others wait for theirs."""
        return self.kind in {"sendTask", "intermediateThrowEvent", "endEvent"}
