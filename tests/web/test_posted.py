from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.posted import pairs_of


def by_the_library(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode(), keep_blank_values=True, errors="werkzeug.url_quote")


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_was_typed_is_read_back(pairs: list[tuple[str, str]]) -> None:
    typed = [(name, text) for name, text in pairs if (name + text).isprintable()]

    assert pairs_of(urlencode(typed).encode()) == typed


@given(st.text("%aAfF09&=+ ~;%%\r\n_").map(str.encode))
def test_any_posted_bytes_are_read_as_by_the_standard_library(body: bytes) -> None:
    assert pairs_of(body) == by_the_library(body)


@pytest.mark.parametrize(
    "body", [b"a=%E4%B8", b"a=%FF%41", b"a=%zz%4", b"%", b"=x&&y", b"a=%\n41", b"%=3D"]
)
def test_broken_escapes_are_kept_as_by_the_standard_library(body: bytes) -> None:
    assert pairs_of(body) == by_the_library(body)


def test_bytes_that_should_have_been_escaped_are_no_form() -> None:
    assert pairs_of("a=中".encode()) == []
