"""Rows of a FIRST table that can never be the first to fit are told, with those before them."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings

from engine.spiff.dmn.tables import read_tables
from engine.spiff.language.expressions import EvaluationError
from engine.spiff.lint.hidden import hidden_rows
from tests.engine.spiff.drawing import table
from tests.engine.spiff.test_gaps import EVERY, KNOWN, tables
from tests.engine.spiff.test_typed_tables import problems

FIRST = 'hitPolicy="FIRST"'


def told(asked: str, *cells: str) -> list[tuple[str, str | None, str]]:
    rows = [([cell], [f"'{n}'"]) for n, cell in enumerate(cells)]
    found = problems(table("klass", [asked], ["k"], rows, FIRST))
    return [(each.code, each.element, each.zh) for each in found]


@pytest.mark.parametrize(
    ("asked", "cells", "row", "by"),
    [
        ("days", ["< 60", "< 50", "-"], 2, "第1行"),
        ("days", ["-", "< 50"], 2, "第1行"),
        ("days", ["< 60", ">= 60", "5", "-"], 3, "第1行"),
        ("days", ["< 60", ">= 60", "not(null)", "-"], 3, "第1、2行"),
        ("zone", ['"near"', 'not("near")', "-"], 3, "第1、2行"),
        ("amount", ["< limit", "-", "< limit"], 3, "第1行"),
        ("days", ["-", "-"], 2, "第1行"),
    ],
)
def test_a_row_that_never_counts_is_told(asked: str, cells: list[str], row: int, by: str) -> None:
    cells = [cell.replace("limit", "number(amount)") for cell in cells]
    ((code, element, zh),) = told(asked, *cells)
    assert (code, element) == ("row_hidden", f"klass_r{row}")
    assert zh.startswith(f"第{row}行永远轮不到：适合它的，前面的{by}先适合。")


@pytest.mark.parametrize(
    ("asked", "cells"),
    [
        ("days", ["< 50", "< 60", "-"]),
        ("days", [">= 0", "null", "-"]),
        ("days", ["5", "< 60", "-"]),
        ("zone", ['"near"', '"far"', "-"]),
        ("days", ["? * 2 < 9", "? * 2 < 12", "-"]),
    ],
)
def test_a_row_that_sometimes_counts_is_not(asked: str, cells: list[str]) -> None:
    assert told(asked, *cells) == []


@settings(max_examples=200, deadline=None, database=None)
@given(tables())
def test_no_row_is_called_hidden_that_counts(made: tuple[list[str], list[list[str]]]) -> None:
    columns, rows = made
    data = table("klass", columns, ["k"], [(row, [str(n)]) for n, row in enumerate(rows)], FIRST)
    decider = read_tables("klass.dmn", data)[0].decider
    assert decider is not None
    hidden = {decider.rules[n].id: by for n, by in hidden_rows(decider, KNOWN).items()}
    more: dict[str, list[object]] = {
        "whole": [-1, None],
        "exact": [Decimal(-1), None],
        "pick": [None],
        "yes": [None],
    }
    tried: list[list[object]] = [[*EVERY[c], *more[c]] for c in columns]
    for values in product(*tried):
        try:
            fitting = [rule.id for rule in decider.fitting(values)]
        except EvaluationError:
            continue
        assert not hidden.keys() & fitting[:1]
        for id_ in hidden.keys() & fitting:
            assert {decider.rules[n].id for n in hidden[id_]} & set(fitting)
