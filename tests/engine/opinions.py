"""Opinions: a small procedure that asks several departments, and may ask them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.cases.starts import open_case
from engine.tables import tasks
from engine.tasks.completing import complete_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.small import TEXT, YES_NO, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process, Scope

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

DEPTS = {
    "type": "array",
    "uniqueItems": True,
    "items": {
        "type": "string",
        "oneOf": [
            {"const": const, "title": zh, "x-i18n": {"en": {"title": en}}}
            for const, zh, en in (
                ("design", "设计部", "Design"), ("stock", "仓库", "Stock"), ("qc", "品管", "QC"),
            )
        ],
    },
}  # fmt: skip
PAPER = {
    "title": "意见汇总",
    "x-i18n": {"en": {"title": "Opinions"}},
    "procedure": "opinions",
    "sections": [
        {
            "title": {"zh": "意见", "en": "Opinions"},
            "rows": [["opinion"], ["verdict"]],
            "signs": [{"zh": "填写人", "en": "Said by", "step": "opinions/ask"}],
        }
    ],
}


def inspecting() -> Scope:
    inside = Scope("opinions")
    inside.start("inspect_begun")
    inside.xor("once_more")
    for step in ("look", "judge"):
        inside.user(step)
    inside.xor("which", "which_to_inspected")
    inside.end("inspected")
    inside.chain("inspect_begun", "once_more", "look", "judge", "which", "inspected")
    inside.flow("which", "once_more", "unclear")
    return inside


def opinions(**more: str) -> dict[str, bytes]:
    """Give its files: asked → ask (clerk, for each of depts) → decide (gm) → asked again, or done.

    In between, beside `ask`, each department inspects: look and judge, and look again.
    """
    p = Process("opinions")
    p.message_start("asked")
    p.xor("back")
    p.parallel("fork")
    p.parallel("join")
    p.user("ask")
    p.each("ask", "depts", "dept", "given", "opinion", **more)
    p.sub("inspect", inspecting())
    p.each("inspect", "depts", "dept", "found", "seen")
    p.user("decide")
    p.xor("again", "again_to_done")
    p.end()
    p.chain("asked", "back", "fork", "ask", "join", "decide", "again", "done")
    p.chain("fork", "inspect", "join")
    p.flow("again", "back", "repeat")
    p.lane("总经理", "decide")
    texts = {name: form(name, **{name: TEXT}) for name in ("opinion", "seen", "verdict")}
    return {
        **small(
            p,
            forms={
                "opinions/asked": form(
                    "depts", customer={**TEXT, "x-case": "customer"}, depts=DEPTS
                ),
                "opinions/ask": form("opinion", opinion=TEXT, dept={**TEXT, "x-from": "dept"}),
                "opinions/look": texts["seen"],
                "opinions/judge": form(verdict=TEXT, unclear=YES_NO),
                "opinions/decide": form(repeat=YES_NO, depts={**DEPTS, "x-from": "depts"}),
            },
        ),
        "forms/print/opinions.json": orjson.dumps(PAPER),
    }  # fmt: skip


class Hearing:
    """One case of it, with everybody who works on it in one person."""

    def __init__(self, conn: Connection, *depts: str, **more: str) -> None:
        put_in_force(conn, opinions(**more))
        self.conn = conn
        self.by: Person = somebody(conn, "everybody", {"clerk", "gm"})
        answers = Answered({"customer": "天源水务", "depts": list(depts)})
        self.case_id = open_case(conn, "opinions", answers, by=self.by, now=NOW).case_id

    def waiting(self, step: str, dept: str = "") -> UUID:
        """Give the open task of a step, and of a department if the step is one of several."""
        query = tasks.select().where(tasks.c.case_id == self.case_id, tasks.c.element == step)
        (found,) = [
            row.id
            for row in self.conn.execute(query)
            if not dept or (row.item or "").endswith(f" · {dept}")
        ]
        key: UUID = found
        return key

    def does(self, step: str, item: str = "", /, **answers: Any) -> UUID:  # noqa: ANN401
        """Complete that task, and give its id."""
        task = self.waiting(step, item)
        complete_task(self.conn, task, Answered(answers), by=self.by, now=NOW)
        return task
