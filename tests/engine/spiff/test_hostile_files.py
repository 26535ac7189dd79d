"""Files from strangers: whatever is in them, the answer is a list of problems."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import spiff
from engine.spiff import BrokenFilesError, Call, RunError, compile_procedure
from engine.spiff.files.xml import MAX_BYTES
from tests.engine.spiff.drawing import (
    OPERATORS,
    ROLES,
    T0,
    Process,
    Scope,
    files_of,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.spiff import Problem

PATH = "bpmn/test/demo.bpmn"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
FORMS = {"demo/opened": ("n",), "demo/ask": ("n",)}


def good() -> Process:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.rule("classify", "klass")
    p.parallel("fork")
    p.parallel("join")
    p.service("allot", "allot_number")
    p.send("tell")
    p.xor("which", "which_to_done")
    p.end()
    p.terminate("other")
    p.chain("opened", "ask", "classify", "fork", "allot", "join", "which", "done")
    p.chain("fork", "tell", "join")
    p.flow("which", "other", "n == 1")
    p.deadline("late", "ask", "PT1S")
    p.end("late_done")
    p.chain("late", "late_done")
    return p


def alarming() -> Process:
    """Draw what throws and catches, and what asks a connector."""
    p, inside = Process("demo"), Scope("demo")
    inside.start("begun")
    inside.throws("told", "escalation", "SLOW", ends=False)
    inside.service("looks", "ask", "found", question="n + 1")
    inside.xor("picks", "picks_to_failed")
    inside.throws("failed", "error", "E1")
    inside.throws("undone", "cancel")
    inside.chain("begun", "told", "looks", "picks", "failed")
    inside.flow("picks", "undone", "n == 1")
    inside.catches("no_answer", "looks", "error", "E2")
    inside.end("gave_up")
    inside.chain("no_answer", "gave_up")
    p.message_start()
    p.transaction("book", inside)
    p.end()
    p.chain("opened", "book", "done")
    for event, kind, code in (("broken", "error", ""), ("cancelled", "cancel", "")):
        p.catches(event, "book", kind, code)
        p.chain(event, p.end(f"{event}_end"))
    p.catches("slow", "book", "escalation", "SLOW", 'cancelActivity="false"')
    p.chain("slow", p.user("ask"), p.end("asked"))
    return p


def complete(error: BrokenFilesError) -> tuple[Problem, ...]:
    """Give the problems, each of which must say everything."""
    assert error.problems
    assert all(p.file and p.code and p.zh and p.en for p in error.problems)
    return error.problems


def refused(data: bytes) -> tuple[Problem, ...]:
    """Compile with these bytes as the diagram; nothing but problems may come of it."""
    files = files_of(good(), klass=table("klass", ["n"], ["k"], [(["1"], ["2"])]))
    try:
        procedure = compile_procedure(
            {**files, PATH: data},
            root="demo", roles=ROLES, clauses=(), forms=FORMS, operators=OPERATORS,
        )  # fmt: skip
    except BrokenFilesError as error:
        return complete(error)
    try:
        move = spiff.start(procedure, {"n": 1}, now=T0)
        for task in move.opened:
            spiff.complete(procedure, move.state, task.id, {}, now=T0)
        for call in (e for e in move.effects if isinstance(e, Call) and e.id is not None):
            assert call.id is not None
            spiff.answer(procedure, move.state, call.id, {}, now=T0)
            spiff.fail(procedure, move.state, call.id, "E2", now=T0)
    except RunError:
        pass
    return ()


def only(data: bytes) -> str:
    (problem,) = refused(data)
    assert problem.file == PATH
    return problem.code


def with_entity(declaration: str, use: str) -> bytes:
    text = good().bytes().decode().replace(HEAD, f"{HEAD}<!DOCTYPE x [{declaration}]>")
    return text.replace('name="ask名"', f'name="{use}"').encode()


def test_the_good_ones_are_good() -> None:
    assert refused(good().bytes()) == ()
    assert refused(alarming().bytes()) == ()


def test_entities_are_refused_unexpanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOP SECRET")
    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 100}">' for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    before = process_time()
    for declaration, use in (
        (laughs, "&h;"),
        ('<!ENTITY e "x">', "&e;"),
        ("", "plain"),
        (f'<!ENTITY e SYSTEM "file://{secret}">', "plain"),
    ):
        assert only(with_entity(declaration, use)) in {"dtd_refused", "not_xml"}
    inside = good().bytes().replace(b"<?xml", b"<?xml", 1).decode()
    inside = inside.replace(HEAD, f'{HEAD}<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>')
    inside = inside.replace(
        "</bpmn:userTask>", "<bpmn:documentation>&e;</bpmn:documentation></bpmn:userTask>"
    )
    (problem,) = refused(inside.encode())
    assert problem.code == "dtd_refused"
    assert "SECRET" not in problem.zh + problem.en
    assert process_time() - before < 1


def test_an_external_dtd_is_not_fetched() -> None:
    text = good().bytes().decode()
    doctype = f'{HEAD}<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
    assert only(text.replace(HEAD, doctype).encode()) == "dtd_refused"


def test_a_file_of_50_mb_is_refused_before_it_is_parsed() -> None:
    data = b"<" * (50 * 1024 * 1024)
    before = process_time()
    assert only(data) == "file_too_large"
    assert process_time() - before < 0.2
    assert only(good().bytes() + b" " * MAX_BYTES) == "file_too_large"


def test_too_many_elements_and_too_deep_ones_are_refused() -> None:
    wide = good().bytes().replace(b"</bpmn:definitions>", b"<x/>" * 60_000 + b"</bpmn:definitions>")
    assert only(wide) == "too_many_elements"
    deep = b"<x>" * 5_000 + b"</x>" * 5_000
    nested = good().bytes().replace(b"</bpmn:definitions>", deep + b"</bpmn:definitions>")
    assert only(nested) == "too_deep"


@pytest.mark.parametrize(
    ("namespace", "says"),
    [
        ("http://www.omg.org/spec/BPMN/20100524/MODELS", "MODELS"),
        ("http://www.omg.org/spec/BPMN/20100501/MODEL", "20100501"),
        ("https://www.omg.org/spec/DMN/20191111/MODEL/", "DMN"),
    ],
)
def test_a_wrong_namespace_is_named(namespace: str, says: str) -> None:
    data = (
        good().bytes().replace(b"http://www.omg.org/spec/BPMN/20100524/MODEL", namespace.encode())
    )
    (problem,) = refused(data)
    assert problem.code == "wrong_namespace"
    assert says in problem.zh
    assert says in problem.en


def test_no_namespace_at_all_is_named() -> None:
    data = good().bytes().replace(b"<bpmn:", b"<").replace(b"</bpmn:", b"</")
    (problem,) = refused(data)
    assert problem.code == "wrong_namespace"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", "投诉".encode("gb18030"), b"\xff\xfe<\x00", b"PK\x03\x04", b"{}",
     b"<bpmn:definitions/>", b"<a></b>", "<?xml version='1.0' encoding='utf-8'?><a>\xe9</a>".encode(
         "latin-1"), good().bytes()[:-40]],
)  # fmt: skip
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    assert only(data) == "not_xml"


def elements(drawn: Callable[[], Process]) -> int:
    return sum(1 for _ in etree.fromstring(drawn().bytes()).iter())


@pytest.mark.parametrize(
    ("drawn", "number"),
    [(each, number) for each in (good, alarming) for number in range(1, elements(each))],
)
def test_any_element_may_be_missing(drawn: Callable[[], Process], number: int) -> None:
    root = etree.fromstring(drawn().bytes())
    element = list(root.iter())[number]
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
    refused(etree.tostring(root))


@pytest.mark.parametrize("drawn", [good, alarming])
@pytest.mark.parametrize("value", [None, "", "ask", "no-such-thing", "P1D", "<&>"])
def test_any_attribute_may_be_missing_or_wrong(
    value: str | None, drawn: Callable[[], Process]
) -> None:
    data = drawn().bytes()
    for number in range(elements(drawn)):
        for name in list(etree.fromstring(data).iter())[number].attrib:
            root = etree.fromstring(data)
            attributes = list(root.iter())[number].attrib
            if value is None:
                del attributes[name]
            else:
                attributes[name] = value
            refused(etree.tostring(root))


@settings(
    max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.integers(0, len(good().bytes()) - 1), st.binary(max_size=3), st.integers(0, 30))
def test_any_bytes_may_be_wrong(where: int, put: bytes, cut: int) -> None:
    data = good().bytes()
    refused(data[:where] + put + data[where + cut :])


def test_any_bytes_of_a_table_may_be_wrong() -> None:
    data = table("klass", ["n"], ["k"], [(["1"], ["2"]), (["< 5"], ["'x'"])])
    for where in range(0, len(data), 7):
        broken = data[:where] + data[where + 5 :]
        try:
            compile_procedure(
                {**files_of(good()), "bpmn/decisions/klass.dmn": broken},
                root="demo", roles=ROLES, clauses=(), forms=FORMS,
            )  # fmt: skip
        except BrokenFilesError as error:
            complete(error)


def test_a_byte_order_mark_is_accepted_and_an_office_file_is_called_one() -> None:
    assert refused(b"\xef\xbb\xbf" + good().bytes()) == ()
    (problem,) = refused(b"PK\x03\x04 and so on")
    assert "Excel" in problem.zh
    assert "Excel" in problem.en
