from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import history, settings
from engine.cases.moving import lock
from engine.cases.sending import FIELD
from engine.cases.starts import open_case
from engine.errors import NotFoundError
from engine.history import Draft
from engine.history.dossier import case as dossier_of
from engine.incidents import recording
from engine.incidents.retrying import retry
from engine.spiff import Names, RunError
from engine.tables import cases, entries
from engine.tasks import deeds
from engine.tasks.completing import complete_task
from engine.tasks.drafts import Kept
from engine.tasks.waiting import TaskGoneError
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.parcel import KILOS, LATER, PACKED, fails
from tests.engine.small import TEXT, form, put_in_force, row_of, small, somebody
from tests.engine.spiff.drawing import Process, table

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


def test_a_step_that_fails_is_an_incident_and_the_case_stays_where_it_was(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    before, open_before = row_of(connection, parcels), waiting(connection, parcels)

    incident = fails(connection, open_before["pack"], clerk)

    assert (incident.process, incident.element) == ("parcel", "is_heavy")
    assert (incident.expression, incident.variable) == ("kilos > 5", "kilos")
    assert "kilos" in incident.text.zh
    assert "kilos" in incident.text.en
    assert (incident.case_id, incident.procedure) == (parcels, "parcel")
    assert (incident.person_id, incident.answers) == (clerk.id, PACKED)
    after = row_of(connection, parcels)
    assert (after.state, after.revision, after.status) == (before.state, before.revision, "open")
    assert after.entries == before.entries + 1
    assert waiting(connection, parcels) == open_before
    assert history.verify(connection, parcels) is None


def test_a_failure_of_what_somebody_else_has_done_meanwhile_is_no_incident(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    found = waiting(connection, parcels)
    with pytest.raises(RunError) as failed, connection.begin_nested():
        complete_task(connection, found["pack"], Kept(PACKED), by=clerk, now=NOW)
    complete_task(connection, found["weigh"], Answered({"kilos": 8}), by=clerk, now=NOW)
    complete_task(connection, found["pack"], Kept(PACKED), by=clerk, now=NOW)

    with pytest.raises(TaskGoneError) as refused:
        recording.record_task(
            connection, found["pack"], failed.value, posted=PACKED, by=clerk, now=NOW
        )
    assert refused.value.case_id == parcels
    assert recording.unresolved(connection) == []


def test_an_incident_stands_in_its_cases_history_once_however_often_it_is_tried(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    pack = waiting(connection, parcels)["pack"]
    incident = fails(connection, pack, clerk)
    fails(connection, pack, clerk)
    retry(connection, incident.id, by=None, now=LATER)

    told = [
        one for one in dossier_of(connection, parcels, by=clerk).timeline if "异常" in one.title.zh
    ]
    (entry,) = told
    assert (entry.kind, entry.who, entry.place) == ("incident", None, "parcel:is_heavy")
    assert entry.title.zh == f"异常 {incident.id}：is_heavy名"
    assert entry.title.en == f"Incident {incident.id}: is_heavy in English"
    assert entry.notes == (incident.text,)
    assert history.verify(connection, parcels) is None


def test_what_fails_anew_for_another_cause_stands_in_the_history_too(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    pack = waiting(connection, parcels)["pack"]
    other = RunError(process="parcel", element="carried", zh="别的", en="other")
    first = recording.record_task(connection, pack, other, posted=PACKED, by=clerk, now=NOW)
    retry(connection, first, by=None, now=LATER)
    again = recording.record_task(connection, pack, other, posted=PACKED, by=clerk, now=LATER)

    told = dossier_of(connection, parcels, by=clerk).timeline
    places = [one.place for one in told if one.kind == "incident"]
    assert (again, places) == (first, ["parcel:carried", "parcel:is_heavy", "parcel:carried"])
    assert recording.find(connection, first).tries == 3
    assert history.verify(connection, parcels) is None


def test_the_cause_in_the_history_may_be_erased_for_it_may_quote_what_was_typed(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    incident = fails(connection, waiting(connection, parcels)["pack"], clerk)
    mine = sa.and_(entries.c.case_id == parcels, entries.c.kind == "incident")
    row = connection.execute(sa.select(entries).where(mine)).one()
    assert incident.text.zh not in row.body.decode()

    erased = Draft(history.ERASED, {"erased": [row.seq]})
    history.enter(connection, lock(connection, parcels), erased, by=None, now=LATER)
    connection.execute(sa.update(entries).where(mine).values(answers=None, salt=None))
    shown = dossier_of(connection, parcels, by=clerk).timeline[row.seq - 1]
    assert (shown.kind, shown.erased, shown.notes) == ("incident", True, ())
    assert history.verify(connection, parcels) is None


def test_a_failure_on_a_step_itself_is_no_filling_of_its_form(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    case = lock(connection, parcels)
    place = ("parcel", "pack")
    recording.record_timer(connection, case, RuntimeError("x"), place=place, now=NOW)

    found = dossier_of(connection, parcels, by=clerk)
    assert found.timeline[-1].place == "parcel:pack"
    assert [form.seq for form in found.filled] == [1]


def test_a_retry_fails_while_the_cause_stands_and_resolves_when_it_is_gone(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    found = waiting(connection, parcels)
    incident = fails(connection, found["pack"], clerk)

    again = retry(connection, incident.id, by=None, now=LATER)
    assert (again.resolved_at, again.tries, again.at, again.tried_at) == (None, 2, NOW, LATER)
    assert again.answers == PACKED
    assert [each.id for each in recording.unresolved(connection)] == [incident.id]

    complete_task(connection, found["weigh"], Answered({"kilos": 8}), by=clerk, now=NOW)
    retry(connection, incident.id, by=None, now=LATER)
    assert recording.unresolved(connection) == []
    assert set(waiting(connection, parcels)) == {"call_porter"}
    done = sa.select(entries).where(entries.c.task_id == found["pack"])
    entry = connection.execute(done).one()
    assert (entry.actor, entry.at) == (clerk.id, LATER)
    with pytest.raises(NotFoundError) as refused:
        retry(connection, incident.id, by=None, now=LATER)
    assert str(incident.id) in refused.value.en


@pytest.fixture
def operator(connection: Connection) -> Person:
    return somebody(connection, "operator-one", {"operator"})


def test_what_an_operator_brought_through_says_who_had_sent_it_when_and_who_did(
    connection: Connection, clerk: Person, operator: Person, parcels: UUID
) -> None:
    found = waiting(connection, parcels)
    incident = fails(connection, found["pack"], clerk)
    complete_task(connection, found["weigh"], Answered({"kilos": 8}), by=clerk, now=NOW)
    retry(connection, incident.id, by=operator, now=LATER)

    dossier = dossier_of(connection, parcels, by=clerk)
    (entry,) = [one for one in dossier.timeline if one.retried]
    assert (entry.kind, entry.who, entry.at) == ("step_completed", clerk.name, LATER)
    zone = settings.company(connection).zone
    sent, done = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (NOW, LATER))
    assert entry.retried == Names(
        f"{clerk.name} 于 {sent} 提交，当时受阻（异常 {incident.id}）；"
        f"系统管理员 {operator.name} 于 {done} 重试办成",
        f"Sent by {clerk.name} at {sent} and held up then (incident {incident.id}); "
        f"brought through by operator {operator.name} at {done}",
    )
    assert [form.at for form in dossier.filled if form.seq == entry.seq] == [NOW]
    parts = deeds.parts(connection, [parcels], [clerk, operator])[parcels]
    assert (clerk.id, "parcel:pack") in parts
    assert {who for who, _ in parts} == {clerk.id}
    assert astray(connection) == {}


def test_what_is_sent_again_in_vain_was_sent_then_and_not_when_an_operator_tried(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    found = waiting(connection, parcels)
    first = fails(connection, found["pack"], clerk)
    retry(connection, first.id, by=None, now=LATER)
    assert recording.find(connection, first.id).sent_at == NOW

    complete_task(connection, found["weigh"], Answered({"kilos": 8}), by=clerk, now=NOW)
    retry(connection, first.id, by=None, now=LATER)
    (entry,) = [one for one in dossier_of(connection, parcels, by=clerk).timeline if one.retried]
    assert entry.retried is not None
    assert "系统管理员在命令行" in entry.retried.zh


def test_a_table_that_gives_an_unknown_role_names_the_variable(
    connection: Connection, clerk: Person
) -> None:
    drawn = Process("porters")
    drawn.message_start("asked")
    drawn.rule("choose", "who_carries".replace("_", "-"))
    drawn.user("carry")
    drawn.end("done")
    drawn.chain("asked", "choose", "carry", "done")
    drawn.lane("搬运人", "carry", role_from="porter")
    who = table("who-carries", ["kilos"], ["porter"], [(["-"], ["named"])])
    forms = {"porters/asked": form(named=TEXT, kilos=KILOS), "porters/carry": form(note=TEXT)}
    put_in_force(connection, small(drawn, forms=forms, tables={"who_carries": who}))

    posted = Answered({"named": "nobody", "kilos": 9})
    with pytest.raises(RunError) as failed, connection.begin_nested():
        open_case(connection, "porters", posted, by=clerk, now=NOW)
    typed = {"named": ["nobody"], "kilos": ["9"]}
    key = recording.record_start(
        connection, "porters", failed.value, posted=typed, by=clerk, now=NOW
    )

    incident = recording.find(connection, key)
    assert (incident.element, incident.variable) == ("carry", "porter")
    assert "nobody" in incident.text.zh
    assert (incident.case_id, incident.answers) == (None, typed)
    retry(connection, key, by=None, now=LATER)
    assert [each.id for each in recording.unresolved(connection)] == [key]


def routed(condition: str) -> dict[str, bytes]:
    """Give a procedure whose way from its start is chosen by a condition on ``kilos``."""
    drawn = Process("routed")
    drawn.message_start("asked")
    drawn.xor("is_heavy", default="is_light")
    drawn.user("carry")
    drawn.end("heavy")
    drawn.chain("asked", "is_heavy")
    drawn.flow("is_heavy", "carry", condition)
    drawn.flow("is_heavy", "heavy", id_="is_light")
    drawn.chain("carry", "heavy")
    return small(drawn, forms={"routed/asked": form(kilos=KILOS), "routed/carry": form(note=TEXT)})


def start_in_vain(conn: Connection, by: Person, posted: dict[str, list[str]]) -> int:
    with pytest.raises(RunError) as failed, conn.begin_nested():
        open_case(conn, "routed", Kept(posted), by=by, now=NOW)
    return recording.record_start(conn, "routed", failed.value, posted=posted, by=by, now=NOW)


def test_a_start_that_failed_opens_its_case_once_a_repaired_version_is_in_force(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, routed("kilos > 5"))
    key = start_in_vain(connection, clerk, {})

    put_in_force(connection, routed("number(kilos) <= 5"))
    retry(connection, key, by=None, now=LATER)

    assert recording.unresolved(connection) == []
    opened = sa.select(cases.c.id).where(cases.c.procedure == "routed")
    assert set(waiting(connection, connection.scalars(opened).one())) == {"carry"}


def test_a_start_that_its_person_has_corrected_and_sent_opens_no_second_case(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, routed("1 / kilos > 5"))
    page, other = {FIELD: [uuid4().hex]}, {FIELD: [uuid4().hex]}
    key = start_in_vain(connection, clerk, {**page, "kilos": ["0"]})
    apart = start_in_vain(connection, clerk, {**other, "kilos": ["0"]})
    again = start_in_vain(connection, clerk, {**page, "kilos": ["00"]})
    assert (again, recording.find(connection, key).answers) == (key, {"kilos": ["00"]})

    corrected = Kept({**page, "kilos": ["7"]})
    open_case(connection, "routed", corrected, by=clerk, now=LATER)
    assert retry(connection, key, by=None, now=LATER).case_id is None
    assert connection.scalar(sa.select(sa.func.count()).select_from(cases)) == 1
    assert [one.id for one in recording.unresolved(connection)] == [apart]


def test_a_start_that_worked_when_retried_is_the_one_that_its_page_would_send(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, routed("1 / kilos > 5"))
    page = {FIELD: [uuid4().hex], "kilos": ["0"]}
    key = start_in_vain(connection, clerk, page)
    put_in_force(connection, routed("kilos > 5"))
    done = retry(connection, key, by=None, now=LATER)

    assert open_case(connection, "routed", Kept(page), by=clerk, now=LATER).case_id == done.case_id
    assert connection.scalar(sa.select(sa.func.count()).select_from(cases)) == 1


def test_one_step_that_fails_is_not_counted_with_others(
    connection: Connection, clerk: Person, parcels: UUID
) -> None:
    first = fails(connection, waiting(connection, parcels)["pack"], clerk)
    for _ in range(2):
        retry(connection, first.id, by=None, now=LATER)
    other = open_case(connection, "parcel", Answered({}), by=clerk, now=NOW).case_id
    assert fails(connection, waiting(connection, other)["pack"], clerk).tries == 1
