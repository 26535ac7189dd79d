"""A decision table as people read it: how many rows count, what else, and what comes first."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

from flask import render_template

from engine.spiff import Names, Row, Table
from engine.spiff.dmn.policies import WORDS

if TYPE_CHECKING:
    from flask import Flask


def table(id_: str) -> Table:
    note = Names("超过三天", "Over three days")
    return Table(
        id=id_, file=f"{id_}.dmn", names=Names(f"{id_}表", f"Table {id_}"), our_default=False,
        inputs=("days",), outputs=("fee",), input_names=(Names("天数", "Days"),),
        output_names=(Names("费用", "Fee"),),
        rules=(Row("r1", ("> 3",), ("10.50",), note, our_default=False),),
    )  # fmt: skip


def shown(app: Flask, one: Table, *others: Table) -> str:
    compiled = SimpleNamespace(tables={each.id: each for each in (one, *others)})
    with app.test_request_context("/"):
        page = render_template("_table.html", table=one, version=SimpleNamespace(compiled=compiled))
    return " ".join(page.split())


def test_how_many_rows_count_is_said_in_words(app: Flask) -> None:
    assert "恰有一行适合。" in shown(app, table("fees"))
    for policy in WORDS.values():
        assert f"{policy.zh}。" in shown(app, replace(table("fees"), policy=policy))


def test_what_is_answered_otherwise_is_a_row_of_its_own(app: Flask) -> None:
    assert "其余情况" not in shown(app, table("fees"))
    page = shown(app, replace(table("fees"), default=("0",)))
    assert "其余情况" in page
    assert "<code>0</code>" in page
    assert page.index("10.50") < page.index("其余情况")


def test_what_is_decided_first_is_named(app: Flask) -> None:
    page = shown(app, replace(table("fees"), requires=("size",)), table("size"))
    assert "先定“size表”。" in page
