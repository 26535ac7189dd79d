from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import notices
from engine.attachments import CHUNK, LIMIT, AttachmentRefusedError, open_chunks, store
from engine.errors import NotFoundError
from engine.spiff import Names
from engine.tables import attachments, blobs
from tests.engine.errand import asked, errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.attachments import Attachment
    from engine.people import Person

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n"


def keep(conn: Connection, by: Person, content: bytes, name: str = "报告.pdf") -> Attachment:
    stream = BytesIO(content)
    return store(conn, stream, name=name, field="files", subject="start:x", by=by, now=NOW)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.sampled_from([1, CHUNK - 9, CHUNK, CHUNK + 1, 3 * CHUNK + 7]),
    seed=st.binary(max_size=8),
)
def test_the_original_bytes_come_back(
    connection: Connection, anna: Person, size: int, seed: bytes
) -> None:
    content = PDF + (seed + b"x") * size
    kept = keep(connection, anna, content)
    found, chunks = open_chunks(connection, kept.id, by=anna)

    assert b"".join(chunks) == content
    assert (found.size, found.sha256, found.type) == (
        len(content),
        sha256(content).digest(),
        "application/pdf",
    )


def test_the_same_content_is_stored_once(connection: Connection, anna: Person) -> None:
    keep(connection, anna, PDF + b"same", "a.pdf")
    keep(connection, anna, PDF + b"same", "b.pdf")

    assert connection.scalar(sa.select(sa.func.count()).select_from(blobs)) == 1


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("run.exe", b"MZ", "不支持"),
        ("page.html", b"<script>", "不支持"),
        ("photo.png", b"<svg onload=x>", "不符"),
        ("empty.txt", b"", "空文件"),
        ("large.txt", b"x" * (LIMIT + 1), "超过 20 MB"),
        ("noending", b"x", "不支持"),
    ],
)
def test_what_is_not_kept_is_refused_by_name(
    connection: Connection, anna: Person, name: str, content: bytes, word: str
) -> None:
    with pytest.raises(AttachmentRefusedError) as refused:
        keep(connection, anna, content, name)

    assert word in refused.value.zh
    assert name in refused.value.zh
    assert name in refused.value.en


def test_a_path_in_the_name_is_dropped(connection: Connection, anna: Person) -> None:
    assert keep(connection, anna, PDF, "C:\\Users\\x\\../合同.pdf").name == "合同.pdf"


def test_a_file_of_no_case_is_for_its_uploader_only(
    connection: Connection, anna: Person, bert: Person
) -> None:
    kept = keep(connection, anna, PDF)

    with pytest.raises(NotFoundError):
        open_chunks(connection, kept.id, by=bert)


def test_who_was_told_of_a_case_reads_its_files_and_nobody_else_without_a_role(
    connection: Connection, anna: Person
) -> None:
    put_in_force(connection, errand())
    case_id = asked(connection, somebody(connection, "clerk-one", {"clerk"})).case_id
    kept = keep(connection, anna, PDF)
    connection.execute(sa.update(attachments).values(case_id=case_id))
    reader, stranger = (somebody(connection, login, frozenset()) for login in ("one", "two"))
    copied = Names("抄送", "copied")
    notices.tell_one(connection, reader.id, copied, case_id=case_id, now=NOW)
    found, chunks = open_chunks(connection, kept.id, by=reader)
    assert (found.case_id, b"".join(chunks)) == (case_id, PDF)
    with pytest.raises(NotFoundError):
        open_chunks(connection, kept.id, by=stranger)
