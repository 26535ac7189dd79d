"""Codes of roles in tables without quotes, which read as one variable less another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.language.expressions import is_name
from engine.spiff.model import Names, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.dmn.unary import Cell
    from engine.spiff.files.sources import Sources
    from engine.spiff.language.expressions import Expression

    Found = tuple[Names, str, str, frozenset[str]]


def roles_are_quoted(sources: Sources) -> Iterator[Problem]:
    """Refuse the code of a role that stands in a cell without quotes."""
    for reading in sources.tables.values():
        for where, row, code, _ in unquoted(reading.decider, sources.roles):
            yield Problem(
                reading.file, row, "unquoted_role",
                f'{where.zh}：{code} 是角色代码，请加引号："{code}"。',
                f'{where.en}: {code} is the code of a role. Put it in quotes: "{code}".',
            )  # fmt: skip


def unquoted(decider: Decider | None, roles: Collection[str]) -> Iterator[Found]:
    """Give each such cell: its row and column, the row's id, the code, and the names it reads as.

    A code that is one word reads as a variable, and is told of as one that nothing fills.
    """
    codes = {code for code in roles if not is_name(code)}
    for where, row, cell in _cells(decider) if decider else ():
        code = "".join(cell.text.split()) if cell else ""
        if cell and code in codes:
            yield where, row, code, cell.names


def _cells(decider: Decider) -> Iterator[tuple[Names, str, Cell | Expression | None]]:
    for n, rule in enumerate(decider.rules, 1):
        for c, test in enumerate(rule.tests, 1):
            yield Names(f"第{n}行第{c}列", f"Row {n}, column {c}"), rule.id, test
    for row, id_, name, cell in decider.answers():
        yield Names(f"{row.zh}输出“{name}”", f'{row.en}, output "{name}"'), id_, cell
