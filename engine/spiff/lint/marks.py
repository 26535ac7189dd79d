"""Our own marks: attributes and elements of `urn:banjie:bpmn:1`; a misspelt one would be lost."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.files.actions import ACTIONS, CASE_ACTIONS
from engine.spiff.files.xml import BANJIE
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sources import Sources

ATTRIBUTES: Final = frozenset(
    {
        "nameEn", "clauses", "source", "roleFrom", "notifies", "clock", "ourDefault", "keys",
        "carries", "offeredTo", "variable", "calendar", "lanes",
    }
)  # fmt: skip
ELEMENTS: Final = {
    "actions": frozenset({*ACTIONS, *CASE_ACTIONS}),
    "variable": frozenset({"name", "default", "values", "zh", "en"}),
    "guarantee": frozenset({"id", "kind", "what", "after", "other", "person", "zh", "en"}),
}


def known_marks(sources: Sources) -> Iterator[Problem]:
    """Let whatever stands in our namespace be something that we read."""
    for sheet in sources.sheets.values():
        yield from unknown_marks(sheet.file, sheet.root)
    for reading in sources.tables.values():
        if reading.root is not None:
            yield from unknown_marks(reading.file, reading.root)


def unknown_marks(file: str, root: etree._Element) -> Iterator[Problem]:
    """Name each mark of ours in a file that is not known, with the one that may be meant."""
    for xml in root.iter(etree.Element):
        tag = etree.QName(xml)
        ours = tag.namespace == BANJIE
        if ours and tag.localname not in ELEMENTS:
            yield _unknown(file, xml, tag.localname, [*ELEMENTS])
        for name in map(etree.QName, xml.attrib):
            known = ATTRIBUTES
            if ours and not name.namespace:
                known = ELEMENTS.get(tag.localname, frozenset({name.localname}))
            elif name.namespace != BANJIE:
                continue
            if name.localname not in known:
                yield _unknown(file, xml, name.localname, sorted(known))


def _unknown(file: str, xml: etree._Element, name: str, known: list[str]) -> Problem:
    meant = get_close_matches(name, known, n=1)
    near: etree._Element | None = xml
    while near is not None and not near.get("id"):
        near = near.getparent()
    element = near.get("id") if near is not None else None
    choice = meant or known
    return Problem(
        file, element, "unknown_mark",
        f"“{element or '—'}”的 banjie:{name} 不认识。请改为：{'、'.join(choice)}。",
        f'"{element or "—"}" has banjie:{name}, which is not known. Use {", ".join(choice)}.',
    )  # fmt: skip
