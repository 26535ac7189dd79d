"""Whatever is posted, no request breaks and nothing of it gets where it does not belong."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import orjson
import pytest
import sqlalchemy as sa

from engine import procedures, spiff
from engine.tables import attachments, cases, entries
from tests.web.test_guard import address
from tests.web.visiting import START, filled, task_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.web.visiting import Visitor

Pairs = list[tuple[str, str]]
ENCODED = "application/x-www-form-urlencoded"
DEEP = "[" * 10_000
NAMES = [
    "__class__", "__proto__", "__init__.__globals__", "typename", "constructor[prototype]",
    "customer.__class__", "customer[0]", "customer.0.0", "complaint_files.0.x", "toString",
    DEEP, DEEP + "]" * 10_000, "customer" + "[a]" * 3_000, ".".join("a" * 5_000), "a.0." * 2_000,
    "", " ", "_", ".", "..", "kept.", "kept.kept.customer", "kept.__class__", "csrf_token.",
    "\ufffe", "\u202e", "客" * 2_000, "{{7*7}}", "${7*7}", "%s%s%n", "' or 1=1 --",
]  # fmt: skip
TEXTS = [
    DEEP, "{" * 10_000, '{"a":' * 10_000, "__class__", "\u202e\ufeff", "{{7*7}}", "9" * 10_000,
    "1e999999999", "NaN", "-P1D", "P9999999Y", "0000-00-00", "99999-01-01", "\r\n\r\n", "<script>",
]  # fmt: skip
RAW = {
    "NUL": b"customer=a%00b&%00=%00",
    "a lone surrogate": b"customer=%ED%A0%80&%ED%BF%BF=%ED%A0%80",
    "overlong UTF-8": b"customer=%C0%80%E0%80%80",
    "no UTF-8": b"customer=%FF%FE&%FF=%FF",
    "half an escape": b"customer=%E4%B8&%=%2&%zz",
    "bytes that should have been escaped": "customer=客户".encode(),
    "separators alone": b"&&&&=&=&;;",
    "names without values": b"customer&product&zone",
    "a value without a name": b"=customer",
}


def body(*more: tuple[str, str], **answers: Any) -> Pairs:  # noqa: ANN401 - as they are typed
    """Give the usual start form as pairs, and more behind it."""
    usual = filled("complaint_received", **answers)
    return [*((name, text) for name, texts in usual.items() for text in texts), *more]


def send(visitor: Visitor, path: str, sent: bytes | Iterable[tuple[str, str]]) -> TestResponse:
    """Post bytes, or pairs in their order, with the token of the page before."""
    if not isinstance(sent, bytes):
        sent = urlencode(list(sent)).encode()
    token = f"csrf_token={quote(visitor.token)}&".encode()
    return visitor.client.post(path, data=token + sent, content_type=ENCODED, buffered=True)


def in_parts(visitor: Visitor, path: str, sent: Pairs, files: Iterable[bytes] = ()) -> TestResponse:
    """Post pairs and PDF files in parts, laid out by hand: werkzeug leaves large ones open."""
    field, end = "Content-Disposition: form-data; name=", b"\r\n"
    parts = [
        f'--b\r\n{field}"{name}"\r\n\r\n{text}'.encode()
        for name, text in [("csrf_token", visitor.token), *sent]
    ]
    head = f'--b\r\n{field}"complaint_files"; filename="a.pdf"\r\n\r\n'.encode()
    parts += [head + content for content in files]
    whole = end.join([*parts, b"--b--", b""])
    kind = "multipart/form-data; boundary=b"
    return visitor.client.post(path, data=whole, content_type=kind, buffered=True)


def test_a_name_that_the_form_has_not_reaches_neither_state_nor_history(
    fang: Visitor, database: sa.Engine
) -> None:
    for name in NAMES:
        fang.get(START)
        assert send(fang, START, body((name, "hostile"), (name, DEEP))).status_code == 303, name
    with database.connect() as conn:
        rows = conn.execute(sa.select(cases.c.version_id, cases.c.state)).all()
        version = procedures.version(conn, rows[0].version_id)
        found = [spiff.variables(version.compiled, row.state)[0].values for row in rows]
        answers = conn.scalars(sa.select(entries.c.answers).where(entries.c.seq == 1)).all()
    assert version.start_form is not None
    assert len(rows) == len(NAMES)
    for values, typed in zip(found, answers, strict=True):
        assert set(values) <= version.compiled.variables
        assert set(orjson.loads(typed or b"null")) <= set(version.start_form.names)
    assert "hostile" not in repr((found, answers))


def test_a_hostile_text_is_taken_as_text_or_told_at_its_field(fang: Visitor) -> None:
    for text in TEXTS:
        fang.get(START)
        everywhere = [(name, text) for name, _ in body()]
        assert send(fang, START, everywhere).status_code == 422, text[:40]
        assert send(fang, START, body(customer=text)).status_code in {303, 422}, text[:40]
    assert fang.get("/cases").status_code == 200


@pytest.mark.parametrize("path", [START, f"{START}/draft", "/language/zh", "/sign-in"])
def test_bytes_that_are_no_text_are_read_as_far_as_they_go(fang: Visitor, path: str) -> None:
    for name, sent in RAW.items():
        fang.get(START)
        expected = {200, 303, 401, 422} if sent.isascii() else {400}
        assert send(fang, path, sent).status_code in expected, name
    assert fang.get(START).status_code == 200


def test_of_a_name_that_comes_twice_the_last_text_counts(
    fang: Visitor, database: sa.Engine
) -> None:
    fang.get(START)
    assert send(fang, START, body(("customer", "第二"), ("customer", "第三"))).status_code == 303
    with database.connect() as conn:
        assert conn.scalar(sa.select(cases.c.customer)) == "第三"


@pytest.mark.parametrize("path", [START, f"{START}/draft", "/language/zh", "/notices/seen"])
def test_ten_megabytes_in_one_field_are_too_large(fang: Visitor, path: str) -> None:
    fang.get(START)
    large = [("description", "x" * 10 * 1024 * 1024)]
    encoded = send(fang, path, [*body(), *large])
    for answer in (encoded, in_parts(fang, path, large)):
        assert answer.status_code == 413
        assert "超过上限" in answer.text
    assert fang.get(START).status_code == 200


def test_a_body_without_a_length_is_read_no_further_than_one_with_it(fang: Visitor) -> None:
    fang.get(START)
    stream = BytesIO(b"x=" + b"a" * 40 * 1024 * 1024)
    answer = fang.client.post(
        START,
        input_stream=stream,
        content_type=ENCODED,
        buffered=True,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code == 413
    assert stream.tell() < 20 * 1024 * 1024


def test_many_texts_in_parts_are_together_no_more_than_one_may_be(fang: Visitor) -> None:
    fang.get(START)
    many = [(f"f{n}", "x" * 1024 * 1024) for n in range(8)]
    assert in_parts(fang, START, many).status_code == 413


def test_files_are_no_texts(fang: Visitor) -> None:
    fang.get(START)
    large = [b"%PDF-1.7" + bytes(6 * 1024 * 1024) for _ in range(3)]
    assert in_parts(fang, START, body(), large).status_code == 303


@pytest.mark.parametrize("path", [START, f"{START}/draft", "/language/zh", "/notices/seen"])
def test_a_hundred_thousand_fields_are_too_many(fang: Visitor, path: str) -> None:
    fang.get(START)
    many = [(f"f{n}", "x") for n in range(100_000)]
    assert send(fang, path, [*body(), *many]).status_code == 413
    same = [("customer", "x")] * 100_000
    assert send(fang, path, [*body(), *same]).status_code == 413
    assert in_parts(fang, path, many).status_code == 413


BODIES = [
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=", b"x"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; na"),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="'),
    ("multipart/form-data; boundary=" + "b" * 5_000, b"--b"),
    ("multipart/form-data; boundary=\xe4", b"--b"),
    (f"{ENCODED}; charset=utf-7", b"customer=+ADw-"),
    ("application/json", DEEP.encode()),
    ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    ("", b"\x00"),
    ("\x7f", b"\x00"),
]


def test_a_body_that_is_no_form_has_no_token(fang: Visitor) -> None:
    for kind, sent in BODIES:
        fang.get(START)
        answer = fang.client.post(START, data=sent, content_type=kind, buffered=True)
        assert answer.status_code == 400, kind
    assert fang.get(START).status_code == 200


@pytest.mark.parametrize("path", [START, "/language/zh", "/sign-in"])
def test_labels_that_are_none_leave_the_names(fang: Visitor, path: str) -> None:
    for labels in (DEEP, '{"customer":' * 10_000, "null", "[]", "7", '{"a": {}}'):
        sent = {"csrf_token": "stale", "_labels": labels, "customer": "天源"}
        answer = fang.client.post(path, data=sent, buffered=True)
        assert answer.status_code == 400, labels[:20]
        assert "天源" in answer.text


PRESSED = [
    {"_add": "__class__"}, {"_add": "customer"}, {"_add": DEEP}, {"_del": DEEP},
    {"_del": "customer.1"}, {"_del": "parts." + "9" * 9_000}, {"_del": "٣.٣"}, {"_show": DEEP},
    {"_form": DEEP}, {"_form": "../../etc/passwd"}, {"_form": "a/b/c"}, {"_sending": DEEP},
    {"_sending": "\u202e"}, {"_sending": "0" * 32}, {"_labels": DEEP},
]  # fmt: skip


def test_a_page_s_own_fields_are_read_like_any_others(fang: Visitor) -> None:
    path = task_path(fang.opens())
    there = (START, f"{START}/draft", f"{path}/complete", f"{path}/draft", f"{path}/claim")
    for pressed in PRESSED:
        fang.get(path)
        answers = [send(fang, one, [*body(), *pressed.items()]).status_code for one in there]
        assert set(answers) <= {200, 303, 422}, (pressed, answers)


def test_no_address_breaks_on_anything_that_is_posted(
    app: Flask, sign_in: Callable[[str], Visitor]
) -> None:
    hostile: Pairs = [(name, text) for name in NAMES for text in ("x", DEEP[:500])]
    for field in ("id", "next", "q", "reason", "scope", "revision", "do", "json", "note", "csv",
                  "name", "file", "total", "after", "login", "password"):  # fmt: skip
        hostile += [(field, DEEP), (field, "-1"), (field, "9" * 50), (field, "__class__")]
    told = []
    for login in ("fang", "he", "lin"):
        visitor = sign_in(login)
        for rule in app.url_map.iter_rules():
            if "POST" not in (rule.methods or ()) or rule.endpoint == "people.sign_out":
                continue
            visitor.get("/notices")
            visitor.get(START)
            path = address(app, rule)
            for sent in (hostile, [], *([("do", word)] for word in ("repair", "put", "drop"))):
                answer = send(visitor, path, sent)
                if answer.status_code >= 500:
                    told.append(f"{login} {path} {answer.status_code}")
    assert told == []


FILES = [
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("..\\..\\windows\\a.pdf", "....windowsa.pdf"),
    ("C:\\CON.pdf", "C:CON.pdf"),
    ("/", ""),
    ("..", ""),
    (".pdf", ""),
    ("a.pdf.exe", ""),
    ("a.pdf/", "a.pdf"),
    ("客" * 3_000 + ".pdf", "客" * 196 + ".pdf"),
    ("\u202egpj.pdf", "\u202egpj.pdf"),
    ("a\x00b\x1b[31m.pdf", "ab[31m.pdf"),
    ("<script>.pdf", "<script>.pdf"),
    ('"; filename="b.html', ""),
    ("__class__.pdf", "__class__.pdf"),
    (" .pdf ", ""),
    ("a.PDF", "a.PDF"),
]


def test_a_file_named_strangely_is_kept_by_a_harmless_name_or_refused_in_words(
    fang: Visitor, database: sa.Engine
) -> None:
    for name, kept in FILES:
        fang.get(START)
        files = {**filled("complaint_received"), "complaint_files": [(BytesIO(b"%PDF-1.7"), name)]}
        assert fang.post(START, files).status_code in ({303} if kept else {303, 422}), name
    with database.connect() as conn:
        stored = conn.execute(sa.select(attachments.c.id, attachments.c.name)).all()
    assert {one.name for one in stored} == {kept for _, kept in FILES if kept}
    for one in stored:
        given = fang.get(f"/attachments/{one.id}")
        assert (given.status_code, given.headers["Content-Type"]) == (200, "application/pdf")
        assert "\n" not in given.headers["Content-Disposition"]
