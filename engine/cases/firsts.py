"""The messages that open cases: each opens those of one procedure, or nobody knew which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.spiff import Names, Problem
from engine.tables import versions
from engine.versioning.line import STANDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.procedures.bundles import Bundle


def shared(bundles: Iterable[Bundle], others: Mapping[str, Names] | None = None) -> list[Problem]:
    """Return a problem for each procedure whose start message opens another's cases already.

    ``others`` are the names of procedures that are not among the bundles, by start message.
    """
    taken = dict(others or {})
    problems = []
    for bundle in bundles:
        compiled = bundle.compiled
        message = compiled.start.message
        if message and message in taken:
            problems.append(_problem(bundle, message, taken[message]))
        taken.setdefault(message, compiled.names)
    return problems


def taken_by_others(conn: sa.Connection, bundles: Sequence[Bundle]) -> list[Problem]:
    """Return a problem for each start message that another procedure begins with.

    One that is only planned counts, for it is to be in force.
    """
    mine = [bundle.compiled.id for bundle in bundles]
    rows = conn.execute(
        sa.select(versions.c.start_message, versions.c.zh, versions.c.en).where(
            STANDING, versions.c.procedure.not_in(mine)
        )
    )
    return shared(bundles, {row.start_message: Names(row.zh, row.en) for row in rows})


def _problem(bundle: Bundle, message: str, other: Names) -> Problem:
    start, names = bundle.compiled.start, bundle.compiled.names
    return Problem(
        bundle.compiled.diagrams[start.process].file,
        start.element,
        "start_message_taken",
        f"规程“{names.zh}”的开始事件“{start.element}”等的消息“{message}”，已用来发起规程“{other.zh}”。"
        "请给两个规程各起一个消息名。",
        f'Start event "{start.element}" of "{names.en}" waits for the message "{message}", which '
        f'opens cases of "{other.en}" already. Give each procedure a message of its own.',
    )
