"""What a DMN file holds besides tables: requirements between decisions, and what we do not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from engine.spiff.dmn.heads import NS
from engine.spiff.files.sheet import local
from engine.spiff.files.xml import DMN
from engine.spiff.language.expressions import is_name
from engine.spiff.model import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

    from engine.spiff.dmn.heads import Reader

MOST_REQUIRED: Final = 50
_TOLD: Final = frozenset(
    {
        "allowedAnswers", "association", "authorityRequirement", "decisionMaker", "decisionOwner",
        "description", "extensionElements", "group", "impactedPerformanceIndicator",
        "knowledgeSource", "organizationUnit", "performanceIndicator", "question",
        "supportedObjective", "textAnnotation", "usingProcess", "usingTask",
    }
)  # fmt: skip
"""What only tells people something, in a file or in a decision."""
_IN_FILE: Final = _TOLD | {"decision", "inputData"}
_IN_DECISION: Final = _TOLD | {
    "decisionTable", "informationRequirement", "literalExpression", "variable",
}  # fmt: skip
_IN_COLUMN: Final = frozenset(
    {
        "annotation", "annotationEntry", "defaultOutputEntry", "description", "extensionElements",
        "input", "inputEntry", "inputExpression", "inputValues", "output", "outputEntry",
        "outputValues", "rule", "text",
    }
)  # fmt: skip
_WORDS: Final[Mapping[str, Names]] = {
    "businessKnowledgeModel": Names("知识模型", "business knowledge model"),
    "knowledgeRequirement": Names("知识要求", "knowledge requirement"),
    "context": Names("上下文", "context"),
    "invocation": Names("调用", "invocation"),
    "relation": Names("关系表", "relation"),
    "list": Names("列表", "list"),
    "functionDefinition": Names("函数", "function"),
    "decisionService": Names("决策服务", "decision service"),
    "itemDefinition": Names("类型定义", "type definition"),
    "import": Names("导入", "import"),
}
_CURES: Final[Mapping[str, Names]] = {
    "itemDefinition": Names(
        "请用 string、number 等类型，允许的值写在列头（inputValues、outputValues）。",
        "Use string, number and so on; write allowed values at the column (inputValues).",
    ),
    "import": Names("请把相关决策放进同一个文件。", "Put the decisions into one file."),
}
_ORDINARY: Final = Names(
    "请改用决策表或文字表达式，先算的部分另立决策并画信息要求。",
    "Use a table or a literal expression; draw what comes first as a decision that is required.",
)


class Requirements(NamedTuple):
    """The decisions that one requires, and the input data, None where none is drawn."""

    decisions: tuple[str, ...] = ()
    inputs: frozenset[str] | None = None


NONE_REQUIRED: Final = Requirements()


def refuse_strangers(reader: Reader, root: etree._Element, decision: etree._Element) -> None:
    """Refuse by name what the file or the decision holds that we do not run."""
    strangers = [xml for xml in root if _is_dmn(xml) and local(xml) not in _IN_FILE]
    strangers += [xml for xml in decision if _is_dmn(xml) and local(xml) not in _IN_DECISION]
    for table in decision.findall("dmn:decisionTable", NS):
        strangers += [
            x for x in table.iterdescendants() if _is_dmn(x) and local(x) not in _IN_COLUMN
        ]
    for xml in strangers:
        name = local(xml)
        words, cure = _WORDS.get(name, Names(name, name)), _CURES.get(name, _ORDINARY)
        reader.refuse(
            xml.get("id") or decision.get("id"), "unsupported_dmn",
            f"不支持{words.zh}（{name}）“{xml.get('name') or xml.get('id') or ''}”。{cure.zh}",
            f'A {words.en} ({name}) is not supported: "{xml.get("name") or xml.get("id") or ""}". '
            f"{cure.en}",
        )  # fmt: skip
    for xml in (decision, *decision.iterdescendants()):
        language = xml.get("expressionLanguage")
        if language and "feel" not in language.lower():
            reader.refuse(
                decision.get("id"), "unsupported_dmn",
                f"不支持表达式语言 {language}。请删去 expressionLanguage。",
                f"The expression language {language} is not supported. Delete expressionLanguage.",
            )  # fmt: skip


def _is_dmn(xml: etree._Element) -> bool:
    return isinstance(xml.tag, str) and xml.tag.startswith(f"{{{DMN}}}")


def requirements_of(reader: Reader, root: etree._Element, decision: etree._Element) -> Requirements:
    """Read what a decision requires; a requirement that leads nowhere goes to the reader."""
    there = {xml.get("id"): xml for xml in root if isinstance(xml.tag, str)}
    decisions: dict[str, None] = {}
    inputs: set[str] = set()
    drawn = False
    for kind, href in _hrefs(decision):
        xml = there.get(href.removeprefix("#"))
        wanted = "decision" if kind == "requiredDecision" else "inputData"
        if not href.startswith("#") or xml is None or local(xml) != wanted:
            reader.refuse(
                decision.get("id"), "no_requirement",
                f"信息要求指向的“{href}”不在本文件里。请把它画在同一个文件中。",
                f'The requirement leads to "{href}", which is not in this file. Draw it here.',
            )  # fmt: skip
        elif wanted == "decision":
            decisions[href[1:]] = None
        else:
            drawn = True
            inputs |= set(_input_name(reader, xml))
    return Requirements(tuple(decisions), frozenset(inputs) if drawn else None)


def _hrefs(decision: etree._Element) -> Iterator[tuple[str, str]]:
    for requirement in decision.findall("dmn:informationRequirement", NS):
        for xml in requirement:
            if _is_dmn(xml) and local(xml) in {"requiredDecision", "requiredInput"}:
                yield local(xml), xml.get("href") or ""


def _input_name(reader: Reader, xml: etree._Element) -> Iterator[str]:
    variable = xml.find("dmn:variable", NS)
    name = (variable if variable is not None else xml).get("name") or ""
    if is_name(name):
        yield name
    else:
        reader.refuse(
            xml.get("id"), "input_name",
            f"输入数据“{xml.get('id')}”的变量名“{name}”不是字段名。"
            "请在 variable 的 name 写字段名。",
            f'Input data "{xml.get("id")}": "{name}" is no field. Write its variable\'s name so.',
        )  # fmt: skip
