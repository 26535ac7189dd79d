"""What a replay says of a case, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from engine.procedures.bundles import prepare
from engine.replaying.replay import CaseReplayed
from engine.replaying.verdicts import Replayed, Verdict
from engine.spiff import Names
from tests.engine.errand import errand
from web.commands.replayed import line_of

if TYPE_CHECKING:
    from engine.procedures.bundles import Bundle


@pytest.fixture(scope="module")
def to() -> Bundle:
    return prepare(errand(), "errand")


def test_unused_answers_are_one_line_by_their_old_names(to: Bundle) -> None:
    places = [f"errand:gone{number}" for number in range(17)]
    called = {place: Names(f"旧步骤{place[-1]}", f"Old {place[-1]}") for place in places}
    found = Replayed(Verdict.OTHER, unused=tuple(places))
    case = CaseReplayed(uuid4(), "C1", None, 1, is_open=True, replayed=found, called=called)
    _, line = line_of(case, to, ZoneInfo("Asia/Shanghai"))
    told = "旧步骤0 Old 0、旧步骤1 Old 1、旧步骤2 Old 2…"
    assert line == f"    未用的回答 unused answers: 17 ({told})"


def test_steps_that_would_urge_nobody_any_more_are_one_line(to: Bundle) -> None:
    called = {"errand:urge": Names("催办报告", "Urge the report")}
    found = Replayed(Verdict.URGED, spared=("errand:urge", "errand:urge"))
    case = CaseReplayed(uuid4(), "C1", None, 1, is_open=True, replayed=found, called=called)
    first, line = line_of(case, to, ZoneInfo("Asia/Shanghai"))
    assert first == "C1  v1  -  走同一条路，催办不同 same path, other urging"
    assert line == "    不再催办 urged no more: 2 (催办报告 Urge the report)"
