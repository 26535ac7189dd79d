"""The search for gaps finds what trying every value finds, in any small table."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spiff.dmn.policies import AmbiguousError
from engine.spiff.dmn.tables import read_tables
from engine.spiff.language.inference import of_kind, words
from engine.spiff.lint.gaps import Search
from engine.spiff.lint.pieces import pieces_of
from tests.engine.spiff.drawing import table

KNOWN = {"whole": of_kind("number"), "exact": of_kind("exact"), "pick": words("a", "b", "c"),
         "yes": of_kind("boolean")}  # fmt: skip
EVERY: dict[str, list[object]] = {
    "whole": [*range(16)], "exact": [Decimal(n) / 2 for n in range(32)], "pick": ["a", "b", "c"],
    "yes": [True, False],
}  # fmt: skip
LIMITS = st.integers(0, 9)
NUMBERS = st.one_of(
    st.just("-"), st.just("null"), LIMITS.map(str), LIMITS.map("< {}".format),
    LIMITS.map(">= {}".format), LIMITS.map("not({})".format), LIMITS.map("? > {}".format),
    st.tuples(LIMITS, st.integers(1, 4), st.sampled_from("[]("), st.sampled_from("[])")).map(
        lambda cut: f"{cut[2]}{cut[0]}..{cut[0] + cut[1]}{cut[3]}"
    ),
)  # fmt: skip
CELLS = {
    "whole": NUMBERS, "exact": NUMBERS,
    "pick": st.sampled_from(
        ["-", '"a"', '"a", "b"', 'not("c")', 'not("a", "b")', "null", '? == "b"']
    ),
    "yes": st.sampled_from(["-", "true", "false", "null", "not(true)"]),
}  # fmt: skip
COLUMNS = st.lists(st.sampled_from(sorted(EVERY)), min_size=1, max_size=3, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    columns = draw(COLUMNS)
    rows = st.tuples(*(CELLS[column] for column in columns)).map(list)
    return columns, draw(st.lists(rows, min_size=1, max_size=5))


@settings(max_examples=200, deadline=None, database=None)
@given(tables())
def test_the_search_finds_what_trying_everything_finds(
    made: tuple[list[str], list[list[str]]],
) -> None:
    columns, rows = made
    data = table("klass", columns, ["k"], [(row, [str(n)]) for n, row in enumerate(rows)])
    decider = read_tables("klass.dmn", data)[0].decider
    assert decider is not None
    pieces = pieces_of(decider, KNOWN)
    assert pieces is not None
    search = Search(decider, pieces)
    search.run()
    fitting = [len(decider.fitting(values)) for values in product(*(EVERY[c] for c in columns))]
    assert bool(search.gaps) == (0 in fitting)
    compared = [any("? >" in row[c] for row in rows) for c in range(len(columns))]
    unanswered = [
        EVERY[column] if asks else [*EVERY[column], None]
        for column, asks in zip(columns, compared, strict=True)
    ]
    fitting += [len(decider.fitting(values)) for values in product(*unanswered)]
    assert bool(search.overlaps) == any(count > 1 for count in fitting)


@settings(max_examples=100, deadline=None, database=None)
@given(tables(), st.data())
def test_what_is_published_never_surprises(
    made: tuple[list[str], list[list[str]]], data: st.DataObject
) -> None:
    """A table in which nothing was found answers every answered question by exactly one row."""
    columns, rows = made
    typed = table("klass", columns, ["k"], [(row, [str(n)]) for n, row in enumerate(rows)])
    decider = read_tables("klass.dmn", typed)[0].decider
    assert decider is not None
    search = Search(decider, pieces_of(decider, KNOWN) or [])
    search.run()
    case = {column: data.draw(st.sampled_from(EVERY[column])) for column in columns}
    try:
        rule, _, outputs = decider.decide(case)
    except AmbiguousError:
        assert search.overlaps
    else:
        assert (rule is None) <= bool(search.gaps)
        assert (rule is None) == (outputs["k"] is None)
