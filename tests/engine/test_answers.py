"""What becomes of what was typed: drafts, hidden fields, attachments, and where to go next."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa

from engine import attachments, people
from engine.cases.starts import InvalidAnswersError
from engine.tables import entries
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, save_draft
from engine.tasks.taskview import open_task
from engine.tasks.waiting import TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, waiting
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.attachments import Attachment
    from engine.cases.starts import Completed
    from engine.people import Person

NOTE = Answered({"note": "已办"})
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@pytest.fixture
def case_id(connection: Connection, clerk: Person) -> UUID:
    return asked(connection, clerk).case_id


@pytest.fixture
def preparing(connection: Connection, case_id: UUID) -> UUID:
    """Give the first task of a case."""
    return waiting(connection, case_id)["prepare"]


def answers_to(conn: Connection, task: UUID) -> dict[str, Any]:
    stored = conn.scalars(sa.select(entries.c.answers).where(entries.c.task_id == task)).one()
    answers: dict[str, Any] = orjson.loads(stored or b"null")
    return answers


def photo(conn: Connection, task: UUID, by: Person) -> Attachment:
    subject = drafts.of_task(task)
    return attachments.store(
        conn, io.BytesIO(PNG), name="裂缝.png", field="photos", subject=subject, by=by, now=NOW
    )


class TestAgain:
    """The same answers sent twice by who has just finished the task."""

    @pytest.fixture
    def done(self, connection: Connection, clerk: Person, preparing: UUID) -> Completed:
        return complete_task(connection, preparing, NOTE, by=clerk, now=NOW)

    def test_the_same_answers_give_the_same_result_and_change_nothing(
        self, connection: Connection, clerk: Person, preparing: UUID, done: Completed
    ) -> None:
        before = connection.execute(sa.select(entries)).all()
        assert complete_task(connection, preparing, NOTE, by=clerk, now=NOW) == done
        assert done.next_task == waiting(connection, done.case_id)["file_away"]
        assert connection.execute(sa.select(entries)).all() == before

    def test_other_answers_are_refused(
        self, connection: Connection, clerk: Person, preparing: UUID, done: Completed
    ) -> None:
        for other in (Answered({"note": "别的"}), Answered({"note": "已办", "urgent": True})):
            with pytest.raises(TaskGoneError) as refused:
                complete_task(connection, preparing, other, by=clerk, now=NOW)
            assert refused.value.case_id == done.case_id

    def test_the_same_answers_of_another_person_are_refused(
        self, connection: Connection, colleague: Person, preparing: UUID, done: Completed
    ) -> None:
        with pytest.raises(TaskGoneError) as refused:
            complete_task(connection, preparing, NOTE, by=colleague, now=NOW)
        assert refused.value.case_id == done.case_id


def test_a_draft_is_its_writers_until_the_task_is_done(
    connection: Connection, clerk: Person, colleague: Person, preparing: UUID
) -> None:
    save_draft(connection, preparing, {"note": ["写到一"]}, by=clerk, now=NOW)
    save_draft(connection, preparing, {"note": ["写到一半"]}, by=clerk, now=NOW)
    save_draft(connection, preparing, {"note": ["另写"]}, by=colleague, now=NOW)

    assert open_task(connection, preparing, by=clerk).draft == {"note": ["写到一半"]}
    assert open_task(connection, preparing, by=colleague).draft == {"note": ["另写"]}

    complete_task(connection, preparing, NOTE, by=clerk, now=NOW)
    for person in (clerk, colleague):
        assert drafts.load(connection, drafts.of_task(preparing), by=person) is None
    with pytest.raises(TaskGoneError):
        save_draft(connection, preparing, {"note": ["太迟"]}, by=clerk, now=NOW)


def test_a_draft_of_another_task_stays(
    connection: Connection, clerk: Person, preparing: UUID
) -> None:
    other = waiting(connection, asked(connection, clerk).case_id)["prepare"]
    save_draft(connection, other, {"note": ["留着"]}, by=clerk, now=NOW)

    complete_task(connection, preparing, NOTE, by=clerk, now=NOW)

    assert open_task(connection, other, by=clerk).draft == {"note": ["留着"]}


def test_refused_answers_change_nothing_and_say_where_the_problem_is(
    connection: Connection, clerk: Person, preparing: UUID
) -> None:
    with pytest.raises(InvalidAnswersError) as refused:
        complete_task(connection, preparing, Answered({"reason": "急"}), by=clerk, now=NOW)

    assert set(refused.value.answers.problems) == {"/note"}
    assert refused.value.answers.typed["reason"] == "急"
    assert open_task(connection, preparing, by=clerk).task_id == preparing


def test_a_hidden_field_is_dropped_whatever_was_posted_in_it(
    connection: Connection, clerk: Person, preparing: UUID
) -> None:
    posted = Answered({"note": "办", "urgent": False, "reason": "藏起来的", "unknown": "x"})
    complete_task(connection, preparing, posted, by=clerk, now=NOW)

    answers = answers_to(connection, preparing)
    assert answers["note"] == "办"
    assert answers.get("reason") is None
    assert "unknown" not in answers


def test_a_shown_field_is_kept(connection: Connection, clerk: Person, preparing: UUID) -> None:
    posted = Answered({"note": "办", "urgent": True, "reason": "客户在等"})
    complete_task(connection, preparing, posted, by=clerk, now=NOW)
    assert answers_to(connection, preparing)["reason"] == "客户在等"


def test_an_attachment_goes_with_its_answers_into_the_case(
    connection: Connection, clerk: Person, case_id: UUID, preparing: UUID
) -> None:
    kept = photo(connection, preparing, clerk)
    posted = Answered({"note": "见照片", "photos": [str(kept.id)]})
    complete_task(connection, preparing, posted, by=clerk, now=NOW)

    assert [each.id for each in attachments.of_case(connection, case_id)] == [kept.id]
    assert answers_to(connection, preparing)["photos"] == [str(kept.id)]


def test_attachments_of_another_person_or_task_are_refused_at_their_field(
    connection: Connection, clerk: Person, colleague: Person, case_id: UUID, preparing: UUID
) -> None:
    elsewhere = waiting(connection, asked(connection, clerk).case_id)["prepare"]
    for kept in (
        photo(connection, preparing, colleague),
        photo(connection, elsewhere, clerk),
    ):
        posted = Answered({"note": "见照片", "photos": [str(kept.id)]})
        with pytest.raises(InvalidAnswersError) as refused:
            complete_task(connection, preparing, posted, by=clerk, now=NOW)
        assert set(refused.value.answers.problems) == {"/photos"}
    assert attachments.of_case(connection, case_id) == []


class TestNext:
    """Where a person goes once a form was taken."""

    def test_to_the_task_that_follows_if_it_is_theirs(
        self, connection: Connection, clerk: Person, case_id: UUID, preparing: UUID
    ) -> None:
        done = complete_task(connection, preparing, NOTE, by=clerk, now=NOW)
        assert done.next_task == waiting(connection, case_id)["file_away"]

    def test_to_a_parallel_task_that_was_open_before(
        self, connection: Connection, clerk: Person, case_id: UUID, preparing: UUID
    ) -> None:
        both = somebody(connection, "both", {"clerk", "qc"})
        complete_task(connection, preparing, NOTE, by=clerk, now=NOW)
        found = waiting(connection, case_id)

        done = complete_task(connection, found["check"], NOTE, by=both, now=NOW)
        assert done.next_task == found["file_away"]

    def test_not_to_one_that_somebody_else_holds(
        self,
        connection: Connection,
        clerk: Person,
        case_id: UUID,
        preparing: UUID,
    ) -> None:
        both = somebody(connection, "both", {"clerk", "qc"})
        complete_task(connection, preparing, NOTE, by=clerk, now=NOW)
        found = waiting(connection, case_id)
        claim(connection, found["file_away"], by=clerk, now=NOW)

        done = complete_task(connection, found["check"], NOTE, by=both, now=NOW)
        assert done.next_task is None

    def test_nowhere_when_the_case_goes_on_with_others(
        self, connection: Connection, clerk: Person, case_id: UUID, preparing: UUID
    ) -> None:
        complete_task(connection, preparing, NOTE, by=clerk, now=NOW)
        filing = waiting(connection, case_id)["file_away"]
        assert complete_task(connection, filing, NOTE, by=clerk, now=NOW).next_task is None

    def test_never_to_a_task_of_another_case(
        self, connection: Connection, clerk: Person, case_id: UUID, preparing: UUID
    ) -> None:
        asked(connection, clerk)
        complete_task(connection, preparing, NOTE, by=clerk, now=NOW)
        filing = waiting(connection, case_id)["file_away"]
        assert complete_task(connection, filing, NOTE, by=clerk, now=NOW).next_task is None


def test_a_language_is_remembered(connection: Connection, clerk: Person) -> None:
    people.set_language(connection, clerk, "en")
    found = people.person(connection, clerk.id)
    assert found is not None
    assert (found.lang, clerk.lang) == ("en", "zh")
