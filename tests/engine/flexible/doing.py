"""What people do with an errand of which the first step is done, planned beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from engine.flexible.asking import Wanted, ask
from engine.flexible.signing import sign
from engine.going_back.intervening import Wanted as Intervention
from engine.going_back.seconding import intervene
from engine.substituting import making
from engine.substituting.represented import standing_in
from engine.tables import signings
from engine.tasks.completing import complete_task, save_draft
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person
    from tests.engine.racing import Deed

WHY, NOTE = "因故", Answered({"note": "已办"})
STAFF = {
    "one": {"clerk"}, "two": {"clerk"}, "checker": {"qc"}, "second": {"qc"}, "third": {"qc"},
    "manager": {"gm"},
    "operator": {"operator"}, "other": {"operator"}, "owner": {"process-owner"},
    "deputy": set[str](),
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A case that `prepared` has been done in, so that it is before its inspector and its clerk."""

    conn: Connection
    case: UUID
    prepared: UUID
    staff: dict[str, Person]

    def task(self, step: str) -> UUID:
        return waiting(self.conn, self.case)[step]

    def meant(self, args: tuple[object, ...]) -> list[object]:
        """Give arguments with people and tasks for what they are called."""
        return [self._meant(arg) for arg in args]

    def _meant(self, arg: object) -> object:
        if arg == "prepared":
            return self.prepared
        return self.staff[arg].id if isinstance(arg, str) and arg in self.staff else arg


Act: TypeAlias = "Callable[[Company], Deed]"


def on(step: str, verb: Callable[..., Any], *args: object, by: str) -> Act:
    """Let somebody act on the task of a step that is open when the act is planned."""

    def planned(company: Company) -> Deed:
        task, who, given = company.task(step), company.staff[by], company.meant(args)
        return lambda conn: verb(conn, task, *given, by=who, now=NOW)

    return planned


def case(verb: Callable[..., Any], *args: object, by: str) -> Act:
    """Let somebody act on the case."""

    def planned(company: Company) -> Deed:
        who, given = company.staff[by], company.meant(args)
        return lambda conn: verb(conn, company.case, *given, by=who, now=NOW)

    return planned


def signs(signer: str, answer: str) -> Act:
    """Let somebody answer the signature that they were asked for."""

    def planned(company: Company) -> Deed:
        who = company.staff[signer]
        theirs = sa.select(signings.c.id).where(
            signings.c.person_id == who.id, signings.c.case_id == company.case
        )
        key = company.conn.scalars(theirs).one()
        return lambda conn: sign(conn, key, answer, "看过", by=who, now=NOW)

    return planned


def asks(step: str, place: str, *signers: str, by: str) -> Act:
    """Let somebody who has typed the answers ask for signatures, all of them."""

    def planned(company: Company) -> Deed:
        task, who = company.task(step), company.staff[by]
        wanted = Wanted(place, "all", None, [company.staff[one].id for one in signers])

        def deed(conn: Connection) -> None:
            save_draft(conn, task, {"note": ["已办"]}, by=who, now=NOW)
            ask(conn, task, wanted, WHY, by=who, now=NOW)

        return deed

    return planned


def intervenes(kind: str, step: str, *to: str, by: str) -> Act:
    """Let an operator skip a step or move its token."""

    def planned(company: Company) -> Deed:
        wanted, who = Intervention(kind, company.case, company.task(step), to), company.staff[by]
        return lambda conn: intervene(conn, wanted, WHY, by=who, now=NOW)

    return planned


def hired(conn: Connection) -> dict[str, Person]:
    """Publish the errand, and hire everybody; the deputy stands in for the checker."""
    put_in_force(conn, errand())
    staff = {login: somebody(conn, login, held) for login, held in STAFF.items()}
    checker, today = staff["checker"], NOW.date()
    away = making.Wanted(checker.id, staff["deputy"].id, today, today)
    making.make(conn, away, by=checker, now=NOW)
    acting = standing_in(conn, staff["deputy"].id, now=NOW)
    assert acting is not None
    return {**staff, "deputy": acting}


def begun(conn: Connection, staff: dict[str, Person], *before: Act) -> Company:
    """Open a case, let its first step be done, and then what else comes before."""
    case_id = asked(conn, staff["one"]).case_id
    task = waiting(conn, case_id)["prepare"]
    complete_task(conn, task, NOTE, by=staff["one"], now=NOW)
    company = Company(conn, case_id, task, staff)
    for act in before:
        act(company)(conn)
    return company
