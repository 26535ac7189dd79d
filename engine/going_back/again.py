"""How a step that was done before came to be open anew, for the page of its task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from engine.history import moment, read
from engine.history.entrynotes import named
from forms import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from engine.procedures import Version
    from engine.spiff import Names
    from forms import Form


@dataclass(frozen=True, slots=True)
class Again:
    """Who did what to the case, for whom, ``at`` UTC, so that a task is open anew, and why.

    ``how`` is that of ``tasks.again``, ``step`` what was returned, or done again. ``answers`` are
    those that were sent before, without files.
    """

    how: str
    who: str
    acted_for: str | None
    at: datetime | None
    reason: str
    step: Names
    answers: Mapping[str, Any]


def again(
    version: Version, row: sa.Row[Any], form: Form, history: Sequence[sa.Row[Any]]
) -> Again | None:
    """Return how a task came to be open anew, None if it did not, or nothing readable says so."""
    opening = next((each for each in reversed(history) if _opened(each, row.id)), None)
    if row.again is None or opening is None:
        return None
    body = read(opening.body)
    return Again(
        how=row.again,
        who=body.get("name") or "",
        acted_for=body.get("for_name"),
        at=moment(body),
        reason=str(body.get("reason", "")),
        step=named(version, body.get("process"), body.get("element")),
        answers=_sent_before(body, form, history),
    )


def _opened(entry: sa.Row[Any], task: UUID) -> bool:
    return any(key == task.hex for key, *_ in read(entry.body).get("opened", ()))


def _sent_before(
    body: Mapping[str, Any], form: Form, history: Sequence[sa.Row[Any]]
) -> dict[str, Any]:
    back = body.get("back")
    if not back:
        return {}
    before = UUID(back["task"])
    stored = next(
        (each.answers for each in reversed(history) if each.task_id == before and each.answers),
        None,
    )
    sent = {} if stored is None else orjson.loads(stored)
    files = {field.name for field in form.fields if field.kind is Kind.ATTACHMENTS}
    return {name: value for name, value in sent.items() if name in set(form.names) - files}
