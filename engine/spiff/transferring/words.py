"""Naming what hinders a transfer by what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.model import Names
from engine.spiff.transferring import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spiff.fixes import Token
    from engine.spiff.model import Compiled
    from engine.spiff.plan import Mark
    from engine.spiff.transferring.verdicts import Obstacle


class Words:
    """The names of elements in the two versions, the older one first."""

    def __init__(self, old: Compiled, new: Compiled) -> None:
        self.old = old
        self.new = new

    def lost(self, token: Token, spec: Any) -> Obstacle:
        """Say why a token has no place in the process `spec` of the new version."""
        mark, name = token.mark, token.task_spec.name
        diagram = self.new.diagrams.get(mark.process)
        if name in spec.task_specs:
            return self.said(verdicts.other_kind, mark)
        if diagram is not None and mark.element in diagram.elements:
            return self.said(verdicts.elsewhere, mark)
        return self.said(verdicts.gone, mark)

    def said(self, say: Callable[[str, str, Names], Obstacle], mark: Mark) -> Obstacle:
        """Fill a sentence with the names of an element."""
        return say(mark.process, mark.element, self.names(mark.process, mark.element))

    def names(self, process: str, element: str) -> Names:
        """Give the names of an element, of the older version if it is there."""
        for version in (self.old, self.new):
            diagram = version.diagrams.get(process)
            if diagram is not None and element in diagram.elements:
                return diagram.called(element)
        return Names(element, element)
