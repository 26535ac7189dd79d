"""Who approves what: nobody decides an amount beyond their authority by amending it (CM-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.procedures.complaint import INVESTIGATE, REGISTER

if TYPE_CHECKING:
    from tests.procedures.walk import Walk


@pytest.fixture
def small(walk: Walk) -> Walk:
    """Give a case whose proposed 500 yuan are for the sales supervisor to decide."""
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
    walk.does("determine_handling", own_quality=False, amount_proposed="500.00")
    assert walk.waits_for == {("sales-supervisor", "decide")}
    return walk


def test_an_amount_amended_beyond_the_authority_goes_on_to_the_next_approver(small: Walk) -> None:
    small.does("decide", decision="amend", approved_amount="20000.00")
    assert small.waits_for == {("deputy-gm", "decide")}

    small.does("decide", decision="amend", approved_amount="60000.00")
    assert small.waits_for == {("gm", "decide")}

    small.does("decide", decision="approve", approved_amount="60000.00")
    assert small.waits_for == {("sales", "explain_to_customer")}


def test_an_amount_amended_within_the_authority_is_decided(small: Walk) -> None:
    small.does("decide", decision="amend", approved_amount="1000.00")
    assert small.waits_for == {("sales", "explain_to_customer")}


def test_a_lowered_amount_stays_decided_by_the_higher_approver(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
    walk.does("determine_handling", own_quality=False, amount_proposed="60000.00")

    walk.does("decide", decision="amend", approved_amount="900.00")
    assert walk.waits_for == {("sales", "explain_to_customer")}


def test_an_amount_that_was_unknown_is_checked_once_it_is_decided(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
    walk.does("determine_handling", own_quality=False, amount_proposed=None)
    assert walk.waits_for == {("sales-manager", "decide")}

    walk.does("decide", approved_amount="50000.00")
    assert walk.waits_for == {("deputy-gm", "decide")}
