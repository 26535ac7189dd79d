"""Who could take a message in: the names and keys that the versions in force are drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine.spiff import Names
from engine.tables import versions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MOST_NAMED: Final = 12
"""How many names a sentence lists."""

_IN_FORCE = sa.select(versions.c.start_message, versions.c.awaits).where(versions.c.in_force)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the versions in force begin by, and what they wait for by which keys."""

    opening: frozenset[str]
    awaited: Mapping[str, frozenset[frozenset[str]]]

    def doubt(self, name: str, keys: Collection[str]) -> Names | None:
        """Return what to say of a message with this name and these keys if nobody is to take it in.

        Cases of older versions may still: they are not asked.
        """
        if name in self.opening or frozenset(keys) in self.awaited.get(name, ()):
            return None
        return self._other_keys(name, keys) if name in self.awaited else self._unknown(name)

    def _unknown(self, name: str) -> Names:
        known = sorted({*self.opening, *self.awaited})
        more_zh, more_en = (" 等", ", …") if len(known) > MOST_NAMED else ("", "")
        zh = "、".join(known[:MOST_NAMED]) + more_zh or "无"
        en = ", ".join(known[:MOST_NAMED]) + more_en or "none"
        return Names(
            f"生效的规程都不等待“{name}”。已知的消息名：{zh}。如系写错，请作废后以新的编号（--id）重发。",
            f"No procedure in force waits for “{name}”. The names known are: {en}. "
            "If it is misspelt, drop it and send it again under a new --id.",
        )

    def _other_keys(self, name: str, keys: Collection[str]) -> Names:
        sets, own = sorted(map(sorted, self.awaited[name])), sorted(keys)
        zh = "，或 ".join("、".join(each) for each in sets)
        en = ", or ".join(" and ".join(each) for each in sets)
        own_zh = f"这条消息的关联键是 {'、'.join(own)}" if own else "这条消息没有关联键"
        own_en = f"this one has {' and '.join(own)}" if own else "this one has none"
        return Names(
            f"生效的规程按 {zh} 等待“{name}”，{own_zh}。如系写错，请作废后以新的编号（--id）重发。",
            f"Procedures in force wait for “{name}” by the keys {en}; {own_en}. "
            "If that is a mistake, drop it and send it again under a new --id.",
        )


def expected(conn: sa.Connection) -> Expected:
    """Return what can be taken in by what is in force now."""
    opening, awaited = set[str](), dict[str, set[frozenset[str]]]()
    for start, awaits in conn.execute(_IN_FORCE):
        opening.update([start] if start else [])
        for name, keys in awaits.items():
            awaited.setdefault(name, set()).add(frozenset(keys))
    return Expected(frozenset(opening), {name: frozenset(sets) for name, sets in awaited.items()})
