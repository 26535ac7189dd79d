from __future__ import annotations

import pytest

from engine.spiff.reading import in_words


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "没有值", "has no value"),
        ("", "没有值", "has no value"),
        (True, "是“是”", "is yes"),
        (False, "是“否”", "is no"),
        (5, "是“5”", 'is "5"'),
        ("a\nb", "是“a b”", 'is "a b"'),
        (["a", 1], "是“['a', 1]”", "is \"['a', 1]\""),
    ],
)
def test_a_message_says_what_a_variable_holds(value: object, zh: str, en: str) -> None:
    assert in_words(value) == (zh, en)


def test_a_message_shows_only_the_beginning_of_a_long_value() -> None:
    zh, en = in_words("长" * 10_000)
    assert zh == f"是“{'长' * 60}…”"
    assert len(en) < 70
