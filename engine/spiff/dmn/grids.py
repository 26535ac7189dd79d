"""Reading one decision table: columns, rows, defaults and hit policy, each cell compiled."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from engine.spiff.dmn.decisions import Decider, Rule
from engine.spiff.dmn.heads import NS, constant_of, note_of, read_heads, text_of
from engine.spiff.dmn.kinds import NUMBER, kind_of
from engine.spiff.dmn.policies import UNIQUE, WORDS, Policy
from engine.spiff.files.sheet import names_of, own
from engine.spiff.language.expressions import compile_expression, is_name
from engine.spiff.model import Names, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from engine.spiff.dmn.decisions import Column
    from engine.spiff.dmn.heads import Reader
    from engine.spiff.language.expressions import Expression


def read_grid(reader: Reader, decision: etree._Element, table: etree._Element) -> Decider:
    """Read a decision's table; what is wrong with it goes to the reader."""
    id_ = decision.get("id") or ""
    policy = _policy(reader, table, id_)
    texts = [text_of(xml.find("dmn:inputExpression", NS)) for xml in table.findall("dmn:input", NS)]
    inputs = [
        reader.compiled(compile_expression, text, (id_, f"第{n}个输入", f"Input {n}"))
        for n, text in enumerate(texts, 1)
    ]
    outputs = tuple(_outputs(reader, decision, table))
    asked, made = read_heads(reader, table, id_)
    rows = tuple(_rows(table, whole=own(decision, "ourDefault")))
    rules = tuple(_rules(reader, rows, asked, made))
    default = _defaults(table)
    defaults = tuple(
        reader.output(text, column, (id_, f"第{n}个输出的默认值", f"Default of output {n}"))
        for n, (text, column) in enumerate(zip(default, made, strict=False), 1)
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
    return Decider(public, known, asked, outputs, made, rules, policy, defaults)


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
        text_of(xml.find("dmn:defaultOutputEntry", NS)) for xml in table.findall("dmn:output", NS)
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
    known, value = constant_of(cell)
    return not known or kind_of(value) == NUMBER


def _outputs(reader: Reader, decision: etree._Element, table: etree._Element) -> Iterator[str]:
    """Give the outputs' names; an only output may be named by the decision's variable instead."""
    variable = decision.find("dmn:variable", NS)
    other = (variable.get("name") or "") if variable is not None else ""
    found = [xml.get("name") or "" for xml in table.findall("dmn:output", NS)]
    if len(found) == 1 and is_name(other) and found[0] in {"", other}:
        found = [other]
    for n, name in enumerate(found, 1):
        if not is_name(name) or found.count(name) > 1:
            reader.refuse(
                decision.get("id"), "output_name",
                f"第{n}个输出的名称“{name}”不能作变量名，或重复了。请改为小写字母和下划线。",
                f'Output {n}: "{name}" cannot be a variable, or is there twice. Use snake_case.',
            )  # fmt: skip
        elif len(found) == 1 and is_name(other) and name != other:
            reader.refuse(
                decision.get("id"), "output_name",
                f"输出叫“{name}”，决策的变量却叫“{other}”。请改成一样。",
                f'The output is "{name}" and the decision\'s variable "{other}". Name them alike.',
            )  # fmt: skip
        yield name


def _headings(table: etree._Element, kind: str) -> tuple[Names, ...]:
    """Give the columns' labels; a column without one is headed by its expression or variable."""
    headings = []
    for xml in table.findall(kind, NS):
        plain = xml.get("name") or text_of(xml.find("dmn:inputExpression", NS))
        zh = xml.get("label") or plain
        headings.append(Names(zh, own(xml, "nameEn") or zh))
    return tuple(headings)


def _rows(table: etree._Element, *, whole: str | None) -> Iterator[Row]:
    for n, rule in enumerate(table.findall("dmn:rule", NS), 1):
        inputs = tuple(text_of(cell) for cell in rule.findall("dmn:inputEntry", NS))
        outputs = tuple(text_of(cell) for cell in rule.findall("dmn:outputEntry", NS))
        ours = "true" in (whole, own(rule, "ourDefault"))
        yield Row(rule.get("id") or f"row_{n}", inputs, outputs, note_of(rule), ours)


def _rules(
    reader: Reader, rows: tuple[Row, ...], asked: Sequence[Column], made: Sequence[Column]
) -> Iterator[Rule]:
    for n, row in enumerate(rows, 1):
        if (len(row.inputs), len(row.outputs)) != (len(asked), len(made)):
            reader.refuse(
                row.id, "row_length",
                f"第{n}行的单元格数与表头不符。", f"Row {n} has not as many cells as the table.",
            )  # fmt: skip
            continue
        places = ((row.id, f"第{n}行第{c}列", f"Row {n}, column {c}") for c in count(1))
        tests = tuple(
            reader.test(text, column, place)
            for text, column, place in zip(row.inputs, asked, places, strict=False)
        )
        places = (
            (row.id, f"第{n}行第{c}列", f"Row {n}, column {c}") for c in count(len(asked) + 1)
        )
        outputs = tuple(
            reader.output(text, column, place)
            for text, column, place in zip(row.outputs, made, places, strict=False)
        )
        yield Rule(row.id, tests, outputs)
