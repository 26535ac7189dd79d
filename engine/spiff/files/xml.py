"""Reading XML that a stranger may have written: no entities, no DTD, no network, limits on size."""

from __future__ import annotations

from typing import Final

from lxml import etree

from engine.spiff.foreign import of_xml
from engine.spiff.model import Problem

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ELEMENTS: Final = 50_000
MAX_DEPTH: Final = 256  # libxml2's own

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DMN: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
BANJIE: Final = "urn:banjie:bpmn:1"
NAMESPACES: Final = {"bpmn": BPMN, "di": BPMNDI, "dc": DC, "spiff": SPIFF, "banjie": BANJIE}


class UnreadableError(Exception):
    """A file cannot be read as a diagram or a table; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.en)
        self.problem = problem


def read_root(file: str, data: bytes, *, namespace: str) -> etree._Element:
    """Parse a file's bytes into its root `definitions`, or raise UnreadableError."""
    if len(data) > MAX_BYTES:
        _refuse(
            file, "file_too_large",
            f"文件有 {len(data)} 字节，上限是 5 MB。请拆分或删去内嵌的图片。",
            f"The file has {len(data)} bytes; the limit is 5 MB. Split it or drop embedded images.",
        )  # fmt: skip
    root = _parse(file, data)
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse(
            file, "dtd_refused",
            "文件含有 DOCTYPE 声明，可能带有外部实体。请删去该声明。",
            "The file has a DOCTYPE, which may carry entities. Delete that declaration.",
        )  # fmt: skip
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        _refuse(
            file, "too_many_elements",
            f"文件的元素超过 {MAX_ELEMENTS} 个。请拆分为几个图。",
            f"The file has more than {MAX_ELEMENTS} elements. Split it into several diagrams.",
        )  # fmt: skip
    _check_namespace(file, root, namespace)
    return root


def _parse(file: str, data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        _refuse(
            file, "not_xml",
            "这是 Excel、Word 或压缩文件，不是流程图或决策表。请用建模工具另存为 XML 再命名。",
            "This is an Excel, Word or zip file, no diagram or table. Save it from the modeller.",
        )  # fmt: skip
    try:
        return etree.fromstring(data.removeprefix(b"\xef\xbb\xbf"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (0, 0))
        place = f"第{line}行第{column}个字符处" if line else ""
        reason = str(error)[:200]
        if "depth" in reason:
            _refuse(
                file, "too_deep",
                f"{place}元素嵌套超过 {MAX_DEPTH} 层。请减少子流程的嵌套，改用调用活动。",
                f"Elements lie in each other more than {MAX_DEPTH} deep. Nest fewer sub-processes.",
            )  # fmt: skip
        raise UnreadableError(
            Problem(
                file, None, "not_xml",
                f"{place}不是可读的 XML 文件：{of_xml(reason)}。"
                "请在那里改正，或用建模工具重新导出（UTF-8）。",
                f"Not readable as XML ({reason}{_escaped(reason)}). Mend it there, or export it "
                "again from the modeller, as UTF-8.",
            )
        ) from error  # fmt: skip


def _escaped(reason: str) -> str:
    return "; in a condition write &lt;" if "invalid element name" in reason else ""


def _check_namespace(file: str, root: etree._Element, namespace: str) -> None:
    name = etree.QName(root)
    if name.namespace == namespace and name.localname == "definitions":
        return
    found = name.namespace or "—"
    _refuse(
        file, "wrong_namespace",
        f"根元素是 {name.localname}，命名空间是 {found}；应为 definitions，命名空间 {namespace}。",
        f"The root is {name.localname} of {found}; it must be definitions of {namespace}.",
    )  # fmt: skip


def _refuse(file: str, code: str, zh: str, en: str) -> None:
    raise UnreadableError(Problem(file, None, code, zh, en))


def words_of(xml: etree._Element, name: str) -> tuple[str, ...]:
    """Give the words of one of our own attributes."""
    return tuple((xml.get(f"{{{BANJIE}}}{name}") or "").split())
