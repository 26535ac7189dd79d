"""Reading one decision table: columns, rows, defaults and hit policy, each cell compiled."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.spiff.decisions import Decider, Rule, compile_output, compile_test
from engine.spiff.expressions import (
    EvaluationError,
    ExpressionError,
    compile_expression,
    is_name,
)
from engine.spiff.model import Names, Problem, Row, Table
from engine.spiff.policies import UNIQUE, WORDS, Policy
from engine.spiff.sheet import names_of, own
from engine.spiff.xml import DMN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from engine.spiff.expressions import Expression

NS: Final = {"dmn": DMN}


class Reader:
    """Collects the problems of one decision while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def refuse(self, element: str | None, code: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.file, element, code, zh, en))

    def compiled(
        self, compile_: Callable[[str], Expression | None], text: str, where: tuple[str, str, str]
    ) -> Expression | None:
        """Compile a cell; `where` is its id and its place in Chinese and English."""
        try:
            return compile_(text)
        except ExpressionError as error:
            element, zh, en = where
            self.refuse(
                element, "bad_cell",
                f"{zh}“{text}”：{error.zh}", f'{en} "{text}": {error.en}',
            )  # fmt: skip
            return None


def read_grid(reader: Reader, decision: etree._Element) -> Decider | None:
    """Read a decision's table; None if it has none. What is wrong with it goes to the reader."""
    id_ = decision.get("id") or ""
    table = decision.find("dmn:decisionTable", NS)
    if table is None:
        reader.refuse(
            id_, "no_table",
            f"决策“{id_}”没有决策表。请只用决策表，不用文字表达式。",
            f'Decision "{id_}" has no table. Use a table, not a literal expression.',
        )  # fmt: skip
        return None
    policy = _policy(reader, table, id_)
    _check_names(reader, decision, id_)
    texts = [_text(xml.find("dmn:inputExpression", NS)) for xml in table.findall("dmn:input", NS)]
    inputs = [
        reader.compiled(compile_expression, text, (id_, f"第{n}个输入", f"Input {n}"))
        for n, text in enumerate(texts, 1)
    ]
    outputs = tuple(_outputs(reader, table, id_))
    rows = tuple(_rows(table, whole=own(decision, "ourDefault")))
    rules = tuple(_rules(reader, rows, len(texts), len(outputs)))
    default = _defaults(table)
    defaults = tuple(
        reader.compiled(
            compile_output, text, (id_, f"第{n}个输出的默认值", f"Default of output {n}")
        )
        for n, text in enumerate(default, 1)
    )
    _check_aggregation(reader, policy, rules, outputs, id_)
    public = Table(
        id=id_, file=reader.file, names=names_of(decision),
        our_default=own(decision, "ourDefault") == "true",
        inputs=tuple(texts), outputs=outputs, rules=rows,
        input_names=_headings(table, "dmn:input"), output_names=_headings(table, "dmn:output"),
        policy=policy.words or WORDS[UNIQUE], default=default,
    )  # fmt: skip
    known = tuple(expression for expression in inputs if expression is not None)
    return Decider(public, known, outputs, rules, policy, defaults)


def _policy(reader: Reader, table: etree._Element, id_: str) -> Policy:
    policy = Policy(table.get("hitPolicy") or UNIQUE, table.get("aggregation") or "")
    if policy.words is None:
        reader.refuse(
            id_, "hit_policy",
            f"决策“{id_}”的命中策略 {policy.full_name} 不支持。{policy.cure.zh}",
            f'Decision "{id_}" has hit policy {policy.full_name}. {policy.cure.en}',
        )  # fmt: skip
    return policy


def _defaults(table: etree._Element) -> tuple[str, ...]:
    found = [
        _text(xml.find("dmn:defaultOutputEntry", NS)) for xml in table.findall("dmn:output", NS)
    ]
    return tuple(found) if any(found) else ()


