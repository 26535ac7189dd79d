"""What comes from outside as JSON: what is taken is what was sent, what is not is refused."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.control import has_control
from engine.payloads import DEEPEST, MOST_BYTES, BadPayloadError, read_object

TEXTS = st.text(max_size=20).filter(
    lambda text: not has_control(text) and text.encode(errors="replace").decode() == text
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_an_ordinary_object_is_taken_as_it_is_and_can_be_kept(sent: dict[str, Any]) -> None:
    taken = read_object(json.dumps(sent, ensure_ascii=False).encode())
    assert taken == sent
    assert orjson.loads(orjson.dumps(taken)) == sent


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\eE+-.0123456789tfn u').map(str.encode))
def test_whatever_comes_is_taken_or_refused_by_name(raw: bytes) -> None:
    try:
        outcome: object = read_object(raw)
    except BadPayloadError as refused:
        outcome = [refused.zh, refused.en]
    kept = orjson.dumps(outcome)
    assert isinstance(outcome, dict) or 20 < len(kept) < 600


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_the_depth_has_a_limit(opening: str) -> None:
    closing = "]" if opening == "[" else "}"

    def deep(levels: int) -> bytes:
        inner = opening * (levels - 1) + "1" + closing * (levels - 1)
        return ('{"a":' + inner + "}").encode()

    assert read_object(deep(DEEPEST))
    with pytest.raises(BadPayloadError, match="nested"):
        read_object(deep(DEEPEST + 1))


def test_brackets_in_texts_are_no_depth() -> None:
    text = '[[["' + "[" * 100
    assert read_object(json.dumps({"a": text, "b]": "\\"}).encode()) == {"a": text, "b]": "\\"}


def test_the_size_has_a_limit() -> None:
    room = MOST_BYTES - len('{"a":""}')
    assert read_object(b'{"a":"' + b"x" * room + b'"}')
    with pytest.raises(BadPayloadError, match="256 KB"):
        read_object(b'{"a":"' + b"x" * (room + 1) + b'"}')


def test_a_line_break_in_a_text_is_no_control_character() -> None:
    assert read_object(b'{"note": "one\\n\\ttwo\\r\\n"}') == {"note": "one\n\ttwo\r\n"}


@pytest.mark.parametrize(
    ("raw", "named"),
    [(b'{"a": {"b\\u0001": 1}}', "a"), (b'{"a": ["x", "\\u0000"]}', "a/1"),
     (b'{"amount": 1, "b": 2, "amount": 3}', "amount"), (b'{"a": -Infinity}', "-Infinity"),
     (b'{"a": "x"', "1:10"), (b'{"a": "\xe4\xf6"}', "byte 8")],
)  # fmt: skip
def test_a_refusal_says_where(raw: bytes, named: str) -> None:
    with pytest.raises(BadPayloadError) as refused:
        read_object(raw)
    assert named in refused.value.en
