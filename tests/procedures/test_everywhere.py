"""People improvise anywhere in E01, E04 and E07: the case still comes to the same end, in time.

`python -m tests.procedures.everywhere` tries every act at every step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.procedures.everywhere.judging import Counts, everywhere
from tests.procedures.everywhere.scenes import SCENES
from tests.procedures.everywhere.stage import opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.procedures.everywhere.scenes import Scene

EVERY = 31
"""Of some five thousand acts; no divisor of how many there are at a step."""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_whatever_is_done_at_a_step_the_case_comes_to_its_end(
    connection: Connection, scene: Scene
) -> None:
    counts = Counts()
    everywhere(opened(connection, scene), counts, every=EVERY, first=SCENES.index(scene))

    assert counts.done.total() > 20
    assert counts.done["return through"]
    assert counts.done["reopen"]
