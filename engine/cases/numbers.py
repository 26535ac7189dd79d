"""Complaint numbers: unique, ascending and without gaps in each series (CM-06-4a, SP01.04).

A series is what stands before the running number: organisation, form type and year. The counter's
row is locked until the step commits, so it is taken after every other lock of the step.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.tables import counters

if TYPE_CHECKING:
    from datetime import datetime

    from engine.settings import Company

_TAKE = (
    insert(counters)
    .values(series=sa.bindparam("series"), value=1)
    .on_conflict_do_update(index_elements=["series"], set_={"value": counters.c.value + 1})
    .returning(counters.c.value)
)
_DIGITS = {f"seq{digits}": digits for digits in range(1, 10)}


def written(pattern: str, *, org: str, yyyy: str, seq: int) -> str:
    """Return the number that a pattern such as ``{org}-TS-{yyyy}-{seq5}`` writes."""
    running = {name: f"{seq:0{digits}d}" for name, digits in _DIGITS.items()}
    return pattern.format(org=org, yyyy=yyyy, seq=seq, **running)


def series_of(pattern: str, *, org: str, yyyy: str) -> str:
    """Return the series of a pattern's numbers: the number with its digits left open."""
    running = dict.fromkeys(_DIGITS, "#")
    return pattern.format(org=org, yyyy=yyyy, seq="#", **running)


def seq_of(series: str, number: str) -> int | None:
    """Return the running number of a number of this series, None for one of another."""
    digits = re.escape(series).replace(re.escape("#"), "([0-9]+)")
    found = re.fullmatch(digits, number)
    return None if found is None else int(found[1])


def allot(conn: sa.Connection, company: Company, *, now: datetime) -> str:
    """Take the next number of this year's series, by the company's calendar."""
    place = {"org": company.org, "yyyy": f"{now.astimezone(company.zone):%Y}"}
    series = series_of(company.number_pattern, **place)
    seq = conn.scalar(_TAKE, {"series": series})
    return written(company.number_pattern, **place, seq=int(seq or 0))
