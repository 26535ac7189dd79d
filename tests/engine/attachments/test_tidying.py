"""What is forgotten after a month, and what never is."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.attachments import CHUNK, store
from engine.attachments.tidying import BATCH, tidy
from engine.tables import attachments, blobs
from engine.tables import drafts as draft_rows
from engine.tasks import drafts
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from engine.attachments import Attachment
    from engine.people import Person

LATER = NOW + timedelta(days=30, seconds=1)
SHORT, LONG = b"%PDF-short", b"%PDF-" + bytes(2 * CHUNK)


def upload(
    conn: Connection, by: Person, content: bytes, *, subject: str = "start:x", at: datetime = NOW
) -> Attachment:
    stream = BytesIO(content)
    return store(conn, stream, name="a.pdf", field="files", subject=subject, by=by, now=at)


def left(conn: Connection) -> tuple[list[str], set[object], set[bytes]]:
    """Give the subjects of drafts, the ids of files, and the digests of contents."""
    return (
        sorted(conn.scalars(sa.select(draft_rows.c.subject))),
        set(conn.scalars(sa.select(attachments.c.id))),
        set(conn.scalars(sa.select(blobs.c.sha256))),
    )


def test_drafts_and_files_go_after_a_month_and_not_before(
    connection: Connection, anna: Person
) -> None:
    drafts.save(connection, "start:x", {"a": ["old"]}, by=anna, now=NOW)
    drafts.save(connection, "start:y", {"a": ["new"]}, by=anna, now=LATER)
    old, new = upload(connection, anna, LONG), upload(connection, anna, SHORT, at=LATER)

    assert tidy(connection, now=NOW + timedelta(days=30)) == 0
    assert left(connection)[1] == {old.id, new.id}
    assert tidy(connection, now=LATER) == 2 + 3
    assert left(connection) == (["start:y"], {new.id}, {new.sha256})
    assert tidy(connection, now=LATER) == 0


def test_a_file_of_a_case_or_of_a_younger_draft_stays(connection: Connection, anna: Person) -> None:
    put_in_force(connection, errand())
    case_id = asked(connection, somebody(connection, "clara", {"clerk"})).case_id
    sent, drafted = (
        upload(connection, anna, SHORT),
        upload(connection, anna, LONG, subject="start:y"),
    )
    same = upload(connection, anna, SHORT)
    bound = sa.update(attachments).where(attachments.c.id == sent.id).values(case_id=case_id)
    connection.execute(bound)
    drafts.save(connection, "start:y", {"files": [str(drafted.id)]}, by=anna, now=LATER)

    assert tidy(connection, now=LATER) == 1
    _, files, contents = left(connection)
    assert files == {sent.id, drafted.id}
    assert same.id not in files
    assert contents == {sent.sha256, drafted.sha256}


@pytest.mark.parametrize("unwanted", [(), ("hashjoin", "mergejoin", "hashagg", "sort", "material")])
def test_much_goes_in_small_batches_by_any_plan(
    connection: Connection, anna: Person, unwanted: tuple[str, ...]
) -> None:
    for way in unwanted:
        connection.execute(sa.text(f"set local enable_{way} = off"))
    for number in range(BATCH + 1):
        drafts.save(connection, f"start:{number}", {}, by=anna, now=NOW)

    assert [tidy(connection, now=LATER) for _ in range(3)] == [BATCH, 1, 0]


def test_a_content_that_somebody_stores_again_meanwhile_stays(database: Engine) -> None:
    with database.begin() as conn:
        anna = somebody(conn, "anna", {"qc"})
        upload(conn, anna, SHORT)
    with database.begin() as storing:
        again = upload(storing, anna, SHORT, at=LATER)
        with database.begin() as conn:
            assert tidy(conn, now=LATER) == 1
    with database.begin() as conn:
        assert tidy(conn, now=LATER) == 0
        assert left(conn)[1:] == ({again.id}, {again.sha256})
