"""However often a complaint is returned, cancelled and opened again, it is settled in the end."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from engine import spiff
from engine.bundles import prepare, read_folder
from engine.spiff import RunError
from tests.engine.spiff.walking import Walk
from tests.procedures.complaint import USUAL

if TYPE_CHECKING:
    from engine.spiff import Compiled

MOST_BYTES, MOST_MOVES, TIMES_BACK = 3_072, 400, 10


@cache
def complaint() -> Compiled:
    return prepare(read_folder(), "manufacturer-complaint").compiled


def usual(element: str) -> dict[str, Any]:
    """Give the usual answers, and those that the inbox adds."""
    return {**USUAL.get(element, {}), "approved_amount": "8000.00"}


@pytest.mark.parametrize("seed", range(20))
def test_a_complaint_that_goes_back_anywhere_is_settled(seed: int) -> None:
    walk, random, back = Walk(complaint(), **usual("complaint_received")), Random(seed), 0
    for _ in range(MOST_MOVES):
        if walk.move.ended:
            break
        if back < TIMES_BACK and random.random() < 0.4:
            back += goes_back(walk, random)
        elif walk.waits:
            element = random.choice(walk.waits)
            walk.does(element, **usual(element))
        else:
            walk.wakes(days=1)
        assert len(walk.move.state) < MOST_BYTES
    assert walk.move.ended == "manufacturer-complaint:complaint_settled"
    assert back == TIMES_BACK


def goes_back(walk: Walk, random: Random) -> bool:
    """Return some step, or cancel the case and open it again; whether that was possible."""
    if random.random() < 0.2:
        walk.cancels()
        ways = spiff.reopenings(walk.compiled, walk.move.state)
        walk.reopens(random.choice([None, *(way.element for way in ways)]))
        return True
    element = random.choice(walk.waits) if walk.waits else ""
    found = walk.ways(element) if element else []
    if found:
        act = random.choice([walk.returns, walk.asks_back])
        act(element, random.choice(found))
    return bool(found)


def test_every_step_of_the_complaint_is_moved_to_or_names_what_it_lacks() -> None:
    walk = Walk(complaint(), **usual("complaint_received"))
    lacking, places = set[str | None](), spiff.places(complaint())
    for at in places:
        try:
            move = spiff.place(complaint(), walk.move.state, None, at, **walk.then)
        except RunError as refused:
            lacking.add(refused.variable)
        else:
            assert any(task.path[: len(at.path)] == at.path for task in move.opened), at
    assert None not in lacking
    assert len(places) > 50
