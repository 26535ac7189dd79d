"""What libraries say of a file in English, said in Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CHILDREN: Final = 6
LONGEST: Final = 300

_NAMESPACE: Final = re.compile(r"\{[^{}\s]*\}")
_WHERE: Final = re.compile(
    r"Element '(?P<tag>[^']*)'(?:, attribute '(?P<name>[^']*)')?: ", re.DOTALL
)
_TYPES: Final = {
    "ID": "id（字母或下划线开头，不含空格和冒号，且全文件唯一）",
    "IDREF": "另一元素的 id",
    "NCName": "名称（字母或下划线开头，不含空格和冒号）",
    "QName": "名称（字母或下划线开头，不含空格）",
    "boolean": "true 或 false",
    "double": "数字",
    "int": "整数",
    "integer": "整数",
    "anyURI": "网址",
}
_SCHEMA: Final[tuple[tuple[str, Callable[[re.Match[str]], str]], ...]] = (
    (
        r"This element is not expected\.(?: Expected is (?:one of )?\( (.*?) \)\.)?",
        lambda m: "不能出现在这里" + _expected("这里可以是", m[1]),
    ),
    (
        r"Missing child element\(s\)\.(?: Expected is (?:one of )?\( (.*?) \)\.)?",
        lambda m: "里面缺少子元素" + _expected("应有", m[1]),
    ),
    (r"The attribute '.*?' is not allowed\.", lambda _: "不能有"),
    (r"The attribute '(.*?)' is required but missing\.", lambda m: f"缺少属性 {m[1]}"),
    (
        r"'(.*?)' is not a valid value of the (?:atomic|union|list) type '(?:xs:)?(.*?)'\.",
        lambda m: f"的值“{m[1]}”不对，应为 {_TYPES.get(m[2], m[2])}",
    ),
    (
        r"\[facet 'enumeration'\] The value '(.*?)' is not an element of the set \{(.*?)\}\.",
        lambda m: f"的值“{m[1]}”不对，应为 {m[2].replace(chr(39), '')} 之一",
    ),
    (r"Character content .*is not allowed", lambda _: "里面不能直接写文字"),
    (r"No matching global declaration available", lambda _: "不是 BPMN 的元素，或命名空间不对"),
)
_ENGINE: Final[tuple[tuple[str, str], ...]] = (
    (r"There is no support implemented for this task type", "没有实现这类元素"),
    (r"No start event found", "没有开始事件"),
    (r"Process (.*) is not executable", "流程 {0} 没有标为可执行"),
    (r"Duplicate process ID: (.*)", "流程的 id“{0}”重复"),
    (r"The process '(.*?)' was not found", "找不到流程“{0}”"),
    (r"Could not find messageRef from message event definition: (.*)", "消息事件 {0} 没有指明消息"),
    (r"(\w+) identifier is missing from bpmn xml", "有一个 {0} 没有 id"),
    (r"Conditional event definition with missing condition", "条件事件没有写条件"),
    (r"Unknown Time Specification", "定时器没有写时间"),
    (r"Time Specification Error", "定时器的时间无法识别"),
    (r"Multiple instance|Loop", "循环或多实例的设置无法识别"),
    (r"maximum recursion depth", "嵌套或相互调用太深"),
)
_XML: Final[tuple[tuple[str, str], ...]] = (
    (
        r"Opening and ending tag mismatch: ([^\s,]+) line (\d+) and ([^\s,]+)",
        "第{1}行的 <{0}> 没有结束，却遇到了 </{2}>",
    ),
    (r"StartTag: invalid element name", "有一个“<”不是标签的开头；在条件或文字里请写 &lt;"),
    (r"Unescaped '<' not allowed in attributes", "属性值里有“<”；请写 &lt;，并检查引号是否成对"),
    (r"xmlParseEntityRef: no name|EntityRef: expecting ';'", "有一个“&”；在文字里请写 &amp;"),
    (r"Entity '(.*?)' not defined", "&{0}; 没有定义；请写出字符本身"),
    (r"AttValue: \" or ' expected", "属性值没有加引号"),
    (r"Specification mandates? value for attribute ([^\s,]+)", "属性 {0} 没有值"),
    (r"Attribute ([^\s,]+) redefined", "属性 {0} 写了两次"),
    (r"Namespace prefix ([^\s,]+) .*not defined", "前缀 {0} 没有声明（xmlns:{0}）"),
    (r"Premature end of data in tag ([^\s,]+) line (\d+)", "文件不完整：第{1}行的 <{0}> 没有结束"),
    (r"Extra content at the end", "文件末尾有多余的内容"),
    (r"Couldn't find end of Start Tag ([^\s,]+) line (\d+)", "第{1}行的标签 <{0} 没有写完"),
    (r"attributes construct error", "标签里的属性写法不对，如属性之间缺少空格"),
    (r"Document is empty|Start tag expected", "文件里没有 XML"),
    (r"not proper UTF-8|encoding", "文字编码不是 UTF-8"),
)


def of_xml(message: str) -> str:
    """Say in Chinese why a file cannot be read as XML."""
    return next(
        (
            said.format(*found.groups())
            for pattern, said in _XML
            if (found := re.search(pattern, message))
        ),
        "原因见英文说明",
    )


def of_schema(message: str) -> str:
    """Say in Chinese what the BPMN schema has against a file."""
    short = _NAMESPACE.sub("", message)
    where = _WHERE.match(short)
    place, rest = ("", short) if where is None else (_place(where), short[where.end() :])
    for pattern, say in _SCHEMA:
        if found := re.search(pattern, rest, re.DOTALL):
            return f"{place}{say(found)}"
    return f"{place}不合规范，原因见英文说明"


def bare(message: str) -> str:
    """Give what the schema has against a file without namespaces, and no longer than is read."""
    words = " ".join(_NAMESPACE.sub("", message).split())
    return f"{words[:LONGEST]}{'…' if len(words) > LONGEST else ''}"


def of_engine(message: str) -> str:
    """Say in Chinese why SpiffWorkflow refuses a diagram."""
    for pattern, said in _ENGINE:
        if found := re.search(pattern, message):
            return said.format(*found.groups())
    return "原因见英文说明"


def _place(where: re.Match[str]) -> str:
    return f"<{where['tag']}>" + (f" 的属性 {where['name']} " if where["name"] else " ")


def _expected(lead: str, listed: str | None) -> str:
    if not listed:
        return ""
    names = [f"<{name.strip()}>" for name in listed.split(",")]
    more = " 等" if len(names) > MOST_CHILDREN else ""
    return f"，{lead} {'、'.join(names[:MOST_CHILDREN])}{more}"
