from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.history import Draft, chain, follow, read, to_bytes
from engine.history.told import GENESIS
from engine.people import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
CASE = UUID(int=7)

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
drafts = st.builds(
    Draft,
    kind=st.sampled_from(["case_opened", "step_completed", "timer_fired"]),
    facts=st.dictionaries(st.sampled_from(["element", "flows", "ended"]), json),
    answers=st.none() | st.dictionaries(st.text(), json),
)


def broken(rows: Sequence[Any]) -> int | None:
    return follow(rows).broken


def chained(happened: Sequence[Draft]) -> list[Any]:
    rows, _ = chain(happened, case_id=CASE, seq=0, head=GENESIS, by=None, now=NOW)
    return [SimpleNamespace(**row) for row in rows]


@given(st.lists(drafts, min_size=1, max_size=6))
def test_an_untouched_chain_holds(happened: list[Draft]) -> None:
    assert broken(chained(happened)) is None


@given(st.lists(drafts, min_size=1, max_size=6), st.data())
def test_a_changed_byte_anywhere_is_found_at_its_entry(
    happened: list[Draft], data: st.DataObject
) -> None:
    rows = chained(happened)
    row = data.draw(st.sampled_from(rows))
    column = data.draw(st.sampled_from(["body", "hash", *(["answers"] if row.answers else [])]))
    stored = bytearray(getattr(row, column))
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] ^= data.draw(st.integers(1, 255))
    setattr(row, column, bytes(stored))

    assert broken(rows) == row.seq


@given(st.lists(drafts, min_size=2, max_size=6), st.data())
def test_a_removed_or_swapped_entry_is_found(happened: list[Draft], data: st.DataObject) -> None:
    rows = chained(happened)
    gone = data.draw(st.integers(0, len(rows) - 2))
    assert broken(rows[:gone] + rows[gone + 1 :]) == gone + 1


TYPED = Draft("case_opened", answers={"phone": "13800000000"})


def test_answers_erased_by_an_entry_leave_the_chain_whole() -> None:
    rows = chained([TYPED, Draft("answers_erased", {"erased": [1]})])
    rows[0].answers = rows[0].salt = None
    assert broken(rows) is None


def test_answers_that_vanish_without_an_entry_break_the_chain() -> None:
    rows = chained([Draft("case_linked"), TYPED, Draft("answers_erased", {"erased": [1]})])
    rows[1].answers = rows[1].salt = None
    assert broken(rows) == 2


def test_answers_without_their_salt_break_the_chain() -> None:
    rows = chained([TYPED])
    rows[0].salt = None
    assert broken(rows) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", NOW - timedelta(days=1)),
        ("kind", "task_claimed"),
        ("actor", UUID(int=1)),
        ("task_id", UUID(int=2)),
        ("timer_id", None),
        ("case_id", UUID(int=8)),
    ],
)
def test_a_column_that_differs_from_the_chained_body_is_found(column: str, value: object) -> None:
    fired = Draft("timer_fired", {"element": "late"}, timer_id=UUID(int=3))
    rows = chained([TYPED, fired, Draft("case_linked")])
    setattr(rows[1], column, value)
    assert broken(rows) == 2


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b"\xff", b'{"kind": []}'])
def test_a_body_that_cannot_be_read_is_a_break_even_with_a_hash_to_match(body: bytes) -> None:
    rows = chained([TYPED, Draft("case_linked")])
    rows[1].body, rows[1].hash = body, sha256(rows[0].hash + body).digest()
    assert broken(rows) == 2


def test_nobody_signs_what_the_engine_did() -> None:
    anna = Person(UUID(int=5), "anna", "安娜", frozenset(), "zh")
    happened = [TYPED, Draft("number_allotted", {"number": "A-1"})]
    rows, _ = chain(happened, case_id=CASE, seq=0, head=GENESIS, by=anna, now=NOW)
    assert [row["actor"] for row in rows] == [anna.id, None]
    assert read(rows[1]["body"])["name"] is None


def test_the_same_answers_are_the_same_bytes_in_any_order() -> None:
    assert to_bytes({"a": 1, "b": "二"}) == to_bytes({"b": "二", "a": 1})
