from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.messages.correlation import correlation

NAMES = st.text("abc_", min_size=1, max_size=4)
KEYS = st.dictionaries(NAMES, st.text(min_size=1, max_size=5), max_size=3)


@given(NAMES, KEYS, NAMES, KEYS)
def test_only_equal_names_and_keys_meet(
    name: str, keys: dict[str, str], other: str, others: dict[str, str]
) -> None:
    meet = correlation("message", name, keys) == correlation("message", other, others)
    assert meet == ((name, keys) == (other, others))
    assert correlation("signal", name, keys) != correlation("message", name, keys)


@given(NAMES, st.permutations([("a", 1), ("b", "x"), ("c", True)]))
def test_the_order_of_keys_does_not_count(name: str, pairs: list[tuple[str, object]]) -> None:
    assert correlation("message", name, dict(pairs)) == correlation(
        "message", name, {"a": "1", "b": "x", "c": "true"}
    )


@given(st.integers(-(10**9), 10**9))
def test_a_number_equals_the_text_that_writes_it(number: int) -> None:
    keys: list[dict[str, object]] = [{"n": number}, {"n": float(number)}, {"n": str(number)}]
    assert len({correlation("message", "m", each) for each in keys}) == 1


@given(st.text(max_size=5), st.text(max_size=5))
def test_texts_never_run_together(one: str, two: str) -> None:
    assume(one != two)
    assert correlation("message", "m", {"a": one, "b": two}) != correlation(
        "message", "m", {"a": two, "b": one}
    )
