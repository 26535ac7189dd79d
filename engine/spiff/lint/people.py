"""What people are asked and told: steps have forms, notices go to roles."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.spiff.dmn.heads import constant_of
from engine.spiff.files.eventful import STARTS
from engine.spiff.files.sheet import STEPS
from engine.spiff.language.expressions import ExpressionError, compile_script, is_name
from engine.spiff.language.inference import inferred, tree_of
from engine.spiff.lint.told import meant
from engine.spiff.lint.values import texts
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Variable
    from engine.spiff.files.sources import Sources
    from engine.spiff.lint.values import Text


def steps_have_forms(sources: Sources) -> Iterator[Problem]:
    """Let every step have its form, and a procedure's start that is begun by hand."""
    for sheet, node in sources.nodes():
        root = node.kind == "startEvent" and node.scope == sources.root
        starts = root and STARTS.get(node.events) in {"message", "none"}
        key = f"{sheet.process_id}/{node.id}"
        if (node.kind in STEPS or starts) and key not in sources.forms:
            yield Problem(
                sheet.file, node.id, "no_form",
                f"“{node.id}”没有表单。请添加 forms/{key}.json。",
                f'"{node.id}" has no form. Add forms/{key}.json.',
            )  # fmt: skip


def notified_are_roles(sources: Sources) -> Iterator[Problem]:
    """Let notices go to role codes, or to variables that hold one."""
    for sheet, node in sources.nodes():
        for entry in node.notifies:
            known = is_name(entry[1:]) if entry.startswith("=") else entry in sources.roles
            if not known:
                zh, en = _role_meant(entry, sources)
                yield Problem(
                    sheet.file, node.id, "unknown_role",
                    f"“{node.id}”要通知的“{entry}”不是角色代码，也不是“=变量”。{zh}",
                    f'"{node.id}" notifies "{entry}", which is no role code and no "=variable".'
                    f"{en}",
                )  # fmt: skip


def _role_meant(entry: str, sources: Sources) -> tuple[str, str]:
    """Give the code of a role that is written by its name, or what is nearly the same."""
    for code, names in sources.roles.items():
        if entry in {names.zh, names.en}:
            return f"请写它的代码“{code}”。", f' Write its code "{code}".'
    return meant(entry, sources.roles)


def holding_roles(sources: Sources) -> set[str]:
    """Give the variables that say who works, who is told and to whom an event is offered.

    So do those from which scripts set them.
    """
    entries = [each for _, node in sources.nodes() for each in (*node.notifies, *node.offered)]
    lanes = (lane.role_from for sheet in sources.sheets.values() for lane in sheet.lanes)
    found = {*filter(None, lanes), *(entry[1:] for entry in entries if entry.startswith("="))}
    lines = [line for text in texts(sources) if text.script for line in lines_of(text)]
    count = -1
    while count != len(found):
        count = len(found)
        found |= {each for name, tree in lines if name in found for each in _passed_on(tree)}
    return found


def _passed_on(tree: ast.AST) -> Iterator[str]:
    """Give the names whose value an expression may be, as they are."""
    match tree:
        case ast.Name():
            yield tree.id
        case ast.IfExp():
            yield from (*_passed_on(tree.body), *_passed_on(tree.orelse))
        case ast.BoolOp():
            yield from (each for value in tree.values for each in _passed_on(value))
        case _:
            pass


def variables_give_roles(sources: Sources) -> Iterator[Problem]:
    """Let declared variables that name who works begin as roles, or as nothing."""
    wanted = holding_roles(sources)
    for sheet in sources.sheets.values():
        for variable in sheet.variables:
            value = _default(variable)
            if variable.name in wanted and value and value not in sources.roles:
                zh, en = meant(str(value), sources.roles)
                yield Problem(
                    sheet.file, sheet.process_id, "unknown_role",
                    f"变量“{variable.name}”的默认值“{value}”不是角色代码，"
                    f"请写 roles.yaml 里的代码。{zh}",
                    f'The default "{value}" of the variable "{variable.name}" is no role code; '
                    f"write one of roles.yaml.{en}",
                )  # fmt: skip


def scripts_give_roles(sources: Sources) -> Iterator[Problem]:
    """Let scripts set variables that name who works to roles only, where they write constants."""
    wanted = holding_roles(sources)
    for text in texts(sources):
        for name, value in constants(text) if text.script else ():
            if name in wanted and value not in sources.roles:
                zh, en = meant(str(value), sources.roles)
                yield Problem(
                    text.sheet.file, text.element, "unknown_role",
                    f"“{text.element}”的脚本把“{name}”设为“{value}”，它不是角色代码，"
                    f"请写 roles.yaml 里的代码。{zh}",
                    f'The script of "{text.element}" sets "{name}" to "{value}", which is no role '
                    f"code; write one of roles.yaml.{en}",
                )  # fmt: skip


def _default(variable: Variable) -> str | None:
    """Give a default that is a text; what is no JSON is told elsewhere."""
    try:
        value = json.loads(variable.default)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def lines_of(text: Text) -> list[tuple[str, ast.AST]]:
    """Give what a script sets its variables to; nothing of one that is no script."""
    try:
        lines = compile_script(text.text).lines
    except ExpressionError:
        return []
    return [(name, tree_of(expression.text)) for name, expression in lines]


def constants(text: Text) -> Iterator[tuple[str, object]]:
    """Give each constant that a script may set a variable to."""
    for name, tree in lines_of(text):
        for _, value in sorted(inferred(tree, {}).listed, key=str):
            yield name, value


def forms_give_roles(sources: Sources) -> Iterator[Problem]:
    """Let choices that name who works be among roles only."""
    wanted = holding_roles(sources)
    for key, fields in sources.forms.items():
        if key.split("/")[0] not in sources.sheets or not isinstance(fields, Mapping):
            continue
        for name in sorted(wanted & fields.keys()):
            for choice in fields[name].choices:
                if choice not in sources.roles:
                    zh, en = meant(choice, sources.roles)
                    yield Problem(
                        f"forms/{key}.json", key.partition("/")[2], "unknown_role",
                        f"表单字段“{name}”的选项“{choice}”不是角色代码，"
                        f"请写 roles.yaml 里的代码。{zh}",
                        f'Field "{name}" offers "{choice}", which is no role code; write those of '
                        f"roles.yaml.{en}",
                    )  # fmt: skip


def tables_give_roles(sources: Sources) -> Iterator[Problem]:
    """Let columns that name who works hold roles only, where a cell is a literal."""
    wanted = holding_roles(sources)
    for id_ in sorted(sources.asked & sources.tables.keys()):
        reading = sources.tables[id_]
        for row, element, name, cell in reading.decider.answers() if reading.decider else ():
            is_known, value = constant_of(cell)
            is_role = value is None or (isinstance(value, str) and value in sources.roles)
            if name in wanted and is_known and not is_role:
                zh, en = meant(str(value), sources.roles)
                yield Problem(
                    reading.file, element, "unknown_role",
                    f"{row.zh}输出“{name}”的“{value}”不是角色代码，请写 roles.yaml 里的代码。{zh}",
                    f'{row.en}, output "{name}": "{value}" is no role code; write one of '
                    f"roles.yaml.{en}",
                )  # fmt: skip
