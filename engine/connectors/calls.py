"""What every connector has in common: what it is asked, where the outside is, how it can fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import ToldError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from engine.spiff import Names


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: ``key`` is the same each time that it is tried, ``at`` (UTC) when it was asked."""

    parameters: Mapping[str, Any]
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outside:
    """Where the outside is: the mail server's address, and the endpoints' addresses by name."""

    smtp: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connector:
    """An operation that diagrams may ask for; ``run`` does it and returns its result.

    ``parameters`` are what it is asked, by the names that diagrams give them, and ``results`` the
    names of ours that it answers by, each with what people call it. ``errors`` are the codes that a
    diagram may catch by a boundary event. ``run`` raises DeclaredError with one of them,
    RetryLaterError and RefusedCallError.
    """

    name: str
    names: Names
    parameters: Mapping[str, Names]
    errors: Mapping[str, Names]
    run: Callable[[Asked, Outside], dict[str, Any]]
    results: Mapping[str, Names] = field(default_factory=dict)


class DeclaredError(Exception):
    """The outside said no in a way that a diagram can go on from."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RetryLaterError(ToldError):
    """The outside is away or busy: another time it may work."""


class RefusedCallError(ToldError):
    """What is asked for will not work however often it is tried; somebody has to see to it."""
