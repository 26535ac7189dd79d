"""What a transfer says: whether a case can go on in another version, and what changes for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.spiff.model import Names
    from engine.spiff.moves import Move, OpenTask


class Verdict(StrEnum):
    """What becomes of a case in another version.

    SAME: it stands where it stood. NEXT: it stands, but goes on at once: a new step waits, or one
    that waited is gone. CANNOT: it stays in its version.
    """

    SAME = "same_place"
    NEXT = "new_step"
    CANNOT = "cannot"


class Dues(StrEnum):
    """When the running timers are due whose drawing has changed: as before, or as drawn now."""

    KEPT = "kept"
    DRAWN = "drawn"


@dataclass(frozen=True)
class Obstacle:
    """Why a case cannot go on in another version, named by an element of its own version."""

    process: str
    element: str
    zh: str
    en: str


@dataclass(frozen=True)
class Deadline:
    """One running timer (`id` is its arming) before and after a transfer.

    `before` (UTC) is None for one that begins with it, `after` for one that is gone. `drawn` (UTC)
    is when it would be due by what is drawn now, if its drawing has changed. One that `reminds` is
    the next round of a reminder.
    """

    id: UUID
    process: str
    element: str
    host: str
    before: datetime | None
    after: datetime | None
    drawn: datetime | None = None
    reminds: bool = False


@dataclass(frozen=True)
class Limit:
    """A `variable` that timers are said by, whose `table` (its id) says otherwise by now.

    `before` is what the case holds, `after` what the table makes of the same inputs; None where the
    older table does not say what is held, so that somebody else has set it, and it stays.
    """

    table: str
    variable: str
    before: str
    after: str | None


@dataclass(frozen=True)
class Transfer:
    """A case in another version: `move` is the difference, None if it cannot be there.

    `reassigned` are steps that stay open, for another role than before; `limits` what altered
    tables make of limits in the case, which with DRAWN it holds then.
    """

    verdict: Verdict
    move: Move | None
    deadlines: tuple[Deadline, ...]
    obstacles: tuple[Obstacle, ...] = ()
    reassigned: tuple[OpenTask, ...] = field(default=())
    limits: tuple[Limit, ...] = ()


class CannotTransferError(Exception):
    """The case cannot go on in the other version; every obstacle found is listed."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__("\n".join(f"{o.process}:{o.element}: {o.en}" for o in obstacles))
        self.obstacles = tuple(obstacles)


def gone(process: str, element: str, names: Names) -> Obstacle:
    """Say that a place where the case waits is not in the other version."""
    return Obstacle(
        process,
        element,
        f"案件正停在“{names.zh}”，新版本里没有它。请在新版本保留它，或先办完再迁移。",
        f'The case waits at "{names.en}", which the new version lacks. Keep it, or do it first.',
    )


def elsewhere(process: str, element: str, names: Names) -> Obstacle:
    """Say that a place where the case waits stands inside another activity now."""
    return Obstacle(
        process,
        element,
        f"“{names.zh}”在新版本里移进或移出了子流程。请放回原处，或先办完再迁移。",
        f'"{names.en}" was moved into or out of a sub-process. Put it back, or do it first.',
    )


def other_kind(process: str, element: str, names: Names) -> Obstacle:
    """Say that a place where the case waits is something else in the other version."""
    return Obstacle(
        process,
        element,
        f"“{names.zh}”在新版本里换了类型或调用了别的内容。请改回原类型，或先办完再迁移。",
        f'"{names.en}" is of another kind, or calls something else, in the new version. '
        "Change it back, or do it first.",
    )


def cut_off(process: str, element: str, names: Names) -> Obstacle:
    """Say that the way by which a branch has come to a join leads there no more."""
    return Obstacle(
        process,
        element,
        f"一条分支已到达“{names.zh}”，新版本里它来的那条线不再通到那里。请保留这条线。",
        f'A branch has come to "{names.en}" by a flow that does not lead there any more. '
        "Keep that flow.",
    )


def starved(process: str, element: str, names: Names) -> Obstacle:
    """Say that a join would wait for a branch that nothing can begin any more."""
    return Obstacle(
        process,
        element,
        f"“{names.zh}”在新版本里多等一条分支，而本案已过了它的起点，会一直等下去。"
        "请在汇合之后再加，或先办完再迁移。",
        f'In the new version "{names.en}" waits for one more branch, which this case has passed '
        "the beginning of: it would wait forever. Add the branch after the join, or finish first.",
    )


def apart(process: str, element: str, names: Names, other: Names) -> Obstacle:
    """Say that two places are both open that as drawn now are never open beside each other."""
    return Obstacle(
        process,
        element,
        f"“{names.zh}”与“{other.zh}”正同时在办，按新版本的图却不会同时打开，之后的步骤会办两次。"
        "请保持并行，或先办完其中一步再迁移。",
        f'"{names.en}" and "{other.en}" are both open, and as the new version is drawn they never '
        "are: what follows would be done twice. Keep them parallel, or do one of them first.",
    )


def returned(process: str, element: str, names: Names) -> Obstacle:
    """Say that a step is being done once more, and its border is not drawn any more."""
    return Obstacle(
        process,
        element,
        f"“{names.zh}”被退回后正在重办，新版本里它不再有边界事件。请先办完这一步再迁移。",
        f'"{names.en}" is being done once more, and the new version draws no events beside it. '
        "Let it be done first.",
    )
