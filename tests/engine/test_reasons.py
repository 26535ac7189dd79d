from __future__ import annotations

import pytest

from engine.reasons import LONGEST, BadReasonError, checked_reason


@pytest.mark.parametrize(
    "said",
    ["", " ", "\u200b", "\u200b \u2060\ufeff", "\u00ad\u200d", "\u3164", "\u2800\n", "\ufe0f"],
)
def test_a_reason_that_nobody_sees_is_none(said: str) -> None:
    with pytest.raises(BadReasonError):
        checked_reason(said)


@pytest.mark.parametrize(
    "said", ["等样件", "\u200b等样件", "👨\u200d🔧", "e\u0301", "?", "好" * LONGEST]
)
def test_what_can_be_read_is_a_reason(said: str) -> None:
    assert checked_reason(f" {said}\n") == said
