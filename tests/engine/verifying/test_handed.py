"""Who has tasks in hand and who signs them is compared with what the entries say."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine.flexible.asking import Wanted, ask
from engine.flexible.delegating import delegate
from engine.flexible.signing import sign
from engine.going_back.returning import return_task
from engine.history.told import LINKED, UNLINKED, Told
from engine.tables import cancelled_tasks, signings, tasks
from engine.verifying import handed
from engine.verifying.everything import check
from engine.verifying.retold import retold
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.going_back.errands import Errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

LATER = NOW + timedelta(days=1)
KINDS = {
    *("signatures_asked", "signature_given", "signature_removed", "task_handed_over"),
    *("task_delegated", "task_returned", "step_completed", "step_skipped", "case_reopened"),
    *(LINKED, UNLINKED),
}


@pytest.fixture
def people(connection: Connection) -> dict[str, Person]:
    put_in_force(connection, errand())
    held = {"clerk": "clerk", "colleague": "clerk", "inspector": "qc", "manager": "gm"}
    return {login: somebody(connection, login, {role}) for login, role in held.items()}


@pytest.fixture
def busy(connection: Connection, people: dict[str, Person]) -> dict[str, UUID]:
    """Give three cases: one is signed, one is delegated, one was sent back."""
    clerk, colleague, inspector = (people[p] for p in ("clerk", "colleague", "inspector"))
    signed, lent, back = (asked(connection, clerk).case_id for _ in range(3))
    task = waiting(connection, signed)["prepare"]
    both = Wanted("before", "all", None, [colleague.id, inspector.id])
    ask(connection, task, both, "请看", by=clerk, now=NOW)
    mine = sa.select(signings.c.id).where(signings.c.person_id == colleague.id)
    key = connection.scalars(mine).one()
    sign(connection, key, "agreed", "同意", by=colleague, now=NOW)
    task = waiting(connection, lent)["prepare"]
    delegate(connection, task, colleague.id, "请先办", by=clerk, now=NOW)
    errands = Errand(connection, back, clerk, colleague, inspector, people["manager"])
    target, task = errands.does("prepare"), errands.task("check")
    return_task(connection, task, target, "through", "缺照片", by=inspector, now=NOW)
    return {"signed": signed, "lent": lent, "back": back}


def of_task(**values: Any) -> sa.Update:  # noqa: ANN401 - columns
    return sa.update(tasks).values(**values)


def of_signing(now: str, /, **values: Any) -> sa.Update:  # noqa: ANN401 - columns
    return sa.update(signings).where(signings.c.status == now).values(**values)


UNDONE = ["tasks that ended undone"]


def signed(who: str, *what: str) -> list[str]:
    return [f"signature of {who}君: {', '.join(what)}"]


WITH = "with whom it is asked for"
TAMPERED: dict[str, tuple[str, sa.Update | sa.Delete, list[str]]] = {
    "agreed": (
        "signed",
        of_signing("asked", status="agreed", opinion="好"),
        signed("inspector", "what became of it", "opinion"),
    ),
    "opinion": ("signed", of_signing("agreed", opinion="反对"), signed("colleague", "opinion")),
    "refused": (
        "signed",
        of_signing("agreed", status="refused"),
        signed("colleague", "what became of it"),
    ),
    "reason": (
        "signed",
        of_signing("asked", reason="另一件事"),
        signed("inspector", "why it was asked for"),
    ),
    "when asked": (
        "signed",
        of_signing("asked", asked_at=LATER),
        signed("inspector", "when it was asked for"),
    ),
    "when signed": (
        "signed",
        of_signing("agreed", settled_at=LATER),
        signed("colleague", "when it was signed"),
    ),
    "mode": ("signed", of_signing("asked", mode="any"), signed("inspector", "how it is signed")),
    "group": (
        "signed",
        of_signing("asked", group_id=uuid4()),
        [*signed("colleague", WITH), *signed("inspector", WITH)],
    ),
    "gone": (
        "signed",
        sa.delete(signings),
        [f"no signature of {who}君" for who in ("colleague", "inspector")],
    ),
    "not signed": ("signed", of_task(signing=None), ["whether it is being signed"]),
    "owner": ("lent", of_task(owner=None), ["who delegated it"]),
    "given": ("lent", of_task(given_to=None), ["whom it was given to"]),
    "anew": ("back", of_task(again=None), ["why it is open anew"]),
    "another way": ("back", of_task(again="straight"), ["why it is open anew"]),
    "cancelled": ("back", sa.delete(cancelled_tasks), UNDONE),
    "by another": ("back", sa.update(cancelled_tasks).values(seq=1), UNDONE),
    "elsewhere": ("back", sa.update(cancelled_tasks).values(place="/errand:sign/"), UNDONE),
}


def test_all_holds_when_nobody_has_touched_it(
    connection: Connection, busy: dict[str, UUID]
) -> None:
    assert {case.id for case in check(connection)} >= set(busy.values())
    assert astray(connection) == {}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_is_told(connection: Connection, busy: dict[str, UUID], name: str) -> None:
    case, tamper, said = TAMPERED[name]
    connection.execute(tamper.where(tamper.table.c.case_id == busy[case]))
    ((key, told),) = astray(connection).items()
    assert key == busy[case]
    assert sorted(each.rpartition("”: ")[2] for each in told) == said


def test_a_signature_of_another_person_is_told(
    connection: Connection, busy: dict[str, UUID], people: dict[str, Person]
) -> None:
    connection.execute(of_signing("asked", person_id=people["manager"].id))
    assert astray(connection) == {busy["signed"]: signed("inspector", "who signs")}


def test_what_was_forged_into_an_untouched_case_is_told(
    connection: Connection, busy: dict[str, UUID]
) -> None:
    like = connection.execute(sa.select(signings).limit(1)).one()
    task = waiting(connection, busy["back"])["prepare"]
    forged = {**like._mapping, "id": uuid4(), "case_id": busy["back"], "task_id": task}  # noqa: SLF001
    connection.execute(sa.insert(signings).values(forged))
    (told,) = astray(connection)[busy["back"]]
    assert re.fullmatch("one signature of (colleague|inspector)君 too many", told)


def test_an_older_release_did_not_say_what_it_handed_over() -> None:
    asks = {"kind": "signatures_asked", "task": "t", "by": "a", "to": [["b", "乙"]]}
    opened = {"kind": "case_opened", "opened": [["t", "errand:prepare", "clerk"]]}
    how = {"signing": ["before", "all", None], "reason": "请看"}
    over = {"kind": "task_handed_over", "task": "t", "to": [["c", "丙"]]}
    older = retold([opened, asks | how, over])
    newer = retold([opened, asks | how, over | {"hand": "signature", "whose": ["b", "乙"]}])
    assert [one.people for one in older.signatures.all] == [{"b", "c"}]
    assert [one.people for one in newer.signatures.all] == [{"c"}]
    assert (older.hands["t"].unsure, newer.hands["t"].unsure) == (True, False)


FIELDS = [
    *("kind", "task", "seq", "opened", "cancelled", "to", "by", "for", "back", "item", "tie"),
    *("signing", "settled", "reason", "opinion", "hand", "whose", "files", "facts", "calls"),
]
BAD: list[Any] = [None, 1, "x", [], [[]], [["t", []]], {}, {"place": []}]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(FIELDS),
            st.sampled_from([*BAD, *sorted(KINDS)]),
        ),
        max_size=6,
    )
)
def test_whatever_somebody_has_made_of_entries_is_read(bodies: list[dict[str, Any]]) -> None:
    told = Told()
    for body in [{"kind": "case_opened", "opened": [["x", "p:e", "r"]]}, *bodies]:
        told.hear(body)
    said = retold(told.bodies)
    assert bool(list(handed.signed_otherwise([], said))) == bool(said.signatures.all)
    assert handed.ended_so([], said) == (not said.cancelled)
