"""Random cases go to randomly edited versions: each is moved as predicted, or named why not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.engine.spiff.editing import check

if TYPE_CHECKING:
    from collections.abc import Iterable

SEEDS = 60
"""Of 2,000 that `python -m tests.engine.spiff.editing` takes."""


def counted(checks: Iterable[str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in Counter(checks).most_common())


def test_edited_versions_take_cases_as_predicted(capsys: pytest.CaptureFixture[str]) -> None:
    found = [check(seed)[0] for seed in range(SEEDS)]
    with capsys.disabled():
        print(f"\n{SEEDS} edited versions: {counted(found)}")  # noqa: T201
    assert {"same_place", "cannot"} <= set(found)


@pytest.mark.parametrize(
    ("kinds", "finds"),
    [
        (("add_parallel", "add_branch"), "wait forever"),
        (("remove_step", "rename_step"), "lacks"),
        (("wrap",), "sub-process"),
    ],
)
def test_what_hinders_is_found(kinds: tuple[str, ...], finds: str) -> None:
    reasons = [
        each.en
        for seed in range(1_000, 1_000 + SEEDS)
        for found in [check(seed, *kinds)[2]]
        if found is not None
        for each in found.obstacles
    ]
    assert any(finds in reason for reason in reasons)
