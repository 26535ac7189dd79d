"""What SpiffWorkflow is shown of a drawing: not what we run by ourselves, or only draw."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import BPMN

if TYPE_CHECKING:
    from lxml import etree

HIDDEN: Final = tuple(
    f"{{{BPMN}}}{name}"
    for name in (
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
    )
)


def plain(root: etree._Element) -> etree._Element:
    """Give the drawing without those elements; the very same one if it has none of them."""
    if next(root.iter(*HIDDEN), None) is None:
        return root
    bare = deepcopy(root)
    for xml in list(bare.iter(*HIDDEN)):
        parent = xml.getparent()
        if parent is not None:
            parent.remove(xml)
    return bare
