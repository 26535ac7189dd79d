"""Tables over the fields of forms: typeRefs, allowed values, and what the lint makes of both."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import Asked, BrokenFilesError, RunError, compile_procedure
from engine.spiff.language.inference import Values, of_kind
from tests.engine.spiff.drawing import ROLES, T0, Process, files_of, table

if TYPE_CHECKING:
    from engine.spiff import Compiled, Problem

FIELDS = {
    "days": Asked("number"), "amount": Asked("decimal"), "approved": Asked("decimal"),
    "sold_on": Asked("date"), "received_on": Asked("date"), "called_at": Asked("date_time"),
    "zone": Asked("choice", ("near", "far")), "clean": Asked("boolean"), "note": Asked("text"),
    "reasons": Asked("choices", ("late", "broken")),
    "share": Asked("decimal", least=Decimal(0), most=Decimal(100)),
    "score": Asked("number", least=Decimal(-2), most=Decimal(5)),
}  # fmt: skip


def ready(data: bytes, condition: str = "") -> Compiled:
    p = Process("demo")
    p.message_start()
    p.rule("classify", "klass")
    p.xor("which", "which_to_done")
    p.end()
    p.end("other")
    p.chain("opened", "classify", "which", "done")
    p.flow("which", "other", condition or "k is None")
    return compile_procedure(
        files_of(p, klass=data), root="demo", roles=ROLES, clauses=(),
        forms={"demo/opened": FIELDS},
    )  # fmt: skip


def problems(data: bytes, condition: str = "") -> tuple[Problem, ...]:
    try:
        ready(data, condition)
    except BrokenFilesError as error:
        return error.problems
    return ()


def rows(*cells: str) -> list[tuple[list[str], list[str]]]:
    return [([cell], [f"'{n}'"]) for n, cell in enumerate(cells, 1)]


def typed(data: bytes, type_ref: str, values: str = "") -> bytes:
    """Give the first input a typeRef and allowed values."""
    head = f"<inputValues><text>{values}</text></inputValues></input>" if values else "</input>"
    text = data.decode().replace("<inputExpression ", f'<inputExpression typeRef="{type_ref}" ', 1)
    return text.replace("</input>", head, 1).encode()


def answers(data: bytes, **values: object) -> object:
    return spiff.start(ready(data), {"days": 1, **values}, now=T0).decisions[0].outputs["k"]


@pytest.mark.parametrize(
    ("amount", "row"),
    [("900.00", "1"), ("4999.99", "1"), ("5000.00", "2"), ("12000.00", "3"), ("0.00", "1")],
)
def test_an_amount_is_compared_as_a_number(amount: str, row: str) -> None:
    data = table("klass", ["amount"], ["k"], rows("< 5000", "[5000..10000]", "> 10000"))
    assert answers(data, amount=amount) == row
    assert answers(typed(data, "number"), amount=amount) == row


def test_an_amount_that_is_not_known_yet_fits_null_only() -> None:
    data = table("klass", ["amount"], ["k"], rows("null", "< 5000", ">= 5000"))
    assert answers(data, amount=None) == "1"
    assert answers(data, amount="5.00") == "2"


def test_an_amount_is_held_against_another_amount() -> None:
    data = table("klass", ["amount"], ["k"], rows("<= approved", "> approved"))
    assert answers(data, amount="900.00", approved="5000.00") == "1"
    assert answers(data, amount="12000.00", approved="5000.00") == "2"


def test_dates_are_compared_as_days() -> None:
    data = table(
        "klass", ["sold_on"], ["k"],
        rows('< date("2026-10-01")', '[date("2026-10-01")..date("2026-10-08")]',
             '> date("2026-10-08")'),
    )  # fmt: skip
    for day, row in (("2026-09-30", "1"), ("2026-10-01", "2"), ("2026-10-09", "3")):
        assert answers(data, sold_on=day) == row
        assert answers(typed(data, "date"), sold_on=day) == row


def test_days_between_two_dates_are_a_number() -> None:
    data = table("klass", ["days_between(sold_on, received_on)"], ["k"], rows("<= 15", "> 15"))
    assert answers(data, sold_on="2026-09-16", received_on="2026-10-01") == "1"
    assert answers(data, sold_on="2026-09-15", received_on="2026-10-01") == "2"
    assert answers(data, sold_on=None, received_on="2026-10-01") is None


def test_an_input_of_another_kind_than_its_type_counts_as_missing() -> None:
    data = table("klass", ["note"], ["k"], rows("null", "< 5", ">= 5"))
    data = typed(data, "number")
    for note, row in (("4.99", "2"), ("5", "3"), ("five", "1"), (None, "1")):
        assert answers(data, note=note) == row


def test_an_input_that_its_head_does_not_allow_is_an_incident() -> None:
    data = typed(table("klass", ["days"], ["k"], rows("< 3", ">= 3")), "number", "[0..31]")
    assert answers(data, days=31) == "2"
    with pytest.raises(RunError, match=r"none of \[0\.\.31\]") as caught:
        answers(data, days=32)
    assert (caught.value.element, caught.value.expression) == ("classify", "days")
    assert "不在允许的值" in caught.value.zh


def outputs(type_ref: str, values: str, cell: str) -> bytes:
    data = table("klass", ["days"], ["k"], [(["-"], [cell])]).decode()
    values = f"<outputValues><text>{values}</text></outputValues>" if values else ""
    return data.replace('name="k">', f'name="k" typeRef="{type_ref}">{values}').encode()


def test_an_output_is_of_its_type_and_among_its_values() -> None:
    assert answers(outputs("number", "", "days + 1"), days=1) == 2
    assert answers(outputs("number", "", "amount"), amount="1.50") == "1.50"
    assert answers(outputs("date", "", "sold_on"), sold_on="2026-09-30") == "2026-09-30"
    assert answers(outputs("string", '"a","b"', "note"), note="a") == "a"
    for data in (outputs("number", "", "note"), outputs("string", '"a","b"', "note")):
        with pytest.raises(RunError) as caught:
            answers(data, note="c")
        assert (caught.value.element, caught.value.expression) == ("classify", "note")


@pytest.mark.parametrize(
    ("data", "place", "says"),
    [
        (outputs("number", "", "'x'"), "Row 1, column 2", "is not a number"),
        (outputs("string", '"a","b"', "'c'"), "Row 1, column 2", "none of the values"),
        (outputs("string", "", "3"), "Row 1, column 2", "is not a text"),
        (outputs("string", '"a', "3"), "Allowed values of output 1", "quote is left open"),
        (outputs("string", "note", "'c'"), "Allowed values of output 1", "List the values"),
        (typed(table("klass", ["days"], ["k"], rows('"x"', "-")), "number"),
         "Row 1, column 1", "is not a number"),
        (typed(table("klass", ["days"], ["k"], rows("40", "-")), "number", "[0..31]"),
         "Row 1, column 1", "none of the values"),
        (typed(table("klass", ["days"], ["k"], rows("< 40", ">= 40")), "number", "[0..31]"),
         "Row 1, column 1", "none of the values"),
    ],
)  # fmt: skip
def test_a_cell_that_its_head_excludes_is_refused(data: bytes, place: str, says: str) -> None:
    problem = problems(data)[0]
    assert problem.code == "bad_cell"
    assert place in problem.en
    assert says in problem.en


def test_a_type_that_we_do_not_know_is_refused_with_those_that_we_do() -> None:
    (problem,) = problems(typed(table("klass", ["days"], ["k"], rows("-")), "tDays"))
    assert problem.code == "unknown_type"
    assert "days and time duration" in problem.en


@pytest.mark.parametrize("type_ref", ["string", "boolean", "date", "dateTime"])
def test_a_type_that_the_input_never_has_is_refused(type_ref: str) -> None:
    (problem,) = problems(typed(table("klass", ["days"], ["k"], rows("-")), type_ref))
    assert (problem.code, problem.element) == ("wrong_type", "klass")


@pytest.mark.parametrize(
    ("asked", "cells", "what"),
    [
        ("amount", ["< 5000", ">= 5000"], None),
        ("amount", ["5000", "not(5000)"], None),
        ("amount", ['"5000.00"', 'not("5000.00")'], '"5000.00"'),
        ("amount", ['< date("2026-09-30")', "-"], 'date("2026-09-30")'),
        ("amount", ["true", "false"], "True"),
        ("note", ["5", "not(5)"], "5"),
        ("note", ["< 5", ">= 5"], "5"),
        ("note", ['"5"', 'not("5")'], None),
        ("days", ['"5"', 'not("5")'], '"5"'),
        ("days", ['< "5"', '>= "5"'], '"5"'),
        ("zone", ['"near"', 'not("near")'], None),
        ("zone", ['"moon"', 'not("moon")'], '"moon"'),
        ("zone", ["< 3", ">= 3"], "3"),
        ("clean", ["true", "false"], None),
        ("clean", ["true", "null", "false"], None),
        ("clean", ['"true"', 'not("true")'], '"true"'),
        ("sold_on", ['< date("2026-09-30")', '>= date("2026-09-30")'], None),
        ("sold_on", ['"2026-09-30"', 'not("2026-09-30")'], None),
        ("sold_on", ['"30.09.2026"', 'not("30.09.2026")'], '"30.09.2026"'),
        ("sold_on", ["< 2026", ">= 2026"], "2026"),
        ("date(sold_on)", ['< date("2026-09-30")', '>= date("2026-09-30")'], None),
        ("called_at", ['< date("2026-09-30")', '>= date("2026-09-30")'], None),
        ("called_at", ['< date and time("2026-09-30T10:00:00+08:00")',
                       '>= date and time("2026-09-30T10:00:00+08:00")'], None),
        ("called_at", ['"2026-09-30"', 'not("2026-09-30")'], '"2026-09-30"'),
        ("days_between(sold_on, received_on)", ["<= 15", "> 15"], None),
        ("reasons", ['"late" in ?', 'not("late" in ?)'], None),
        ("reasons", ['"lost" in ?', 'not("lost" in ?)'], '"lost"'),
        ("days", ["? < 3 or ? > 5", "[3..5]"], None),
        ("days", ['? == "3"', '? != "3"'], '"3"'),
    ],
)  # fmt: skip
def test_a_cell_asks_only_for_what_its_input_can_be(
    asked: str, cells: list[str], what: str | None
) -> None:
    found = problems(table("klass", [asked], ["k"], rows(*cells), 'hitPolicy="FIRST"'))
    assert {problem.code for problem in found} <= {"unknown_value", "no_row"}
    never = [problem for problem in found if problem.code == "unknown_value"]
    assert bool(never) == (what is not None)
    assert all(f"can never be {what}" in problem.en for problem in never[:1])
    assert all(f"不可能是 {what}" in problem.zh for problem in never[:1])


@pytest.mark.parametrize(
    ("asked", "cells", "can_be"),
    [
        (
            "sold_on",
            ['< "2026-10-01"', '>= date("2026-10-01")'],
            'a date, written date("2026-09-30")',
        ),
        ("sold_on", ['["2026-10-01".."2026-10-08"]', "null"], "a date, written date("),
        ("days", ['< "3"', ">= 3"], "a number"),
        ("amount", ['< "5000"', ">= 5000"], "a number"),
        ("called_at", ['< "2026-10"', '>= date("2026-10-01")'], ""),
    ],
)
def test_one_mistake_in_a_cell_is_told_once(asked: str, cells: list[str], can_be: str) -> None:
    (problem,) = problems(table("klass", [asked], ["k"], rows(*cells)))
    assert problem.code == "unknown_value"
    assert f"It can be: {can_be}" in problem.en


@pytest.mark.parametrize(
    ("condition", "code", "cure"),
    [
        ("amount < 5000", "compared_as_text", "number(amount)"),
        ("amount < approved", "compared_as_text", "number(amount)"),
        ("amount == approved", "compared_as_text", "number(amount)"),
        ("number(amount) < approved", "compared_as_text", "number(approved)"),
        ("number(amount) < number(approved)", None, ""),
        ("number(amount) == 0.05", None, ""),
        ('amount == "5.00"', "unknown_value", "write number(…)"),
        ("amount is None", None, ""),
        ("days < 3", None, ""),
        ('days < "3"', "not_comparable", "without quotes"),
        ("zone < 3", "not_comparable", "have no order"),
        ("sold_on <= received_on", None, ""),
        ('sold_on <= "2026-09-30"', None, ""),
        ('date(sold_on) <= date("2026-09-30")', None, ""),
        ('date(sold_on) <= "2026-09-30"', "not_comparable", "date(…)"),
        ("date(sold_on) <= received_on", "not_comparable", "date(…)"),
        ('date(sold_on) == "2026-09-30"', "unknown_value", 'date("2026-09-30")'),
        ("called_at < sold_on", "compared_as_text", "date_time(called_at)"),
        ("date(called_at) < date(sold_on)", None, ""),
        ("days_between(sold_on, called_at) > 3", None, ""),
        ("days / 3 > 0.5", None, ""),
        ("clean > 3", "not_comparable", "have no order"),
        ("len(reasons) > 1", None, ""),
    ],
)
def test_a_condition_compares_like_with_like(condition: str, code: str | None, cure: str) -> None:
    found = problems(table("klass", ["days"], ["k"], rows("-")), condition)
    assert {problem.code for problem in found} == ({code} if code else set())
    assert all(cure in problem.en for problem in found[:1])


def test_a_decimal_that_a_script_keeps_is_an_amount_again() -> None:
    p = Process("demo")
    p.message_start()
    p.script("reckon", "share = days / 3\nlast = date(sold_on)\nwhole = days * 2")
    p.xor("which", "which_to_done")
    p.end()
    p.end("other")
    p.chain("opened", "reckon", "which", "done")
    p.flow("which", "other", 'share > 0.5 or last < date("2026-09-30") or whole > 3')
    with pytest.raises(BrokenFilesError) as refused:
        compile_procedure(
            files_of(p), root="demo", roles=ROLES, clauses=(), forms={"demo/opened": FIELDS}
        )
    assert [problem.code for problem in refused.value.problems] == [
        "compared_as_text", "not_comparable",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "cells", "code", "says"),
    [
        (["sold_on"], [['< date("2026-09-30")'], ['> date("2026-09-30")']],
         "no_row", "= 2026-09-30"),
        (["sold_on"], [['<= date("2026-09-30")'], ['>= date("2026-09-30")']],
         "two_rows", "= 2026-09-30"),
        (["sold_on"], [['<= date("2026-09-30")'], ['>= date("2026-10-01")']], None, ""),
        (["sold_on"], [['<= date("2026-09-30")'], ['>= date("2026-10-03")']],
         "no_row", "= 2026-10-01"),
        (["called_at"], [['< @"2026-09-30T10:00:00+08:00"'], ['> @"2026-09-30T10:00:00+08:00"']],
         "no_row", "= 2026-09-30T10:00:00+08:00"),
        (["called_at"], [['< date("2026-09-30")'], ['>= date("2026-09-30")']], None, ""),
        (["amount"], [["< 3"], [">= 3"]], None, ""),
        (["amount"], [["<= 3"], [">= 4"]], "no_row", "= 3.5"),
        (["amount"], [["< 0.1"], ["> 0.1"]], "no_row", "= 0.1"),
        (["days"], [["<= 3"], [">= 4"]], None, ""),
        (["days"], [["? <= 3"], ["? > 4"]], "no_row", "= 4"),
        (["clean", "zone"], [["true", "-"], ["false", '"near"']], "no_row", 'no, i1 = "far"'),
        (["clean", "zone"], [["true", "-"], ["false", '"near"'], ["-", '"far"']],
         "two_rows", 'yes, i1 = "far"'),
        (["clean", "zone"], [["true", "-"], ["false", "-"], ["null", '"far"']], None, ""),
        (["zone", "days"], [['"near"', "< 3"], ['"near"', ">= 3"], ['"far"', "-"]], None, ""),
        (["zone", "days"], [['"near"', "< 3"], ['"near"', "> 3"], ['"far"', "-"]],
         "no_row", 'i0 = "near", i1 = 3'),
        (["zone"], [['not("near")'], ["null"], ['"near"']], "two_rows", "= nothing"),
    ],
)  # fmt: skip
def test_gaps_and_overlaps_are_told_with_an_example(
    asked: list[str], cells: list[list[str]], code: str | None, says: str
) -> None:
    made = [(row, [f"'{n}'"]) for n, row in enumerate(cells)]
    data = table("klass", asked, ["k"], made).decode()
    for n in range(len(asked)):
        data = data.replace(f'id="klass_i{n}"', f'id="klass_i{n}" label="i{n}"')
    found = problems(data.encode())
    assert {problem.code for problem in found} == ({code} if code else set())
    assert all(says in problem.en for problem in found[:1])


def test_overlaps_of_an_any_table_are_told_where_it_would_contradict_itself() -> None:
    same = [(["< 5"], ["'a'"]), (["-"], ["'a'"])]
    other = [(["< 5"], ["'a'"]), (["-"], ["'b'"])]
    assert problems(table("klass", ["days"], ["k"], same, 'hitPolicy="ANY"')) == ()
    (problem,) = problems(table("klass", ["days"], ["k"], other, 'hitPolicy="ANY"'))
    assert problem.code == "two_rows"
    assert "and differ" in problem.en


def test_values_that_a_head_excludes_leave_no_gap() -> None:
    data = table("klass", ["days"], ["k"], rows("< 3", "[3..31]"))
    assert [p.code for p in problems(data)] == ["no_row"]
    assert problems(typed(data, "number", "[0..31]")) == ()


def test_a_share_is_told_as_a_percentage() -> None:
    data = table("klass", ["amount"], ["k"], rows("<= 0.05", "> 0.05"))
    told = data.decode().replace("0.05 / for &lt;= 0.05", "5% / for up to 5 %")
    told = told.replace("&gt; 0.05 / for &gt; 0.05", "5％ 以上 / above 5 %")
    assert problems(told.encode()) == ()
    wrong = told.replace("5％ 以上", "6％ 以上")
    assert [problem.code for problem in problems(wrong.encode())] == ["number_not_told"]


@pytest.mark.parametrize(
    ("asked", "cells", "code", "says"),
    [
        ("share", ["< 50", "[50..100]"], None, ""),
        ("share", ["[0..50)", "[50..100]"], None, ""),
        ("number(share)", ["[0..50)", "[50..100]"], None, ""),
        ("share", ["< 50", "[50..99]"], "no_row", "99.5"),
        ("share", ["(0..50)", "[50..100]"], "no_row", "= 0"),
        ("share", ["<= 50", "[50..100]"], "two_rows", "= 50"),
        ("score", ["[-2..0)", "[0..5]"], None, ""),
        ("score", ["[-1..0)", "[0..5]"], "no_row", "= -2"),
        ("score", ["[-2..0)", "[0..4]"], "no_row", "= 5"),
        ("score + 1", ["[-2..0)", "[0..6]"], "no_row", "= "),
        ("amount", ["< 50", "[50..100]"], "no_row", "101"),
    ],
)
def test_no_row_is_missed_where_the_form_lets_nobody_go(
    asked: str, cells: list[str], code: str | None, says: str
) -> None:
    found = problems(table("klass", [asked], ["k"], rows(*cells)))
    assert {problem.code for problem in found} == ({code} if code else set())
    assert all(says in problem.en for problem in found[:1])


@pytest.mark.parametrize(
    ("asked", "cells", "hidden"),
    [("share", [">= 0", "-"], False), ("share", ["null", ">= 0", "-"], True),
     ("score", ["null", ">= 0", "-"], False), ("score", ["null", "[-2..5]", "-"], True)],
)  # fmt: skip
def test_a_row_beyond_the_limits_of_a_form_never_counts(
    asked: str, cells: list[str], *, hidden: bool
) -> None:
    found = problems(table("klass", [asked], ["k"], rows(*cells), 'hitPolicy="FIRST"'))
    assert [problem.code for problem in found] == ["row_hidden"] * hidden


def test_what_two_forms_or_a_script_fill_has_the_wider_limits() -> None:
    low = Values(open=frozenset({"number"}), least=Decimal(0), most=Decimal(5))
    high = Values(open=frozenset({"number"}), least=Decimal(3), most=Decimal(9))
    both = low | high
    assert (both.least, both.most) == (Decimal(0), Decimal(9))
    assert (low | of_kind("number")).most is None
    assert (low | Values()).most == Decimal(5)
