from __future__ import annotations

from engine.incidents.kinds import KINDS
from engine.incidents.retrying import AGAIN, SENT


def test_every_kind_of_work_that_can_fail_can_be_done_again() -> None:
    assert AGAIN.keys() | SENT.keys() == KINDS.keys()
    assert not AGAIN.keys() & SENT.keys()
    assert len({kind.names.zh for kind in KINDS.values()}) == len(KINDS)
