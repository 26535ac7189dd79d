from __future__ import annotations

import pytest

from tests.chaos.storm import rage

SECONDS = 15


@pytest.mark.timeout(240)
def test_nothing_is_lost_or_done_twice_when_everything_is_killed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = rage(SECONDS, seed=9)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - the figures of the short storm
    assert told.slips > 0
    assert told.done["step_completed"] == 3 * told.slips
    assert told.done["case_suspended"] > 0
