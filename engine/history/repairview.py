"""An entry of a repair, said in words: each variable from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.cases.casedata import said, title_of
from forms import Change
from forms import Names as Words

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.procedures import Version
    from engine.spiff import Names

KIND = "data_repaired"


def changes(version: Version, row: sa.Row[Any]) -> tuple[Change, ...]:
    """Return what an operator has set, beside what was there before; none once it is erased."""
    if row.answers is None:
        return ()
    told = orjson.loads(row.answers)
    before = told["from"]
    return tuple(
        Change(
            name,
            _words(title_of(version, name)),
            _words(said(version, name, before.get(name))),
            _words(said(version, name, value)),
        )
        for name, value in told["to"].items()
    )


def _words(names: Names) -> Words:
    return Words(names.zh, names.en)
