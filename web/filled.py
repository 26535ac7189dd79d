"""Forms as they were sent, laid out for reading in the reader's language."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.language import language
from web.uploads import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from engine.history.entryview import FilledForm
    from engine.spiff import Names
    from forms import FilledView, Form
    from forms import Names as FormNames


@dataclass(frozen=True, slots=True)
class Reading:
    """One sent form; ``seq`` is the number of its entry, ``at`` is UTC.

    ``item`` is the one of several instances that it was sent for; ``nth`` counts the sendings of
    the same form, from 1, and is 0 for a form sent once only.
    """

    seq: int
    who: str
    role: Names | None
    at: datetime
    superseded: bool
    withdrawn: bool
    item: FormNames | None
    nth: int
    view: FilledView
    acted_for: str | None


def for_reading(form: Form, values: Mapping[str, Any]) -> FilledView:
    """Lay out what a form only shows."""
    return form.filled(values, lang=language(), files=files_of([(form, values)]))


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
            one.withdrawn,
            one.item,
            nth,
            one.form.filled(one.values, lang=language(), files=files),
            one.acted_for,
        )
        for one, nth in zip(sent, _counted([(one.form.key, one.item) for one in sent]), strict=True)
    ]


def _counted(keys: Sequence[object]) -> Iterator[int]:
    times, seen = Counter(keys), Counter[object]()
    for key in keys:
        seen[key] += 1
        yield seen[key] if times[key] > 1 else 0
