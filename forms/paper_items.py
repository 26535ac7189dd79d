"""What several people wrote into one form, each for one item of a list, on one paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from forms.texts import FilledItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from forms.names import Names
    from forms.sheets import Sheet

    AnySheet = TypeVar("AnySheet", bound=Sheet)

_NUMBER: Final = re.compile(r"(\d+)/\d+")


def of_all_items(sheet: AnySheet, sheets: Iterable[AnySheet]) -> list[AnySheet]:
    """Give the sheets of the same form for every item, in the order of the list."""
    if sheet.item is None:
        return [sheet]
    found = (each for each in sheets if each.form.key == sheet.form.key and each.item is not None)
    return sorted(found, key=_place)


def _place(sheet: Sheet) -> list[int]:
    said = "" if sheet.item is None else sheet.item.zh
    return [int(number) for number in _NUMBER.findall(said)]


def together(items: Sequence[Names | None], answers: Sequence[FilledItem], lang: str) -> FilledItem:
    """Give several answers to one question as one, each after its item."""
    first = answers[0]
    if items[0] is None:
        return first
    colon, comma = (": ", "; ") if lang.startswith("en") else ("：", "；")
    texts = [
        f"{item.of(lang)}{colon}{answer.text}"
        for item, answer in zip(items, answers, strict=True)
        if item is not None and answer.text
    ]
    return FilledItem(
        label=first.label,
        text=comma.join(texts),
        columns=first.columns,
        rows=tuple(row for answer in answers for row in answer.rows),
        files=tuple(file for answer in answers for file in answer.files),
        our_default=first.our_default,
    )
