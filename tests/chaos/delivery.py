"""The storm's two procedures: a delivery that waits for its papers, and a claim that waits for it.

A case is known by its slip, which is the business key of every message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import people
from engine.procedures.publishing import publish
from engine.roles import PROCESS_OWNER
from tests.chaos.company import CLERKS, PASSWORD, T0
from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

DELIVERY, CLAIM = "delivery", "claim"
OPENED = {DELIVERY: "delivery_opened", CLAIM: "claim_opened"}
STEPS = {DELIVERY: ["check", "count"], CLAIM: ["settle"]}
LATE = "PT2S"


def begin(conn: Connection) -> Person:
    """Publish both and make the clerks, who hold the role of every step; give a process owner."""
    for drawn in (_delivery(), _claim()):
        asked = {f"{drawn.process}/{step}": form(remark=TEXT) for step in STEPS[drawn.process]}
        forms = {**asked, f"{drawn.process}/opened": form("slip", slip=TEXT)}
        publish(conn, small(drawn, forms=forms), by=None, now=T0)
    for login in CLERKS:
        people.add_person(conn, login, login, password=PASSWORD, held={"clerk"}, now=T0)
    return people.add_person(
        conn, "owner", "owner", password=PASSWORD, held={PROCESS_OWNER}, now=T0
    )


def _delivery() -> Process:
    """Count, with a timer beside it; then check and wait for the papers; tell the claim."""
    p = Process(DELIVERY)
    p.message("m_paper", keys="slip", carries="paper", name="paper")
    p.message("m_came", keys="slip", carries="paper", name="goods_came")
    p.chain(p.message_start(), p.user("count"), p.parallel("fork"))
    p.chain("fork", p.user("check"), p.parallel("join"))
    p.chain("fork", p.catch("paper_comes", "m_paper"), "join")
    told = '<bpmn:messageEventDefinition messageRef="m_came"/>'
    p.chain("join", p.add("intermediateThrowEvent", "claim_told", told), p.end())
    p.deadline("count_late", "count", LATE)
    p.chain("count_late", p.script("counted_late", "late = True"), p.end("noted"))
    return p


def _claim() -> Process:
    p = Process(CLAIM)
    p.message("m_came", keys="slip", carries="paper", name="goods_came")
    p.chain(p.message_start(), p.catch("goods_come", "m_came"), p.user("settle"), p.end())
    return p
