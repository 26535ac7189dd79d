"""Files from people we do not trust are refused with place, reason and cure."""

from __future__ import annotations

from typing import NoReturn

import pytest

from forms import BrokenFormError, load_form
from forms.source import parse


def refusal(source: bytes) -> BrokenFormError:
    with pytest.raises(BrokenFormError) as caught:
        parse("forms/a/b.json", source)
    return caught.value


def test_a_key_written_twice_is_refused_where_it_stands() -> None:
    error = refusal(b'{"properties": {"a": [1, {"x": 1, "x": 2}]}}')
    assert (error.file, error.pointer) == ("forms/a/b.json", "/properties/a/1")
    assert '"x" is written twice' in error.en
    assert "“x”写了两次" in error.zh


@pytest.mark.parametrize(
    ("source", "english"),
    [
        (b"[" * 51 + b"]" * 51, "deeper than 50"),
        (b"[" * 200_000, "deeper than 50"),
        (b'{"a": "' + b"x" * 1_000_000 + b'"}', "over 1 MB"),
        (b"\xff\xfe{\x00", "UTF-8"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": Infinity}', "not a JSON number"),
        (b'{"a": 1,}', "Not valid JSON"),
        (b"", "Not valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "Not valid JSON"),
    ],
)
def test_hostile_json_is_refused(source: bytes, english: str) -> None:
    assert english in refusal(source).en


def test_brackets_inside_texts_are_no_depth() -> None:
    assert parse("f", b'{"a": "' + b"[" * 100 + b'\\"[{"}').mapping() == {"a": "[" * 100 + '"[{'}


def test_a_pointer_escapes_what_json_pointer_escapes() -> None:
    node = parse("f", b'{"a/b": {"c~d": 1}}')
    assert node.at("a/b").at("c~d").pointer == "/a~1b/c~0d"


@pytest.mark.parametrize("source", [b"[]", b"3", b'"form"', b"null", b"true"])
def test_a_form_is_an_object(source: bytes) -> None:
    named = b'"title": "t", "x-i18n": {"en": {"title": "t"}}'
    schema = b'{"type": "object", %b, "properties": {"a": {"type": "string", %b}}}' % (named, named)
    with pytest.raises(BrokenFormError, match="Write an object"):
        load_form("a/b", source, None, judge=NoJudge())
    with pytest.raises(BrokenFormError, match=r"ui\.json#: .*Write an object"):
        load_form("a/b", schema, source, judge=NoJudge())


class NoJudge:
    def compile(self, text: str) -> NoReturn:
        raise AssertionError(text)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse("a.json", b"\xef\xbb\xbf{}").value == {}
