"""What process owners read of cells and conditions: their own words, and none of a programmer's."""

from __future__ import annotations

import pytest

from engine import spiff
from engine.spiff import errors
from tests.engine.spiff.drawing import table
from tests.engine.spiff.test_typed_tables import FIELDS, outputs, problems
from tests.engine.wording import foreign_words

CELLS = [
    ("days", '"3"'), ("days", "true"), ("days", 'date("2026-09-30")'), ("days", "[3..1]"),
    ("days", "1/0"), ("days", "1 << 2"), ("days", "~1"), ("days", "b'a'"), ("days", "1j"),
    ("days", "{1}"), ("days", "f'a'"), ("days", "abs()"), ("days", "round(1, 'x')"),
    ("days", "[1, 'x']"), ("days", "'a' + 1"), ("days", "99999999999999999999"),
    ("clean", '"是"'), ("clean", "1"), ("clean", "yes"), ("zone", '"近"'), ("zone", "near"),
    ("sold_on", "20261001"), ("sold_on", 'date("2026/10/01")'), ("sold_on", 'date("2026-02-30")'),
    ("sold_on", 'date_time(date("2026-09-30"))'), ("amount", '< "5000"'), ("amount", "true"),
    ("called_at", '"x"'), ("reasons", '"迟"'), ("note", "3"), ("note", 'duration("P3D")'),
]  # fmt: skip
CONDITIONS = [
    "days @ 2", "days << 2", "~days", "1j == 1", "b'a' == k", "...", "lambda: 1", "f'{k}'",
    "[x for x in reasons]", "days ** 2", "k.x == 1", "number(days=3)", "clean == '是'",
    "days == 'x'", "sold_on == 3", "amount > 100", "called_at > 3", "'迟' in reasons", "k := 1",
    "not", "{1}", "zone == None.x", "clean > days", "day > 3", "clean == true",
]  # fmt: skip
OUTPUTS = [
    ("number", "", "true"), ("number", "", "'x'"), ("number", "", 'date("2026-09-30")'),
    ("number", "", "[1, true, 'x']"), ("number", "2", "1.50"), ("string", "", "1"),
    ("string", "", 'duration("P3D")'), ("string", '"a","b"', "'c'"), ("boolean", "", "1"),
    ("date", "", "'x'"), ("date and time", "", 'date("2026-09-30")'),
    ("days and time duration", "", "3"), ("boolean", "false", "true"), ("number", "", "'a' + 1"),
    ("number", "", "1/0"), ("string", "", "len(3)"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell"), CELLS)
def test_a_cell_is_refused_in_words(column: str, cell: str) -> None:
    data = table("klass", [column], ["k"], [([cell], ["'1'"]), (["-"], ["'2'"])], FIRST)
    told_in_words(data)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_is_refused_in_words(condition: str) -> None:
    told_in_words(table("klass", ["days"], ["k"], [(["-"], ["'2'"])]), condition)


@pytest.mark.parametrize(("type_ref", "values", "cell"), OUTPUTS)
def test_an_output_is_refused_in_words(type_ref: str, values: str, cell: str) -> None:
    told_in_words(outputs(type_ref, values, cell))


FIRST = 'hitPolicy="FIRST"'


def told_in_words(data: bytes, condition: str = "") -> None:
    found = problems(data, condition)
    typed = f"{condition} {' '.join(FIELDS)} near far late broken which other".encode()
    assert found
    for each in found:
        assert not foreign_words(each, {"klass.dmn": data, "demo.bpmn": typed}), each


def test_yes_and_no_are_said_with_what_to_write() -> None:
    (problem,) = problems(outputs("number", "", "true"))
    assert "“true”：True（是） 不是“数”" in problem.zh
    assert "True (yes) is not a number" in problem.en


BASE = {"NotPossibleError"}


def test_whatever_is_raised_is_there_to_be_caught() -> None:
    raised = {name for name, each in vars(errors).items() if isinstance(each, type)}
    assert {name for name in raised if name.endswith("Error")} - BASE <= set(spiff.__all__)
