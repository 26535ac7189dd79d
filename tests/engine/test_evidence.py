from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from engine import attachments
from engine.attachments import AttachmentTakenError
from engine.cases import InvalidAnswersError, open_case
from engine.procedures import in_force
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.attachments import Attachment
    from engine.people import Person

SUBJECT = "start:errand"


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, errand())
    return somebody(connection, "clerk-one", {"clerk"})


def photo(conn: Connection, by: Person, content: bytes = b"%PDF-1.7") -> Attachment:
    kept = {"name": "照片.pdf", "field": "photos", "subject": SUBJECT}
    return attachments.store(conn, BytesIO(content), **kept, by=by, now=NOW)


def sent(conn: Connection, by: Person, *files: Attachment) -> UUID:
    answers: dict[str, Any] = {"customer": "天源水务", "photos": [str(one.id) for one in files]}
    return open_case(conn, "errand", Answered(answers), by=by, now=NOW).case_id


def test_a_file_stays_with_the_case_that_it_was_sent_with(
    connection: Connection, clerk: Person
) -> None:
    file = photo(connection, clerk)
    first = sent(connection, clerk, file)

    with pytest.raises(InvalidAnswersError) as refused:
        sent(connection, clerk, file)

    problem = refused.value.answers.problems["/photos"]
    assert "另一案件" in problem.zh
    assert "another case" in problem.en
    assert [one.id for one in attachments.of_case(connection, first)] == [file.id]


def test_a_file_that_went_elsewhere_after_the_check_is_refused(
    connection: Connection, clerk: Person
) -> None:
    file = photo(connection, clerk)
    first = sent(connection, clerk, file)
    form = in_force(connection, "errand").start_form
    values = {"photos": [str(file.id)]}

    with pytest.raises(AttachmentTakenError) as refused:
        attachments.attach(connection, form, values, case_id=first, subject=SUBJECT, by=clerk)

    assert "另一案件" in refused.value.zh
    assert "another case" in refused.value.en


def test_somebody_elses_file_is_refused_at_its_field(connection: Connection, clerk: Person) -> None:
    other = somebody(connection, "clerk-two", {"clerk"})

    with pytest.raises(InvalidAnswersError) as refused:
        sent(connection, clerk, photo(connection, other))

    assert list(refused.value.answers.problems) == ["/photos"]
