"""Forms as they were sent, laid out for reading in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.language import language
from web.uploads import files_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.entryview import FilledForm
    from engine.spiff import Names
    from forms import FilledView


@dataclass(frozen=True, slots=True)
class Reading:
    """One sent form; ``seq`` is the number of its entry, ``at`` is UTC."""

    seq: int
    who: str
    role: Names | None
    at: datetime
    superseded: bool
    view: FilledView


def readings(sent: Sequence[FilledForm]) -> list[Reading]:
    """Lay out forms in their order; all their attachments are looked up at once."""
    files = files_of((one.form, one.values) for one in sent)
    return [
        Reading(
            one.seq,
            one.who,
            one.role,
            one.at,
            one.superseded,
            one.form.filled(one.values, lang=language(), files=files),
        )
        for one in sent
    ]
