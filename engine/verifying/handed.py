"""Who has tasks in hand and who signs them: what rows say, beside what a case's entries say."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from engine.history.entrynotes import named
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.procedures import Version
    from engine.verifying.retold import Retold
    from engine.verifying.retold.hands import Hand
    from engine.verifying.retold.signatures import Signature

CANCELLED: Final = Names("未办而结束的待办", "tasks that ended undone")
_COLUMNS: Final = {
    "owner": Names("委派人", "who delegated it"),
    "given_to": Names("受托人", "whom it was given to"),
    "signing": Names("是否在会签", "whether it is being signed"),
    "again": Names("重新打开的缘由", "why it is open anew"),
}


_OF_SIGNATURE: Final = {
    "person": Names("会签人", "who signs"),
    "how": Names("会签方式", "how it is signed"),
    "asked_by": Names("邀请人", "who asked for it"),
    "asked_at": Names("邀请时间", "when it was asked for"),
    "reason": Names("邀请的理由", "why it was asked for"),
    "status": Names("签署情况", "what became of it"),
    "opinion": Names("意见", "opinion"),
    "settled_at": Names("签署时间", "when it was signed"),
}
_GROUPED: Final = Names("与谁同组", "with whom it is asked for")


@dataclass(frozen=True, slots=True)
class _Signed:
    """One signature, as its row or the entries have it; ``person`` is None where those do not."""

    task: str
    number: int
    how: tuple[Any, ...]
    person: str | None
    asked_by: object
    asked_at: datetime | None
    reason: object
    status: str
    opinion: str | None
    settled_at: datetime | None
    name: str = field(compare=False)


def differing(version: Version, rows: Sequence[sa.Row[Any]], said: Retold) -> Iterator[Names]:
    """Name what rows of open tasks say of their hands otherwise than the entries."""
    for row in rows:
        hand = said.hands.get(row.id.hex)
        for column in () if hand is None else _wrong(row, hand):
            step, name = named(version, row.process, row.element), _COLUMNS[column]
            yield Names(f"待办“{step.zh}”的{name.zh}", f"task “{step.en}”: {name.en}")


def _wrong(row: sa.Row[Any], hand: Hand) -> Iterator[str]:
    if row.again not in hand.again:
        yield "again"
    if row.signing != hand.signing:
        yield "signing"
    for column, key in (("owner", row.owner), ("given_to", row.given_to)):
        if not hand.unsure and _hex(key) != getattr(hand, column):
            yield column


def ended_so(rows: Sequence[sa.Row[Any]], said: Retold) -> bool:
    """Whether the rows of tasks that ended undone are those that the entries tell of.

    Older releases did not write where a task had been.
    """
    kept = {row.task_id.hex for row in rows}
    return said.cancelled.keys() <= kept and all(_ended_so(row, said) for row in rows)


def _ended_so(row: sa.Row[Any], said: Retold) -> bool:
    key = row.task_id.hex
    ends = (end for told in (said.cancelled, said.passed) if (end := told.get(key)) is not None)
    place = None if row.place is None else (row.place.split("/")[1:2] or [""])[0]
    return any(seq == row.seq and place in {None, at} for seq, at in ends)


def signed_otherwise(rows: Sequence[sa.Row[Any]], said: Retold) -> Iterator[Names]:
    """Name each signature that is not as the entries tell, by whose it is, with what differs.

    ``rows`` are signatures with the ``name`` of the person; they are compared group by group.
    """
    unsure = {one.task for one in said.signatures.all if len(one.people) > 1}
    kept: dict[Any, list[_Signed]] = defaultdict(list)
    for row in rows:
        kept[row.group_id].append(_of_row(row, unsure))
    told: dict[Any, list[_Signed]] = defaultdict(list)
    for one in said.signatures.all:
        told[one.task, one.group].append(_of_entry(one, unsure))
    ours, theirs = Counter(chain(*kept.values())), Counter(chain(*told.values()))
    if ours != theirs:
        yield from _paired([*(ours - theirs).elements()], [*(theirs - ours).elements()])
    elif other := _groups(kept) - _groups(told):
        yield from (_differs(one.name, [_GROUPED]) for group in other for one in group)


def _paired(extra: list[_Signed], missing: list[_Signed]) -> Iterator[Names]:
    """Name what differs between rows and entries, of the same task and number if there are any."""
    for row in extra:
        same = [one for one in missing if (one.task, one.number) == (row.task, row.number)]
        if not same:
            yield Names(f"多出{row.name}的会签", f"one signature of {row.name} too many")
            continue
        one = same[0]
        missing.remove(one)
        wrong = [name for name in _OF_SIGNATURE if getattr(one, name) != getattr(row, name)]
        yield _differs(one.name, [_OF_SIGNATURE[name] for name in wrong])
    for one in missing:
        yield Names(f"缺{one.name}的会签", f"no signature of {one.name}")


def _differs(whose: str, what: Sequence[Names]) -> Names:
    return Names(
        f"{whose}的会签：{'、'.join(each.zh for each in what)}",
        f"signature of {whose}: {', '.join(each.en for each in what)}",
    )


def _of_row(row: sa.Row[Any], unsure: Collection[str]) -> _Signed:
    task = row.task_id.hex
    person = None if task in unsure else row.person_id.hex
    how, asked = (row.place, row.mode, row.ratio), (row.asked_by.hex, row.asked_at, row.reason)
    became = row.status, row.opinion, row.settled_at
    return _Signed(task, row.number, how, person, *asked, *became, row.name)


def _of_entry(one: Signature, unsure: Collection[str]) -> _Signed:
    person = None if one.task in unsure else next(iter(one.people), None)
    became = one.status, one.opinion, one.settled_at
    return _Signed(one.task, one.number, one.how, person, *one.asked, *became, one.name)


def _groups(found: Mapping[Any, list[_Signed]]) -> Counter[tuple[_Signed, ...]]:
    each = (tuple(sorted(group, key=lambda one: one.number)) for group in found.values())
    return Counter(each)


def _hex(key: UUID | None) -> str | None:
    return None if key is None else key.hex