def _check_aggregation(
    reader: Reader, policy: Policy, rules: tuple[Rule, ...], outputs: tuple[str, ...], id_: str
) -> None:
    """Let an aggregated table have one column (DMN 1.3, 8.2.11), of numbers if it reckons."""
    if policy.aggregation and len(outputs) != 1:
        reader.refuse(
            id_, "aggregation",
            f"{policy.full_name} 只能有一个输出列，现有 {len(outputs)} 列。请拆成几张表。",
            f"{policy.full_name} needs one output column, not {len(outputs)}. Split the table.",
        )  # fmt: skip
    for n, rule in enumerate(rules if policy.reckons else (), 1):
        for cell in rule.outputs:
            if cell is None or not _may_be_number(cell):
                reader.refuse(
                    rule.id, "aggregation",
                    f"第{n}行的输出不是数，{policy.full_name} 无法汇总。请写数，如 10.50。",
                    f"Row {n}: the output is no number, as {policy.full_name} needs. "
                    "Write one, such as 10.50.",
                )  # fmt: skip


def _may_be_number(cell: Expression) -> bool:
    if cell.names:
        return True
    try:
        value = cell.evaluate({})
    except EvaluationError:
        return False
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _check_names(reader: Reader, decision: etree._Element, id_: str) -> None:
    stem = reader.file.rsplit("/", 1)[-1].removesuffix(".dmn")
    if id_ != stem:
        reader.refuse(
            id_, "decision_id",
            f"决策的 id 是“{id_}”，应与文件名“{stem}”相同。",
            f'The decision\'s id is "{id_}"; it must be the file\'s name "{stem}".',
        )  # fmt: skip
    names: Names = names_of(decision)
    if not names.zh or not names.en:
        reader.refuse(
            id_, "name_missing",
            f"决策“{id_}”缺少中文名 name 或英文名 banjie:nameEn。",
            f'Decision "{id_}" lacks its name or banjie:nameEn.',
        )  # fmt: skip


def _outputs(reader: Reader, table: etree._Element, id_: str) -> Iterator[str]:
    found = [xml.get("name") or "" for xml in table.findall("dmn:output", NS)]
    for n, name in enumerate(found, 1):
        if not is_name(name) or found.count(name) > 1:
            reader.refuse(
                id_, "output_name",
                f"第{n}个输出的名称“{name}”不能作变量名，或重复了。请改为小写字母和下划线。",
                f'Output {n}: "{name}" cannot be a variable, or is there twice. Use snake_case.',
            )  # fmt: skip
        yield name


def _headings(table: etree._Element, kind: str) -> tuple[Names, ...]:
    """Give the columns' labels; a column without one is headed by its expression or variable."""
    headings = []
    for xml in table.findall(kind, NS):
        plain = xml.get("name") or _text(xml.find("dmn:inputExpression", NS))
        zh = xml.get("label") or plain
        headings.append(Names(zh, own(xml, "nameEn") or zh))
    return tuple(headings)


def _rows(table: etree._Element, *, whole: str | None) -> Iterator[Row]:
    for n, rule in enumerate(table.findall("dmn:rule", NS), 1):
        inputs = tuple(_text(cell) for cell in rule.findall("dmn:inputEntry", NS))
        outputs = tuple(_text(cell) for cell in rule.findall("dmn:outputEntry", NS))
        ours = "true" in (whole, own(rule, "ourDefault"))
        yield Row(rule.get("id") or f"row_{n}", inputs, outputs, _note(rule), ours)


def _rules(reader: Reader, rows: tuple[Row, ...], inputs: int, outputs: int) -> Iterator[Rule]:
    for n, row in enumerate(rows, 1):
        if (len(row.inputs), len(row.outputs)) != (inputs, outputs):
            reader.refuse(
                row.id, "row_length",
                f"第{n}行的单元格数与表头不符。", f"Row {n} has not as many cells as the table.",
            )  # fmt: skip
            continue
        tests = tuple(
            reader.compiled(compile_test, text, (row.id, f"第{n}行第{c}列", f"Row {n}, column {c}"))
            for c, text in enumerate(row.inputs, 1)
        )
        made = tuple(
            reader.compiled(
                compile_output, text, (row.id, f"第{n}行第{c}列", f"Row {n}, column {c}")
            )
            for c, text in enumerate(row.outputs, inputs + 1)
        )
        yield Rule(row.id, tests, made)


def _note(rule: etree._Element) -> Names:
    """Split a row's description into Chinese and English at the slash."""
    zh, _, en = (rule.findtext("dmn:description", "", NS) or "").partition(" / ")
    return Names(zh.strip(), en.strip() or zh.strip())


def _text(xml: etree._Element | None) -> str:
    found = xml.find("dmn:text", NS) if xml is not None else None
    return (found.text or "").strip() if found is not None else ""
