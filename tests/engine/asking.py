"""A procedure that asks another system before it goes on."""

from __future__ import annotations

from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process


def asking() -> dict[str, bytes]:
    """Give its files.

    opened → look_up, which asks the endpoint `erp` within an hour → is_dear → check (qc) if it is,
    → done. Refused, somebody (clerk) looks by hand; an hour later the case has ended `too_late`.
    """
    drawn = Process("asking")
    drawn.message_start()
    drawn.service("look_up", "webhook", "found", endpoint="'erp'", data="item")
    drawn.catches("refused", "look_up", "error", "endpoint_refused")
    drawn.interrupt("late", "look_up", "PT1H")
    drawn.xor("is_dear", default="cheap")
    drawn.user("check")
    drawn.user("look")
    drawn.end()
    drawn.end("too_late")
    drawn.chain("opened", "look_up", "is_dear")
    drawn.flow("is_dear", "check", 'found["price"] > 100')
    drawn.flow("is_dear", "done", id_="cheap")
    drawn.chain("check", "done")
    drawn.chain("refused", "look", "done")
    drawn.chain("late", "too_late")
    drawn.lane("品管部", "check")
    forms = {f"asking/{step}": form(note=TEXT) for step in ("check", "look")}
    return small(drawn, forms={**forms, "asking/opened": form("item", item=TEXT)})
