"""Connectors: what a service task may ask of the world outside, after the commit, by a worker.

A diagram names an operation and gives its parameters; where the outside is (a mail server, the
addresses of endpoints) is a setting of the installation and never comes from a case.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.connectors import mail, webhook
from engine.connectors.calls import (
    Asked,
    Connector,
    DeclaredError,
    Outside,
    RefusedCallError,
    RetryLaterError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff import Names

__all__ = [
    "REGISTRY",
    "Asked",
    "Connector",
    "DeclaredError",
    "Outside",
    "RefusedCallError",
    "RetryLaterError",
    "operators",
    "titles",
]

REGISTRY: Final[Mapping[str, Connector]] = MappingProxyType(
    {each.name: each for each in (mail.CONNECTOR, webhook.CONNECTOR)}
)
"""Every connector by the name that diagrams call it by."""


def operators() -> dict[str, tuple[str, ...]]:
    """Return the names of each connector's parameters, for publishing to check diagrams by."""
    return {name: tuple(each.parameters) for name, each in REGISTRY.items()}


def titles(operator: str) -> Mapping[str, Names]:
    """Return what people call a connector's parameters and results, none of one that is gone."""
    connector = REGISTRY.get(operator)
    return {**connector.parameters, **connector.results} if connector else {}
