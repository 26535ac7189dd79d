from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine import attachments, procedures
from engine.attachments import AttachmentChangedError
from engine.attachments.enclosing import AttachmentTakenError, attach
from engine.cases.starts import InvalidAnswersError, open_case
from engine.history import dossier
from engine.procedures import VersionChangedError, in_force
from engine.tables import attachments as rows
from engine.tables import blobs, cases, entries, files
from engine.tasks.completing import complete_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import errand, waiting
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.attachments import Attachment
    from engine.people import Person
    from engine.verifying.doubts import Doubts

SUBJECT = "start:errand"


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
    assert form is not None
    values = {"photos": [str(file.id)]}

    with pytest.raises(AttachmentTakenError) as refused:
        attach(connection, form, values, case_id=first, subject=SUBJECT, by=clerk)

    assert "另一案件" in refused.value.zh
    assert "another case" in refused.value.en


def test_somebody_elses_file_is_refused_at_its_field(connection: Connection, clerk: Person) -> None:
    other = somebody(connection, "clerk-two", {"clerk"})

    with pytest.raises(InvalidAnswersError) as refused:
        sent(connection, clerk, photo(connection, other))

    assert list(refused.value.answers.problems) == ["/photos"]


def doubts(conn: Connection, case_id: UUID, by: Person) -> Doubts:
    return dossier.case(conn, case_id, by=by).doubts


@pytest.mark.parametrize("change", [{"name": "另一张.pdf"}, {"size": 1}, {"sha256": b"x"}])
def test_a_file_that_is_not_what_was_sent_is_marked(
    connection: Connection, clerk: Person, change: dict[str, Any]
) -> None:
    file, other = photo(connection, clerk), photo(connection, clerk, b"%PDF-2")
    case_id = sent(connection, clerk, file, other)
    assert not doubts(connection, case_id, clerk)

    connection.execute(sa.update(rows).where(rows.c.id == file.id).values(change))

    assert doubts(connection, case_id, clerk).altered == {file.id}


def test_a_file_that_is_gone_is_named(connection: Connection, clerk: Person) -> None:
    file = photo(connection, clerk)
    case_id = sent(connection, clerk, file)

    connection.execute(sa.delete(rows).where(rows.c.id == file.id))

    assert doubts(connection, case_id, clerk).lost == (file.name,)


def test_changed_content_is_said_at_its_end(
    connection: Connection, clerk: Person, caplog: pytest.LogCaptureFixture
) -> None:
    file = photo(connection, clerk)
    connection.execute(sa.update(blobs).values(content=b"%PDF-9.9"))
    _, chunks = attachments.open_chunks(connection, file.id, by=clerk)

    assert next(chunks) == b"%PDF-9.9"
    with pytest.raises(AttachmentChangedError):
        next(chunks)
    assert file.sha256.hex() in caplog.text


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "TY-TS-2026-00009"),
        ("customer", "别的客户"),
        ("product", "别的产品"),
        ("amount", "1.00"),
        ("zone", "elsewhere"),
        ("outcome", "errand:done"),
        ("due_at", NOW),
        ("closed_at", NOW),
        ("ended_at", NOW),
        ("opened_at", NOW - timedelta(days=1)),
        ("opened_by", None),
        ("status", "ended"),
        ("code", "C1"),
        ("procedure", "another"),
        ("clock", "errand:prepare"),
    ],
)
def test_a_fact_of_the_case_that_no_entry_says_is_named(
    connection: Connection, clerk: Person, column: str, value: object
) -> None:
    case_id = sent(connection, clerk)
    assert doubts(connection, case_id, clerk).differing == ()

    connection.execute(sa.update(cases).where(cases.c.id == case_id).values({column: value}))

    assert doubts(connection, case_id, clerk).differing == (column,)


def test_another_version_under_a_case_is_named(connection: Connection, clerk: Person) -> None:
    case_id = sent(connection, clerk)
    put_in_force(connection, errand(urging="interrupt"))
    other = in_force(connection, "errand").id

    connection.execute(sa.update(cases).where(cases.c.id == case_id).values(version_id=other))

    assert doubts(connection, case_id, clerk).differing == ("version",)


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"{"},
        {"body": b"[]"},
        {"body": b'{"flows": 5, "element": 7}'},
        {"answers": b"{"},
        {"answers": None},
        {"salt": None},
        {"at": NOW - timedelta(days=1)},
        {"hash": b""},
    ],
)
def test_the_case_page_opens_whatever_has_become_of_an_entry(
    connection: Connection, clerk: Person, change: dict[str, Any]
) -> None:
    case_id = sent(connection, clerk)
    task = waiting(connection, case_id)["prepare"]
    complete_task(connection, task, Answered({"note": "已办"}), by=clerk, now=NOW)
    second = sa.and_(entries.c.case_id == case_id, entries.c.seq == 2)

    connection.execute(sa.update(entries).where(second).values(change))
    found = dossier.case(connection, case_id, by=clerk)

    assert found.broken_at == 2
    assert len(found.timeline) == 2
    assert found.timeline[1].missing is ("answers" in change and change["answers"] is None)
    if "at" in change:
        assert found.timeline[1].at == NOW


def test_a_version_whose_files_were_changed_does_not_run(
    connection: Connection, clerk: Person
) -> None:
    assert clerk.roles == {"clerk"}
    put_in_force(connection, errand(urging="interrupt"))
    key = connection.scalar(sa.text("select max(id) from versions"))
    path = "select sha256 from version_files where version_id = :key and path like '%errand.bpmn'"
    digest = connection.scalar(sa.text(path), {"key": key})

    connection.execute(
        sa.update(files).where(files.c.sha256 == digest).values(content=b"<changed/>")
    )

    with pytest.raises(VersionChangedError) as refused:
        procedures.version(connection, key)
    assert "errand.bpmn" in refused.value.zh
    assert "not those that were published" in refused.value.en
