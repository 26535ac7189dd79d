"""`<banjie:actions>` of a step, or of a whole procedure: who may do what, as drawn."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

_PEOPLE: Final = frozenset({"role", "supervisor", "anyone", "nobody"})
_SWITCH: Final = frozenset({"yes", "no"})
ACTIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "transfer": _PEOPLE,
        "delegate": _PEOPLE,
        "addsign": _PEOPLE,
        "copy": _PEOPLE,
        "assign": _PEOPLE,
        "urge": _PEOPLE | {"concerned"},
        "return": _SWITCH,
        "withdraw": _SWITCH,
    }
)
"""The actions on a step, and the words that each knows besides codes of roles (switches: none)."""

CASE_ACTIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        **dict.fromkeys(("suspend", "cancel", "reopen"), _PEOPLE),
        "followup": _PEOPLE | {"concerned"},
    }
)
"""The actions on a whole case, written at the procedure's process."""


def is_switch(action: str) -> bool:
    """Say whether an action is only allowed or not, whoever does it."""
    return ACTIONS.get(action) == _SWITCH


def actions_of(xml: etree._Element) -> dict[str, tuple[str, ...]]:
    """Give the words of each action that is drawn for an element."""
    found = xml.find("bpmn:extensionElements/banjie:actions", NAMESPACES)
    if found is None:
        return {}
    return {str(name): tuple(str(words).split()) for name, words in found.attrib.items()}
