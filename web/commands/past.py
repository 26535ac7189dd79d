"""A past for the demo company: a year of complaints, made before it is served."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

import click
import sqlalchemy as sa

from engine.democases.figures import figures
from engine.democases.year import PROCEDURE, year_of
from engine.tables import cases
from web.commands.say import say

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from engine.democases.figures import Figures
    from engine.spiff import Names

SEED: Final = 2026
EVERY: Final = 200
"""Things that happen between two commits, which are told."""


def live(engine: Engine, count: int, *, now: datetime) -> None:
    """Let a company without cases have so many in the year before now; print what they came to.

    One that has cases stays as it is.
    """
    with engine.connect() as connection:
        there = connection.scalar(sa.select(sa.func.count()).select_from(cases))
    if there:
        say(f"已有 {there} 个案件，不再生成。", f"There are {there} cases already; none is made.")
        return
    began = monotonic()
    _pass(engine, count, now=now)
    with engine.connect() as connection:
        _show(figures(connection, PROCEDURE), monotonic() - began)


def _pass(engine: Engine, count: int, *, now: datetime) -> None:
    with engine.connect() as connection:
        year = year_of(connection, count, seed=SEED, end=now)
        for happened, opened in enumerate(year.passes(), start=1):
            if happened % EVERY == 0:
                connection.commit()
                click.echo(f"… {opened}/{count}", err=True)
        connection.commit()


def _show(found: Figures, seconds: float) -> None:
    say(
        f"一年的 {found.cases} 个案件：{found.steps} 个步骤，{found.timers} 次到期，"
        f"{found.entries} 条履历，用时 {seconds:.0f} 秒。",
        f"A year of {found.cases} cases: {found.steps} steps, {found.timers} timers fired, "
        f"{found.entries} entries, made in {seconds:.0f} s.",
    )
    _list("办结 ended", found.ended)
    _list("待办 waiting", found.waiting)


def _list(title: str, counted: tuple[tuple[Names, int], ...]) -> None:
    click.echo(f"{title}:")
    for names, count in counted:
        click.echo(f"  {count:>5}  {names.zh}  {names.en}")
