"""The shipped procedure as its reader knows it: what a step is called and which form it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from engine.procedures.bundles import prepare, read_folder
from forms import Names

if TYPE_CHECKING:
    from engine.procedures.bundles import Bundle
    from forms import Form

PROCEDURE = "manufacturer-complaint"


@dataclass(frozen=True, slots=True)
class Page:
    """A form to fill in, and the heading that it stands under."""

    element: str
    heading: Names
    form: Form


@cache
def shipped() -> Bundle:
    """Return the procedure as it lies in the repository."""
    return prepare(read_folder(), PROCEDURE)


def start_page() -> Page:
    """Return the form that opens a case."""
    start = shipped().compiled.start
    form = shipped().forms[f"{start.process}/{start.element}"]
    return Page(start.element, form.title, form)


@cache
def task_page(element: str) -> Page:
    """Return the page of a step by its element id."""
    for diagram in shipped().compiled.diagrams.values():
        if element in diagram.steps:
            form = shipped().forms[f"{diagram.process}/{element}"]
            names = diagram.steps[element].names
            return Page(element, Names(names.zh, names.en), form)
    raise LookupError(element)
