"""Roles and clauses: the lists beside the diagrams, written by people in plain YAML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import yaml
from typing_extensions import override
from yaml.composer import ComposerError

from engine.spiff import BrokenFilesError, Names, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES = "bpmn/roles.yaml"
CLAUSES = "bpmn/clauses/"
DEPTH = 20


class _Plain(yaml.SafeLoader):
    """YAML without aliases, with which a small file can stand for an endless one."""

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        here = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise ComposerError(problem="aliases are not read here", problem_mark=here)
        self._depth = getattr(self, "_depth", 0) + 1
        if self._depth > DEPTH:
            raise ComposerError(problem=f"nested deeper than {DEPTH}", problem_mark=here)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _yaml(files: Mapping[str, bytes], path: str) -> object:
    if path not in files:
        _refuse(path, "no_file", "缺少此文件，请补上。", "This file is missing; add it.")
    try:
        return yaml.load(files[path], Loader=_Plain)  # noqa: S506 - a SafeLoader that knows less
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第{mark.line + 1}行第{mark.column + 1}个字符处" if mark else ""
        return _refuse(
            path,
            "not_yaml",
            f"{place}无法读取为 YAML，请改正（不可用锚点引用，嵌套不可过深）。",
            f"Cannot be read as YAML; mend the place named (aliases are not read): {error}",
        )


def _refuse(path: str, code: str, zh: str, en: str) -> NoReturn:
    raise BrokenFilesError((Problem(path, None, code, zh, en),)) from None


def read_roles(files: Mapping[str, bytes]) -> dict[str, Names]:
    """Return the roles by code. Raises BrokenFilesError when the file is not a list of them."""
    rows = _yaml(files, ROLES)
    if not isinstance(rows, list) or not all(_says(row, "code", "zh", "en") for row in rows):
        zh = "应为列表，每项含 code、zh、en，均为文字。"
        _refuse(ROLES, "bad_roles", zh, "Must be a list of rows with code, zh and en, all texts.")
    for key in ("code", "zh"):
        said = [row[key] for row in rows]
        if twice := sorted({text for text in said if said.count(text) > 1}):
            zh, en = (
                f"{key} 重复：{'、'.join(twice)}。请只留一项。",
                f"{key} twice: {twice}. Keep one.",
            )
            _refuse(ROLES, "bad_roles", zh, en)
    return {row["code"]: Names(row["zh"], row["en"]) for row in rows}


def _says(row: object, *keys: str) -> bool:
    return isinstance(row, dict) and all(
        isinstance(row.get(key), str) and row[key].strip() for key in keys
    )


def clause_ids(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the ids of all clauses of the written regulations in the files."""
    paths = [path for path in files if path.startswith(CLAUSES)]
    return frozenset(row["id"] for path in paths for row in clause_rows(files, path))


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a written regulation; ``article`` is where it stands there, may be empty."""

    id: str
    article: str
    names: Names


def read_clauses(files: Mapping[str, bytes]) -> dict[str, Clause]:
    """Return all clauses of the written regulations in the files, by id."""
    paths = [path for path in files if path.startswith(CLAUSES)]
    found = (_clause(row) for path in paths for row in clause_rows(files, path))
    return {clause.id: clause for clause in found}


def _clause(row: Mapping[str, str]) -> Clause:
    zh, en, article = (str(row.get(key, "")) for key in ("title_zh", "title_en", "article"))
    return Clause(row["id"], article, Names(zh, en))


def clause_rows(files: Mapping[str, bytes], path: str) -> list[dict[str, str]]:
    """Return the clauses of one file. Raises BrokenFilesError."""
    content = _yaml(files, path)
    rows = content.get("clauses") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(_says(row, "id") for row in rows):
        zh, en = "应为条款列表，每项含文字 id。", "Must be a list of clauses, each with a text id."
        _refuse(path, "bad_clauses", zh, en)
    return rows
