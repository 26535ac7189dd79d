"""When a group of signatures is complete, in every mode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.acts.signing import MODES
from engine.flexible.groups import AFTER, BEFORE, verdict

STATUSES = st.lists(st.sampled_from(["asked", "waiting", "agreed", "refused"]), max_size=8)
ANY_MODE = st.sampled_from(sorted(MODES))
PERCENT = st.integers(1, 100)


@pytest.mark.parametrize(
    ("mode", "ratio", "statuses", "before", "after"),
    [
        ("all", None, "agreed agreed", "agreed", "agreed"),
        ("all", None, "agreed asked", None, None),
        ("all", None, "refused asked", None, "refused"),
        ("all", None, "agreed refused", "agreed", "refused"),
        ("any", None, "asked asked", None, None),
        ("any", None, "agreed asked", "agreed", "agreed"),
        ("any", None, "refused asked", "agreed", None),
        ("any", None, "refused refused", "agreed", "refused"),
        ("order", None, "agreed asked waiting", None, None),
        ("order", None, "refused waiting", None, "refused"),
        ("ratio", 66, "agreed agreed asked", "agreed", "agreed"),
        ("ratio", 67, "agreed agreed asked", None, None),
        ("ratio", 50, "refused refused asked", "agreed", "refused"),
        ("all", None, "", "agreed", "refused"),
    ],
)
def test_a_group_is_complete(
    mode: str, ratio: int | None, statuses: str, before: str | None, after: str | None
) -> None:
    assert verdict(BEFORE, mode, ratio, statuses.split()) == before
    assert verdict(AFTER, mode, ratio, statuses.split()) == after


@given(ANY_MODE, PERCENT, STATUSES)
def test_a_group_in_which_everybody_has_answered_is_complete(
    mode: str, ratio: int, statuses: list[str]
) -> None:
    answered = [status for status in statuses if status in {"agreed", "refused"}]
    for place in (BEFORE, AFTER):
        assert verdict(place, mode, ratio, answered) is not None


@given(ANY_MODE, PERCENT, STATUSES)
def test_a_verdict_stands_whatever_the_others_say(
    mode: str, ratio: int, statuses: list[str]
) -> None:
    for place in (BEFORE, AFTER):
        found = verdict(place, mode, ratio, statuses)
        if found is None or not statuses:
            continue
        for answer in ("agreed", "refused"):
            full = [answer if one in {"asked", "waiting"} else one for one in statuses]
            assert verdict(place, mode, ratio, full) == found
