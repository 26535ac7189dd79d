"""Two people act on the same task or case at once, or on a task that has just ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest
import sqlalchemy as sa

from engine.flexible.asking import remove
from engine.flexible.delegating import delegate, give_back, take_back
from engine.flexible.handing import assign, transfer
from engine.flexible.telling import copy, urge
from engine.going_back.anew import STRAIGHT, THROUGH
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.intervening import PLACE, SKIP
from engine.going_back.returning import return_task
from engine.going_back.withdrawing import withdraw_step
from engine.suspending.holding import resume_case, suspend_case
from engine.tables import cases
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.waiting import TaskGoneError
from forms import Answered
from tests.engine.astray import astray
from tests.engine.flexible.doing import (
    NOTE,
    WHY,
    Act,
    asks,
    begun,
    case,
    hired,
    intervenes,
    on,
    signs,
)
from tests.engine.racing import race

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from engine.errors import Refusal

ROUNDS = 3

COMPLETE = on("check", complete_task, NOTE, by="checker")
TRANSFER = on("check", transfer, "second", WHY, by="checker")
ASSIGN = on("check", assign, "second", WHY, by="owner")
RETURN = on("check", return_task, "prepared", THROUGH, WHY, by="checker")
STRAIGHT_BACK = on("check", return_task, "prepared", STRAIGHT, WHY, by="second")
WITHDRAW = case(withdraw_step, "prepared", by="one")
HELD = on("check", claim, by="checker")
TAKEN = on("check", claim, by="third")
TYPED = on("check", save_draft, {"note": ["写"]}, by="checker")
LENT = on("check", delegate, "manager", WHY, by="checker")
BACK = on("check", give_back, "办好了", by="manager")
TAKEN_BACK = on("check", take_back, by="checker")
BEFORE = asks("check", "before", "manager", by="checker")
AFTER = asks("check", "after", "manager", by="checker")
AWAY = on("check", remove, "manager", "不用了", by="checker")
AGREED, REFUSED = signs("manager", "agreed"), signs("manager", "refused")
URGED = on("check", urge, "", by="two")
SKIPPED = intervenes(SKIP, "check", by="operator")
SKIPPED_TOO = intervenes(SKIP, "check", by="other")
SIGNED = on("sign", complete_task, NOTE, by="manager")
SIGN_SKIPPED = intervenes(SKIP, "sign", by="operator")
MOVED = intervenes(PLACE, "sign", "prepare", by="operator")
MOVED_TOO = intervenes(PLACE, "sign", "prepare", by="other")
FILED = on("file_away", complete_task, NOTE, by="two")
CANCELLED = case(cancel_case, WHY, by="owner")
REOPENED = case(reopen_case, None, WHY, by="owner")
SUSPENDED = case(suspend_case, WHY, None, by="owner")
RESUMED = case(resume_case, by="owner")

ONE_WINS: dict[str, tuple[tuple[Act, ...], Act, Act]] = {
    "complete, transfer": ((), COMPLETE, TRANSFER),
    "complete a held one, transfer": ((HELD,), COMPLETE, TRANSFER),
    "complete, assign": ((), COMPLETE, ASSIGN),
    "complete, delegate": ((), COMPLETE, LENT),
    "complete, return": ((), COMPLETE, RETURN),
    "complete, return straight": ((), COMPLETE, STRAIGHT_BACK),
    "complete, withdraw": ((), COMPLETE, WITHDRAW),
    "complete, skip": ((), COMPLETE, SKIPPED),
    "complete, move": ((FILED, COMPLETE), SIGNED, MOVED),
    "complete, ask before": ((), COMPLETE, BEFORE),
    "complete, ask after": ((), COMPLETE, AFTER),
    "complete, by a substitute": (
        (),
        COMPLETE,
        on("check", complete_task, Answered({"note": "代办"}), by="deputy"),
    ),
    "transfer, transfer": ((), TRANSFER, on("check", transfer, "second", WHY, by="third")),
    "transfer, delegate": ((HELD,), TRANSFER, LENT),
    "claim, claim": ((), HELD, TAKEN),
    "claim, transfer": ((), TAKEN, TRANSFER),
    "return, return": ((), RETURN, STRAIGHT_BACK),
    "return, withdraw": ((), RETURN, WITHDRAW),
    "withdraw, claim": ((), WITHDRAW, HELD),
    "withdraw, draft": ((), WITHDRAW, TYPED),
    "withdraw, delegate": ((), WITHDRAW, LENT),
    "withdraw, ask": ((), WITHDRAW, BEFORE),
    "withdraw twice": ((), WITHDRAW, WITHDRAW),
    "two skip": ((), SKIPPED, SKIPPED_TOO),
    "two move": ((FILED, COMPLETE), MOVED, MOVED_TOO),
    "skip, move": ((FILED, COMPLETE), SIGN_SKIPPED, MOVED_TOO),
    "sign before, take away": ((BEFORE,), AGREED, AWAY),
    "sign after, take away": ((AFTER,), AGREED, AWAY),
    "agree, refuse": ((BEFORE,), AGREED, REFUSED),
    "agree after, refuse": ((AFTER,), AGREED, REFUSED),
    "sign after, transfer": ((AFTER,), AGREED, TRANSFER),
    "sign after, skip": ((AFTER,), AGREED, SKIPPED),
    "give back, take back": ((LENT,), BACK, TAKEN_BACK),
    "urge twice": ((), URGED, URGED),
    "cancel twice": ((), CANCELLED, CANCELLED),
    "reopen twice": ((CANCELLED,), REOPENED, REOPENED),
    "suspend twice": ((), SUSPENDED, SUSPENDED),
    "resume twice": ((SUSPENDED,), RESUMED, RESUMED),
}
BOTH_MAY: dict[str, tuple[tuple[Act, ...], Act, Act]] = {
    "give back, assign": ((LENT,), BACK, ASSIGN),
    "cancel, suspend": ((), CANCELLED, SUSPENDED),
    "complete, cancel": ((HELD,), COMPLETE, CANCELLED),
    "complete, suspend": ((HELD,), COMPLETE, SUSPENDED),
    "complete, urge": ((), COMPLETE, URGED),
    "withdraw, urge": ((), WITHDRAW, URGED),
    "complete, draft": ((), COMPLETE, TYPED),
    "sign, complete": ((BEFORE,), AGREED, COMPLETE),
    "release, assign": ((HELD,), on("check", release, by="checker"), ASSIGN),
    "file away, return": ((), FILED, RETURN),
    "file away, check": ((), FILED, COMPLETE),
    "agree, cancel": ((AFTER,), AGREED, CANCELLED),
}
"""Where one may come after the other, as well as keep it out."""


Told: TypeAlias = "list[Refusal | None]"


def _raced(database: Engine, plans: dict[str, tuple[tuple[Act, ...], Act, Act]]) -> Iterator[Told]:
    """Give what both were told, for each plan some times; whatever comes of it verifies."""
    with database.begin() as conn:
        staff = hired(conn)
    for before, *acts in [plan for plan in plans.values() for _ in range(ROUNDS)]:
        with database.begin() as conn:
            company = begun(conn, staff, *before)
            deeds = [act(company) for act in acts]
        yield race(database, *deeds)
    with database.connect() as conn:
        assert astray(conn) == {}


def test_of_two_at_once_one_is_told_why_not(database: Engine) -> None:
    names = [name for name in ONE_WINS for _ in range(ROUNDS)]
    for name, told in zip(names, _raced(database, ONE_WINS), strict=True):
        refused = [one for one in told if one is not None]
        assert len(refused) == 1, (name, told)
        assert refused[0].zh.endswith("。"), name


def test_of_two_at_once_one_may_come_after_the_other(database: Engine) -> None:
    names = [name for name in BOTH_MAY for _ in range(ROUNDS)]
    for name, told in zip(names, _raced(database, BOTH_MAY), strict=True):
        assert None in told, (name, told)


ENDED = {
    "completed": on("check", complete_task, NOTE, by="second"),
    "returned": STRAIGHT_BACK,
    "withdrawn": WITHDRAW,
    "skipped": SKIPPED,
    "cancelled": CANCELLED,
}
LATE = {
    "complete": COMPLETE, "claim": HELD, "release": on("check", release, by="checker"),
    "draft": TYPED, "transfer": TRANSFER, "assign": ASSIGN, "delegate": LENT,
    "give back": BACK, "take back": TAKEN_BACK, "ask": BEFORE, "take away": AWAY, "urge": URGED,
    "copy": on("check", copy, ["second"], "", by="checker"),
    "return": RETURN, "skip": SKIPPED_TOO,
    "move": intervenes(PLACE, "check", "prepare", by="other"),
}  # fmt: skip


def test_whoever_comes_a_second_late_is_told_what_became_of_the_task(
    connection: Connection,
) -> None:
    staff = hired(connection)
    for ends in ENDED.values():
        company = begun(connection, staff)
        late = {name: act(company) for name, act in LATE.items()}
        ends(company)(connection)
        state = sa.select(cases.c.state, cases.c.entries).where(cases.c.id == company.case)
        left = connection.execute(state).one()
        for name, deed in late.items():
            with pytest.raises(TaskGoneError) as told:
                deed(connection)
            assert told.value.case_id == company.case, name
            assert told.value.zh != "没有这个待办。", name
        assert connection.execute(state).one() == left
