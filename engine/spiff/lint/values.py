"""Expressions: every one compiles, and every name in them is filled by something."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Final

from engine.spiff.alarms import thrown_by
from engine.spiff.durations import looks_like_duration
from engine.spiff.expressions import (
    ExpressionError,
    compile_expression,
    compile_script,
    is_name,
)
from engine.spiff.habits import foreign_word
from engine.spiff.lint.sizes import shown
from engine.spiff.model import Problem
from engine.spiff.possible import carried
from engine.spiff.repeats import COUNTER, COUNTERS, repetition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.bundle import Bundle
    from engine.spiff.sheet import Node, Sheet

NEARLY_THE_SAME: Final = 0.82  # as difflib counts
MOST_GUESSES: Final = 50  # each compares a name with all others
ALIKE: Final = 0.6
_DURATION: Final = re.compile(r"-?P[T\d].*|\d+ ?[^\W\d_]+")


@dataclass(frozen=True)
class Text:
    """One text of a diagram that is computed: where it stands, and whether it is a script.

    `known` are names that it is given beside the variables.
    """

    sheet: Sheet
    element: str
    text: str
    script: bool = False
    known: tuple[str, ...] = ()

    def compiled(self) -> tuple[frozenset[str], frozenset[str]]:
        """Give the names it reads and the names it assigns; ExpressionError if it is none."""
        if self.script:
            script = compile_script(self.text)
            return script.names, script.assigns
        return compile_expression(self.text).names.difference(self.known), frozenset()


def variables_declared(bundle: Bundle) -> Iterator[Problem]:
    """Let declared variables have a name that expressions can use and a JSON default."""
    for sheet in bundle.sheets.values():
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


def texts_compile(bundle: Bundle) -> Iterator[Problem]:
    """Let conditions, scripts and durations be ones that we can compute."""
    for sheet, node in bundle.nodes():
        if node.duration and _is_bad_duration(node.duration):
            yield Problem(
                sheet.file, node.id, "bad_duration",
                f"定时器“{node.id}”的时长“{node.duration}”不能识别。"
                "时长写 P3D（三天）、PT4H（四小时）。",
                f'The duration "{node.duration}" of "{node.id}" is none. Write P3D, PT4H.',
            )  # fmt: skip
        if node.kind == "scriptTask" and not (node.script or "").strip():
            yield Problem(
                sheet.file, node.id, "bad_expression",
                f"脚本任务“{node.id}”没有脚本。请写“名称 = 表达式”。",
                f'Script task "{node.id}" has no script. Write "name = expression".',
            )  # fmt: skip
    for text in texts(bundle):
        try:
            text.compiled()
        except ExpressionError as error:
            yield Problem(
                text.sheet.file, text.element, "bad_expression",
                f"“{text.element}”的“{shown(text.text)}”：{error.zh}",
                f'"{text.element}": "{shown(text.text)}": {error.en}',
            )  # fmt: skip


def _is_bad_duration(text: str) -> bool:
    if looks_like_duration(text):
        return False
    if _DURATION.fullmatch(text):
        return True
    try:
        body = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(body, ast.Constant) and not (
        isinstance(body.value, str) and looks_like_duration(body.value)
    )


def names_are_filled(bundle: Bundle) -> Iterator[Problem]:
    """Let every name be a form's field, a table's output, an assignment or a declared variable.

    While a file cannot be read, only what looks misspelt is told: that file may fill the rest.
    """
    read, filled = _names(bundle)
    near = NEARLY_THE_SAME if bundle.is_partly_unknown else ALIKE
    unknown = dict.fromkeys(name for _, _, name in read if name not in filled)
    meant = {
        name: next(iter(get_close_matches(name, filled, n=1, cutoff=near)), None)
        for name in islice(unknown, MOST_GUESSES)
    }
    for file, element, name in read:
        close = meant.get(name)
        if name in unknown and (close or not bundle.is_partly_unknown):
            zh, en = foreign_word(name) or (
                f"是否为“{close}”？" if close else "请加到表单、决策表、脚本，或声明为变量。",
                f'Did you mean "{close}"?' if close else "Add or declare it.",
            )
            yield Problem(
                file, element, "unfilled_name",
                f"“{element}”用到的“{name}”没有任何表单、决策表、脚本会填写。{zh}",
                f'"{element}" uses "{name}", which no form, table or script fills. {en}',
            )  # fmt: skip


def texts(bundle: Bundle) -> Iterator[Text]:
    """Give every text of the diagrams that is computed."""
    for sheet in bundle.sheets.values():
        for edge in sheet.edges:
            if edge.condition is not None:
                yield Text(sheet, edge.id, edge.condition)
        for node in sheet.nodes.values():
            yield from _texts_of(sheet, node)


def _texts_of(sheet: Sheet, node: Node) -> Iterator[Text]:
    for script in (node.script, node.extension("preScript"), node.extension("postScript")):
        if script and script.strip():
            yield Text(sheet, node.id, script, script=True)
    if node.duration and not looks_like_duration(node.duration):
        yield Text(sheet, node.id, node.duration)
    drawn = repetition(node)
    for text in drawn.texts if drawn else ():
        yield Text(sheet, node.id, text, known=(COUNTER, *COUNTERS))
    for text in node.computed:
        yield Text(sheet, node.id, text)


def _names(bundle: Bundle) -> tuple[list[tuple[str, str, str]], set[str]]:
    """Give the names read, as (file, element, name), and the names that something fills."""
    filled = {
        name
        for key, fields in bundle.forms.items()
        if key.split("/")[0] in bundle.sheets
        for name in fields or ()
    }
    read: list[tuple[str, str, str]] = []
    for text in texts(bundle):
        try:
            names, assigns = text.compiled()
        except ExpressionError:
            continue
        filled |= assigns
        read += [(text.sheet.file, text.element, name) for name in sorted(names)]
    for sheet in bundle.sheets.values():
        filled |= {variable.name for variable in sheet.variables} | carried(sheet)
        read += [(sheet.file, lane.id, lane.role_from) for lane in sheet.lanes if lane.role_from]
        filled |= {node.result for node in sheet.nodes.values() if node.result}
        for node in sheet.nodes.values():
            read += [(sheet.file, node.id, name) for name in _named_by(sheet, node)]
    for sheet, node in bundle.nodes():
        if drawn := repetition(node):
            filled |= set(drawn.fills)
            read += [(sheet.file, node.id, name) for name in drawn.reads]
    return read + _read_by_tables(bundle, filled), filled


def _read_by_tables(bundle: Bundle, filled: set[str]) -> list[tuple[str, str, str]]:
    """Give the names that tables read, and add those that they fill."""
    read: list[tuple[str, str, str]] = []
    for reading in bundle.tables.values():
        filled |= set(reading.outputs or ())
        if reading.decider is None:
            continue
        read += [(reading.file, reading.id, name) for name in sorted(reading.decider.names)]
    return read


def _named_by(sheet: Sheet, node: Node) -> Iterator[str]:
    """Give the variables that an element names outside of expressions."""
    for entry in (*node.notifies, *node.offered):
        if entry.startswith("="):
            yield entry[1:]
    parcel = sheet.parcel(node)
    yield from parcel.keys
    yield from parcel.carries if node.throws else ()
    thrown = thrown_by(node, sheet)
    yield from thrown.carries if thrown else ()
