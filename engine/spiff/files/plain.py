"""What SpiffWorkflow is shown of a drawing: not what we run by ourselves, or only draw.

It looks elements up by their ids, whatever they are; so extensions are shown without theirs: a
service task may be called as its operation, an element as a guarantee.
"""

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


SAID: Final = "said"
"""The attribute that keeps the id of an extension."""


def plain(root: etree._Element) -> etree._Element:
    """Give a copy of the drawing without those elements, and without the ids of extensions."""
    bare = deepcopy(root)
    for xml in list(bare.iter(*HIDDEN)):
        parent = xml.getparent()
        if parent is not None:
            parent.remove(xml)
    for around in bare.iter(f"{{{BPMN}}}extensionElements"):
        for xml in around.iter("{*}*"):
            if "id" in xml.attrib:
                xml.set(SAID, xml.attrib.pop("id"))
    return bare
