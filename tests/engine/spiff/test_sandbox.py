"""Escapes and bombs: what an author could write, and what a person could send, does no harm.

The first nine are those that upstream's script engine lets through (design/spiffworkflow.md, 2).
Bounds are told by counting: calls that an evaluation makes, cells that a table asks.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from engine import spiff
from engine.spiff import Asked, BrokenFilesError, RunError, compile_expression, compile_procedure
from engine.spiff.dmn.cells import compile_cell
from engine.spiff.dmn.tables import read_tables
from engine.spiff.dmn.unary import Cell
from engine.spiff.language.arithmetic import MAX_DEPTH, MAX_PARTS, storable
from engine.spiff.language.expressions import MAX_LINES, EvaluationError, compile_script
from engine.spiff.lint import gaps
from tests.engine.spiff.drawing import ROLES, T0, Process, compiled, deciding, files_of, table
from tests.engine.spiff.test_requirements import file_of, formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FIELDS = {"n": Asked("number"), "word": Asked("text"), "many": Asked("list")}
NINE = {
    "import os": '__import__("os").system("echo x > {file}")',
    "condition __import__": '__import__("os").system("echo x > {file}") == 0',
    "timer open": 'open("{file}","w").write("x") and "PT1H"',
    "dunder walk": (
        '[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "_wrap_close"][0]'
        '.__init__.__globals__["system"]("echo x > {file}") == 0'
    ),
    "generator frame": '(g.gi_frame.f_back.f_globals["__builtins__"] for _ in [1])',
    "str.format": '"{{0.__class__.__mro__}}".format(1)',
    "CPU bomb": "sum(1 for _ in range(10**8)) > 0",
    "memory bomb": 'len("a"*(10**9)) > 0',
    "pow bomb": "9**9**7 > 0",
}
MORE = {
    "f-string": 'f"{{n.__class__}}"',
    "walrus": "(n := 5)",
    "starred": "max(*many)",
    "keyword": "sorted(many, key=len)",
    "double star": "{{**many[0]}}",
    "attribute of a number": "n.real",
    "attribute of a function": "len.__self__",
    "function as a value": "number",
    "guard by name": "__Mult__(n, n)",
    "decimal by name": "__0",
    "builtin": "eval('1')",
    "getattr": 'getattr(n, "__class__")',
    "Decimal": 'Decimal("1E1000000")',
    "full-width builtin": '__ｉｍｐｏｒｔ__("os")',
    "full-width letter": "ｎ.real",
    "bytes": "b'x'",
    "matrix": "n @ n",
    "shift": "1 << 99999999",
    "await": "await n",
    "set of sets": "{{1, 2}}",
    "lambda": "(lambda: 1)()",
}
PLACES: dict[str, Callable[[Process, str], dict[str, bytes]]] = {}


def place(draw: Callable[[Process, str], Any]) -> Callable[[Process, str], Any]:
    def drawn(p: Process, text: str) -> dict[str, bytes]:
        found = draw(p, text)
        return found if isinstance(found, dict) else {}

    PLACES[draw.__name__] = drawn
    return drawn


@place
def a_condition(p: Process, text: str) -> None:
    p.xor("here", "here_to_done")
    p.flow("here", "other", text)
    p.end("other")


@place
def a_script(p: Process, text: str) -> None:
    p.script("here", f"x = {text}")


@place
def a_timer(p: Process, text: str) -> None:
    p.timer("here", text)


@place
def a_deadline(p: Process, text: str) -> None:
    p.user("here")
    p.deadline("late", "here", text)
    p.end("late_done")
    p.chain("late", "late_done")


@place
def a_conditional_event(p: Process, text: str) -> None:
    p.until("here", text)


@place
def a_loop(p: Process, text: str) -> None:
    p.user("here")
    p.again("here", text)


@place
def a_completion(p: Process, text: str) -> None:
    p.user("here")
    p.each("here", "many", "one", until=text)


def asking(p: Process, data: bytes) -> dict[str, bytes]:
    p.rule("here", "klass")
    return {"bpmn/decisions/klass.dmn": data}


@place
def an_input(p: Process, text: str) -> dict[str, bytes]:
    return asking(p, table("klass", [text], ["k"], [(["-"], ["1"])]))


@place
def a_cell(p: Process, text: str) -> dict[str, bytes]:
    return asking(p, table("klass", ["n"], ["k"], [([text], ["1"]), (["-"], ["2"])]))


@place
def a_cell_that_asks(p: Process, text: str) -> dict[str, bytes]:
    return asking(p, table("klass", ["n"], ["k"], [([f"? == ({text})"], ["1"])]))


@place
def an_output(p: Process, text: str) -> dict[str, bytes]:
    return asking(p, table("klass", ["n"], ["k"], [(["-"], [text])]))


@place
def a_default(p: Process, text: str) -> dict[str, bytes]:
    return asking(p, table("klass", ["n"], ["k"], [(["1"], ["1"])], default=text))


@place
def a_formula(p: Process, text: str) -> dict[str, bytes]:
    return asking(p, file_of(formula("klass", "k", text)))


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("attack", [*NINE, *MORE])
def test_an_attack_is_refused_when_it_is_published(attack: str, where: str, tmp_path: Path) -> None:
    proof = tmp_path / "pwned"
    text = {**NINE, **MORE}[attack].format(file=proof)
    p = Process("demo")
    p.message_start()
    p.end()
    more = PLACES[where](p, text)
    p.chain("opened", "here", "done")
    with pytest.raises(BrokenFilesError) as refused:
        compile_procedure(
            {**files_of(p), **more}, root="demo", roles=ROLES, clauses=(),
            forms={"demo/opened": FIELDS, "demo/here": FIELDS},
        )  # fmt: skip
    found = refused.value.problems
    assert {"bad_expression", "bad_cell", "bad_duration"} & {problem.code for problem in found}
    assert all(problem.zh and problem.en for problem in found)
    assert not proof.exists()


DATA: dict[str, Any] = {
    "n": 7, "big": 10**17, "amount": "99999999999999.99", "word": "x" * 9_000,
    "many": [*range(9_000)], "texts": ["x" * 9_000] * 9_000, "mixed": [1, "a", None, [2], {}],
    "long": [*range(200_000)], "deep": [], "row": {"__class__": "x"}, "huge": "9" * 10**6,
}  # fmt: skip
for _ in range(900):
    DATA["deep"] = [DATA["deep"]]


@pytest.mark.parametrize(
    "bomb",
    [
        "big * big", "number(amount) * number(amount) * number(amount)", "'ab' * big",
        "many * big", "word + word", "many + many", "word * word", "sum([many, many])",
        "sum(long)", "sorted(long)", "max(long)", "min(long)", "any(long)", "all(long)",
        "sorted(mixed)", "max(mixed)", "min(word, n)", "max()", "sorted(n)", "any(n)", "sum(word)",
        "str(deep)", "str(long)", "str([texts, texts])", "'%d' % n", "'%999999999d' % n",
        "word % word", "word / word", "-word", "word < n < word", "int(huge)", "number(huge)",
        "number('1E1000000')", "number('1e-1000000')", "number('Infinity')", "number('sNaN')",
        "int(number('1E30'))", "number('1E30') // number('1E-30')", "round(number('1E30'), 12)",
        "round(n, 10)[0]", "n[0]", "row['gone']", "row[many]", "{many: 1}", "abs(word)",
        "date('9999-99-99')", "date(n)", "date_time('2026-09-30')", "duration('P999999999D')",
        "date('2026-01-01') + n", "days_between(word, n)", "len(n)", "int(1E17 * 1E17)",
        "str(word) + str(word)", "[many, many] * 3", "many[::0]", "many['a']",
    ],
)  # fmt: skip
def test_a_bomb_is_bounded_when_it_goes_off(bomb: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        compile_expression(bomb).evaluate(DATA)
    assert caught.value.text == bomb
    assert caught.value.zh
    assert caught.value.en


def test_a_list_inside_itself_ends_as_well() -> None:
    around: list[object] = []
    around.append(around)
    data = {"around": around, "other": [around]}
    for text in ("str(around)", "sorted([around, other])", "max(around, 1)"):
        with pytest.raises(EvaluationError) as caught:
            compile_expression(text).evaluate(data)
        assert caught.value.zh
    with pytest.raises(TypeError):
        storable(around)
    assert compile_cell("[1, 2]").fits(around, {}) is False  # type: ignore[union-attr]


def test_a_list_of_itself_cannot_grow_from_line_to_line() -> None:
    p = Process("demo")
    p.message_start()
    p.script("grow", "x = [1, 2]\n" + "x = [x, x]\n" * 60)
    p.end()
    p.chain("opened", "grow", "done")
    with pytest.raises(RunError) as caught:
        spiff.start(compiled(p), {}, now=T0)
    assert (caught.value.element, caught.value.variable) == ("grow", "x")


@contextmanager
def calls(*names: str) -> Iterator[list[str]]:
    """Collect the calls of functions of ours by name, while something is evaluated."""
    made: list[str] = []

    def watch(frame: Any, event: str, _: object) -> None:
        if event == "call" and (not names or frame.f_code.co_name in names):
            made.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield made
    finally:
        sys.setprofile(before)


def longest(begin: str, part: str, end: str) -> spiff.Expression:
    """Compile the longest expression of so many parts that there may be."""
    for count in range(200, 0, -1):
        with suppress(spiff.ExpressionError):
            return compile_expression(begin + part * count + end)
    raise AssertionError(part)


@pytest.mark.parametrize(
    ("begin", "part", "end"),
    [("n", " + n", ""), ("n", " * 1", ""), ("n", " // 1.0", ""), ("max(", "n, ", "n)"),
     ("[", "n, ", "n]"), ("n", " < n", ""), ("sorted([", "n, ", "n])"), ("", "not ", "n"),
     ("[", "sorted(many), ", "n]")],
)  # fmt: skip
def test_an_expression_does_no_more_than_its_parts(begin: str, part: str, end: str) -> None:
    """Each part is worked out once, each operation by one guard that calls a few of its own."""
    expression = longest(begin, part, end)
    with calls("evaluate", "add", "guarded", "_rounded") as made:
        expression.evaluate(DATA)
    assert len(made) <= 150


def test_a_script_has_so_many_lines_and_no_more() -> None:
    assert len(compile_script("x = n\n" * MAX_LINES).lines) == MAX_LINES
    with pytest.raises(spiff.ExpressionError, match="Split it"):
        compile_script("x = n\n" * (MAX_LINES + 1))


def test_a_table_asks_each_cell_once() -> None:
    rows = [([f"[{n}..{n + 1}[", f"< {n}"], [f"{n}"]) for n in range(200)]
    decider = read_tables("klass.dmn", table("klass", ["n", "n"], ["k"], rows))[0].decider
    assert decider is not None
    with calls("fits") as made:
        decider.decide({"n": 7})
    assert len(made) <= 400


def test_a_table_of_a_million_cells_is_refused_before_one_is_read() -> None:
    cell = "<inputEntry><text>-</text></inputEntry>"
    data = table("klass", ["n"], ["k"], []).decode()
    data = data.replace(
        "</decisionTable>", f"<rule>{cell * 50}</rule>" * 10_000 + "</decisionTable>"
    )
    with calls("compile_cell") as made:
        (found,) = read_tables("klass.dmn", data.encode())
    assert found.problems[0].code in {"file_too_large", "too_many_elements"}
    assert made == []


def test_looking_for_gaps_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "MOST_TRIED", 20_000)
    monkeypatch.setattr(gaps, "MOST_PLACES", 1_000)
    columns = [f"n{n}" for n in range(9)]
    many = [([f"[{n}..{n + 1}["] + ["-"] * 8, ["1"]) for n in range(300)]
    wide = [([str(bool(n >> c & 1)).lower() for c in range(9)], ["1"]) for n in range(512)]
    for rows, kind in ((many, "number"), (wide, "boolean")):
        p = Process("demo")
        p.message_start()
        p.rule("here", "klass")
        p.end()
        p.chain("opened", "here", "done")
        files = files_of(p, klass=table("klass", columns, ["k"], rows))
        with calls(Cell.fits.__name__) as made, pytest.raises(BrokenFilesError) as refused:
            compile_procedure(
                files, root="demo", roles=ROLES, clauses=(),
                forms={"demo/opened": dict.fromkeys(columns, Asked(kind))},
            )  # fmt: skip
        assert {problem.code for problem in refused.value.problems} == {"too_intricate"}
        assert len(made) <= 20_000


@pytest.mark.parametrize(
    "value",
    [
        {"typename": "x"}, {"__class__": {"__mro__": ["x"]}}, {"__proto__": {"admin": True}},
        {"$type": "Decimal", "value": "1"}, {"": ""}, {"a.b": 1}, {"x" * 10_000: 1},
        {"\u0000": 1}, {"constructor": {"prototype": 1}}, ["__import__('os')"], "{0.__class__}",
        "${jndi:ldap://x}", "=cmd|' /C calc'!A0", {"typename": [{"typename": {"typename": 1}}]},
    ],
)  # fmt: skip
def test_hostile_keys_go_in_and_come_out_as_they_are(value: object) -> None:
    procedure = deciding("again == first", "first", "again")
    opened = spiff.start(procedure, {"first": value, "__class__": 1, "_x": 2}, now=T0)
    (task,) = opened.opened
    assert spiff.known(procedure, opened.state, task.id) == {"first": value}
    ended = spiff.complete(procedure, opened.state, task.id, {"again": value}, now=T0)
    assert ended.ended == "demo:done"


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = {"a": value} if levels % 2 else [value]
    return value


@pytest.mark.parametrize("value", [nested(10_000), nested(9_999), [0] * (MAX_PARTS + 1)])
def test_what_no_case_can_keep_is_refused_by_name(value: object) -> None:
    procedure = deciding("first is None", "first")
    with pytest.raises(RunError) as caught:
        spiff.start(procedure, {"first": value}, now=T0)
    assert (caught.value.process, caught.value.variable) == ("demo", "first")
    opened = spiff.start(procedure, {"first": nested(MAX_DEPTH - 1), "other": value}, now=T0)
    with pytest.raises(RunError) as caught:
        spiff.complete(procedure, opened.state, opened.opened[0].id, {"first": value}, now=T0)
    assert (caught.value.element, caught.value.variable) == ("ask", "first")
    assert "“first”" in caught.value.zh


def test_a_decimal_of_a_case_is_a_text_and_no_object() -> None:
    assert storable({"a": Decimal("1.50"), "b": (Decimal("1E+2"),)}) == {"a": "1.50", "b": ["100"]}
