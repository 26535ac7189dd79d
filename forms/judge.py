"""What a form asks of the expression language; `engine.spiff` brings the one that we use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Expression(Protocol):
    @property
    def names(self) -> frozenset[str]: ...

    def evaluate(self, data: Mapping[str, object]) -> object: ...


class Judge(Protocol):
    def compile(self, text: str) -> Expression:
        """Raise for a text outside the language; the exception may carry `zh` and `en`."""
        ...
