"""Who has tasks in hand and who signs them: what rows say, beside what a case's entries say."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from engine.history.entrynotes import named
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    import sqlalchemy as sa

    from engine.procedures import Version
    from engine.verifying.retold import Retold
    from engine.verifying.retold.hands import Hand

SIGNATURES: Final = Names("会签", "signatures")
CANCELLED: Final = Names("未办而结束的待办", "tasks that ended undone")
_COLUMNS: Final = {
    "owner": Names("委派人", "who delegated it"),
    "given_to": Names("受托人", "whom it was given to"),
    "signing": Names("是否在会签", "whether it is being signed"),
    "again": Names("重新打开的缘由", "why it is open anew"),
}


def differing(version: Version, rows: Sequence[sa.Row[Any]], said: Retold) -> Iterator[Names]:
    """Name what rows of open tasks say of their hands otherwise than the entries."""
    for row in rows:
        hand = said.hands.get(row.id.hex)
        for column in () if hand is None else _wrong(row, hand):
            step, name = named(version, row.process, row.element), _COLUMNS[column]
            yield Names(f"待办“{step.zh}”的{name.zh}", f"{name.en} of task “{step.en}”")


def _wrong(row: sa.Row[Any], hand: Hand) -> Iterator[str]:
    if row.again not in hand.again:
        yield "again"
    if row.signing != hand.signing:
        yield "signing"
    for column, key in (("owner", row.owner), ("given_to", row.given_to)):
        if not hand.unsure and _hex(key) != getattr(hand, column):
            yield column


def ended_so(rows: Sequence[sa.Row[Any]], said: Retold) -> bool:
    """Whether the rows of tasks that ended undone are those that the entries tell of."""
    kept = {(row.task_id.hex, row.seq) for row in rows}
    told = said.cancelled.items()
    return told <= kept <= told | said.passed.items()


def are_signed_so(rows: Sequence[sa.Row[Any]], said: Retold) -> bool:
    """Whether the rows of signatures are just those that the entries tell of, group by group."""
    unsure = {one.task for one in said.signatures.all if len(one.people) > 1}
    kept: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        person = None if row.task_id.hex in unsure else row.person_id.hex
        how, asked = (row.place, row.mode, row.ratio), (row.asked_by.hex, row.asked_at, row.reason)
        became = row.status, row.opinion, row.settled_at
        kept[row.group_id].append((row.task_id.hex, row.number, how, asked, person, became))
    told: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for one in said.signatures.all:
        person = None if one.task in unsure else next(iter(one.people), None)
        became = one.status, one.opinion, one.settled_at
        told[one.task, one.group].append((one.task, one.number, one.how, one.asked, person, became))
    return _groups(kept) == _groups(told)


def _groups(found: Mapping[Any, list[tuple[Any, ...]]]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(sorted(group, key=lambda one: one[1])) for group in found.values())


def _hex(key: UUID | None) -> str | None:
    return None if key is None else key.hex
