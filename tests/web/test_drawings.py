"""The page of a procedure says who works in a diagram that several procedures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from tests.engine.small import TEXT, form, put_in_force, small
from tests.engine.spiff.drawing import ROLES, Process

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.web.visiting import Visitor


def shared() -> dict[str, bytes]:
    """Give a procedure that calls one diagram with a lane to fill, and one without lanes."""
    p, looked, urged = Process("errand"), Process("looking"), Process("urging", bare=True)
    p.message_start("asked")
    p.call("look", "looking", lanes="1=gm")
    p.call("urge", "urging")
    p.end()
    p.chain("asked", "look", "urge", "done")
    p.lane("品管部", "urge")
    for called, step in ((looked, "inspect"), (urged, "remind")):
        called.start(f"{step}_begun")
        called.user(step)
        called.end(f"{step}_done")
        called.chain(f"{step}_begun", step, f"{step}_done")
    looked.lane("调查人", "inspect")
    keys = ("errand/asked", "looking/inspect", "urging/remind")
    return small(p, looked, urged, forms={key: form(note=TEXT) for key in keys})


def test_the_page_of_a_procedure_says_who_fills_the_lanes_of_shared_diagrams(
    database: sa.Engine, fang: Visitor
) -> None:
    with database.begin() as conn:
        put_in_force(conn, shared())
    fang.get("/procedures/errand")
    lines = [" ".join(line.itertext()).split() for line in fang.all("//dl/div")]
    assert lines == [
        ["looking名", "·", "调查人", ROLES["gm"].zh], ["urging名", ROLES["qc"].zh],
    ]  # fmt: skip
    fang.get("/procedures/manufacturer-complaint")
    assert "由调用处指定" not in fang.text, "its lanes are all roles"


def test_a_drawing_knows_the_titles_of_the_clauses_that_its_steps_fulfil(fang: Visitor) -> None:
    for title in ("第七条（一） 结案期限5天/7天", "Closing within 5 or 7 days"):
        fang.get("/procedures/manufacturer-complaint")
        (told,) = fang.all("//div[@data-drawing]/@data-clauses")
        assert orjson.loads(str(told))["CM-07-1"] == title
        fang.post("/language/en", {})
