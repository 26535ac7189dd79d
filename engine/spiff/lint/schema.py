"""The BPMN schema, by upstream's validator, with every error and its element."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator

from engine.spiff import foreign
from engine.spiff.lint.ids import unusable
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.files.sources import Sources

MOST: Final = 20
_SCHEMA: Final[Any] = BpmnValidator().validator
_lock: Final = Lock()


def valid_bpmn(sources: Sources) -> Iterator[Problem]:
    """Let every diagram be valid against the BPMN 2.0 schema, ids that cannot be one left out."""
    for sheet in sources.sheets.values():
        told = {f"'{id_}' is not a valid value" for id_ in unusable(sheet)}
        for message, path in _errors(sheet):
            if any(each in message for each in told):
                continue
            element = _element_at(sheet, path)
            yield Problem(
                sheet.file, element, "schema",
                f"元素“{element or '—'}”不符合 BPMN 2.0：{foreign.of_schema(message)}。"
                "请用建模工具修正。",
                f'Element "{element or "—"}" is not BPMN 2.0: {foreign.bare(message)} '
                "Mend it in the modeller.",
            )  # fmt: skip


def _errors(sheet: Sheet) -> list[tuple[str, str]]:
    with _lock:
        if _SCHEMA.validate(sheet.root.getroottree()):
            return []
        return [(error.message, error.path or "") for error in _SCHEMA.error_log][:MOST]


def _element_at(sheet: Sheet, path: str) -> str | None:
    prefixes = {prefix: uri for prefix, uri in sheet.root.nsmap.items() if prefix}
    try:
        found: Any = sheet.root.getroottree().xpath(path, namespaces=prefixes)
    except etree.XPathError:
        return None
    xml = found[0] if found else None
    while xml is not None and not xml.get("id"):
        xml = xml.getparent()
    return xml.get("id") if xml is not None else None
