"""The name of an element in the language of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.files.xml import BANJIE, NAMESPACES

if TYPE_CHECKING:
    from lxml import etree


def name_of(xml: etree._Element, lang: str) -> str:
    """Give an element's name, or a note's text; the other language's where one is missing."""
    zh = xml.get("name") or xml.findtext("bpmn:text", "", NAMESPACES) or ""
    en = xml.get(f"{{{BANJIE}}}nameEn", "")
    return ((en or zh) if lang == "en" else (zh or en)).strip()
