"""Expressions: every one compiles, and every name in them is filled by something."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.spiff.elements.repeats import COUNTER, COUNTERS, Again, Many, repetition
from engine.spiff.elements.timing import literal_of
from engine.spiff.files.labels import shown
from engine.spiff.language.expressions import (
    ExpressionError,
    compile_expression,
    compile_script,
    is_name,
)
from engine.spiff.language.inference import tree_of
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources


SEVERAL: Final = (
    "逗号不能连接条件。几个条件之间请写 and 或 or；清单请写 [ ]。",
    "A comma joins no conditions. Write and or or between them, and lists as [ ].",
)


@dataclass(frozen=True)
class Text:
    """One text of a diagram that is computed: where it stands, and whether it is a script.

    `known` are names that it is given beside the variables. Texts of an element see what it sees;
    `around` those that see what its `scope` does, as the scripts around several instances.
    """

    sheet: Sheet
    element: str
    text: str
    script: bool = False
    known: tuple[str, ...] = ()
    scope: str = ""
    around: bool = False

    def compiled(self) -> tuple[frozenset[str], frozenset[str]]:
        """Give the names it reads and the names it assigns; ExpressionError if it is none."""
        if self.script:
            script = compile_script(self.text)
            return script.names, script.assigns
        return compile_expression(self.text).names.difference(self.known), frozenset()


def variables_declared(sources: Sources) -> Iterator[Problem]:
    """Let declared variables have a name that expressions can use and a JSON default."""
    for sheet in sources.sheets.values():
        for variable in sheet.variables:
            if not is_name(variable.name) or not _is_json(variable.default):
                yield Problem(
                    sheet.file, sheet.process_id, "bad_variable",
                    f"变量“{variable.name}”的名称或默认值 {variable.default} 不对。"
                    "名称用小写字母和下划线，默认值用 JSON（文字要加双引号）。",
                    f'Variable "{variable.name}": name or default {variable.default} is wrong. '
                    "Names are snake_case, defaults JSON (text in double quotes).",
                )  # fmt: skip


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def texts_compile(sources: Sources) -> Iterator[Problem]:
    """Let conditions, scripts and durations be ones that we can compute."""
    for sheet, node in sources.nodes():
        if node.kind == "scriptTask" and not (node.script or "").strip():
            yield Problem(
                sheet.file, node.id, "bad_expression",
                f"脚本任务“{node.id}”没有脚本。请写“名称 = 表达式”。",
                f'Script task "{node.id}" has no script. Write "name = expression".',
            )  # fmt: skip
    for text in texts(sources):
        said = _wrong_with(text)
        if said is not None:
            yield Problem(
                text.sheet.file, text.element, "bad_expression",
                f"“{text.element}”的“{shown(text.text)}”：{said[0]}",
                f'"{text.element}": "{shown(text.text)}": {said[1]}',
            )  # fmt: skip


def _wrong_with(text: Text) -> tuple[str, str] | None:
    try:
        text.compiled()
    except ExpressionError as error:
        return error.zh, error.en
    several = not text.script and isinstance(tree_of(text.text), ast.Tuple)
    return SEVERAL if several else None


def texts(sources: Sources) -> Iterator[Text]:
    """Give every text of the diagrams that is computed."""
    for sheet in sources.sheets.values():
        yield from texts_in(sheet)


def texts_in(sheet: Sheet) -> Iterator[Text]:
    """Give every text of a diagram that is computed."""
    for edge in sheet.edges:
        if edge.condition is not None:
            source = sheet.nodes.get(edge.source)
            scope = source.scope if source is not None else sheet.process_id
            yield Text(sheet, edge.id, edge.condition, scope=scope, around=True)
    for node in sheet.nodes.values():
        yield from _texts_of(sheet, node)


def _texts_of(sheet: Sheet, node: Node) -> Iterator[Text]:
    if script := (node.script or "").strip():
        yield Text(sheet, node.id, script, script=True)
    if node.timing and node.timing.text and literal_of(node.timing) is None:
        yield Text(sheet, node.id, node.timing.text)
    for text in node.computed:
        yield Text(sheet, node.id, text)
    yield from _texts_around(sheet, node, repetition(node))


def _texts_around(sheet: Sheet, node: Node, drawn: Many | Again | None) -> Iterator[Text]:
    """Give what is computed before and after an activity, and about its repetition."""
    many = isinstance(drawn, Many)
    outside = isinstance(drawn, Many) and not drawn.on_each
    for script in (node.extension("preScript"), node.extension("postScript")):
        if script:
            yield Text(sheet, node.id, script, script=True, scope=node.scope, around=outside)
    for text in drawn.texts if drawn else ():
        outside = isinstance(drawn, Many) and text == drawn.count
        known = () if outside else (COUNTER, *COUNTERS) if many else (COUNTER,)
        yield Text(sheet, node.id, text, known=known, scope=node.scope, around=outside)
