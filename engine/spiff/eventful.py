"""What the drawing of an event says: what it throws or waits for, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.spiff.xml import NAMESPACES, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

MESSAGE: Final = "messageEventDefinition"
SIGNAL: Final = "signalEventDefinition"
TIMER: Final = "timerEventDefinition"
CONDITIONAL: Final = "conditionalEventDefinition"
CHOICE: Final = "eventBasedGateway"
DUTY_DATE: Final = "duty_date"
"""The variable in which a case that the clock starts finds the day it stands for (ISO 8601)."""

STARTS: Final[Mapping[tuple[str, ...], str]] = MappingProxyType(
    {(): "none", (MESSAGE,): "message", (TIMER,): "timer", (SIGNAL,): "signal"}
)
"""What may begin a procedure: the definitions of its start event, and the kind that they make."""


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
    def duration(self) -> str | None:
        found = self.xml.find("bpmn:timerEventDefinition/bpmn:timeDuration", NAMESPACES)
        return (found.text or "").strip() if found is not None else None

    @property
    def schedule(self) -> str | None:
        """The date or cycle of a timer."""
        for name in ("timeDate", "timeCycle"):
            found = self.xml.find(f"bpmn:timerEventDefinition/bpmn:{name}", NAMESPACES)
            if found is not None:
                return (found.text or "").strip()
        return None

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
