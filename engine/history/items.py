"""Which of several instances of a step it is, in the words of the people who work on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from forms import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.procedures import Version

_WITHIN, _PARTS = " / ", " · "
_NUMBER: Final = re.compile(r"(?:^| / )(\d+)/\d+")


def told(version: Version, item: str | None) -> Names | None:
    """Return "2/3 · <item>" with codes of roles and constants of choices told by their names."""
    if not item:
        return None
    zh, en = [], []
    for part in item.split(_PARTS):
        names = _named(version, part)
        zh.append(names.zh)
        en.append(names.en)
    return Names(_PARTS.join(zh), _PARTS.join(en))


def place(item: str | None) -> list[int]:
    """Give where an instance stands in the order of its list, an outer one first."""
    return [int(number) for number in _NUMBER.findall(item or "")]


def _named(version: Version, part: str) -> Names:
    """Tell one part; what stands before the number of an instance within another stays."""
    item, within, rest = part.partition(_WITHIN)
    role = version.bundle.roles.get(item)
    known = {Names(role.zh, role.en)} if role is not None else set(_titles(version, item))
    found = known.pop() if len(known) == 1 else Names(item, item)
    return Names(f"{found.zh}{within}{rest}", f"{found.en}{within}{rest}")


def _titles(version: Version, const: str) -> Iterator[Names]:
    """Give every name that a choice of the version's forms has for a constant."""
    for form in version.bundle.forms.values():
        for field in form.fields:
            for choice in field.choices:
                if choice.const == const:
                    yield choice.title
