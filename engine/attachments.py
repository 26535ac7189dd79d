"""Attachments: photos and documents, kept in PostgreSQL in chunks and given back byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.control import has_control
from engine.errors import NotFoundError, Refusal
from engine.tables import attachments, blobs
from forms import Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from engine.people import Person
    from forms import Answers, Form

CHUNK = 256 * 1024
LIMIT = 20 * 1024 * 1024

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    ".webp": ("image/webp", (b"RIFF",)),
    ".heic": ("image/heic", (b"\x00\x00\x00",)),
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", (_ZIP,)),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", (_ZIP,)),
    ".doc": ("application/msword", (_OLE,)),
    ".xls": ("application/vnd.ms-excel", (_OLE,)),
    ".txt": ("text/plain", (b"",)),
    ".csv": ("text/csv", (b"",)),
}

_TAKEN = Problem(
    "附件已随另一案件提交，请重新上传。",
    "The attachment was sent with another case; upload it again.",
)
_LOST = Problem("附件已失效，请重新上传。", "The attachment is gone; upload it again.")


class AttachmentRefusedError(Refusal):
    """The file is too large, empty, or not of a kind that is kept."""

    code = "attachment_refused"


class AttachmentTakenError(Refusal):
    """A file of this form was sent with something else meanwhile."""

    code = "attachment_taken"

    def __init__(self) -> None:
        super().__init__(_TAKEN.zh, _TAKEN.en)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One stored file; ``size`` in bytes, ``sha256`` of the original bytes."""

    id: UUID
    case_id: UUID | None
    field: str
    name: str
    type: str
    size: int
    sha256: bytes
    uploaded_by: UUID
    at: datetime

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it in a page."""
        return self.type in {"image/jpeg", "image/png", "image/gif", "image/webp"}


_COLUMNS = tuple(attachments.c[name] for name in Attachment.__dataclass_fields__)


def store(
    conn: sa.Connection,
    stream: IO[bytes],
    *,
    name: str,
    field: str,
    subject: str,
    by: Person,
    now: datetime,
) -> Attachment:
    """Keep a file that stands at ``field`` of a form not sent yet (``subject`` as for drafts).

    ``stream`` is read twice, in chunks of 256 KB. Raises AttachmentRefusedError.
    """
    name = "".join(char for char in name.replace("\\", "/") if not has_control(char))
    name = PurePosixPath(name).name[-200:] or "file"
    kind = _check_kind(stream, name)
    digest, size = _measure(stream, name)
    _store_chunks(conn, stream, digest)
    kept = Attachment(uuid4(), None, field, name, kind, size, digest, by.id, now)
    values = {key: getattr(kept, key) for key in Attachment.__dataclass_fields__}
    conn.execute(sa.insert(attachments).values(subject=subject, **values))
    return kept


def _check_kind(stream: IO[bytes], name: str) -> str:
    known = _TYPES.get(PurePosixPath(name).suffix.lower())
    start = stream.read(16)
    if known is None:
        listed = " ".join(sorted(ending[1:] for ending in _TYPES))
        raise AttachmentRefusedError(
            f"不支持“{name}”这类文件；可上传：{listed}。",
            f"Files like “{name}” are not kept; these are: {listed}.",
        )
    kind, beginnings = known
    if not start.startswith(beginnings):
        raise AttachmentRefusedError(
            f"“{name}”的内容与扩展名不符，请确认文件未损坏。",
            f"The content of “{name}” is not what its ending says; is the file damaged?",
        )
    return kind


def _measure(stream: IO[bytes], name: str) -> tuple[bytes, int]:
    stream.seek(0)
    whole, size = sha256(), 0
    while chunk := stream.read(CHUNK):
        whole.update(chunk)
        size += len(chunk)
        if size > LIMIT:
            megabytes = LIMIT // 1024 // 1024
            raise AttachmentRefusedError(
                f"“{name}”超过 {megabytes} MB；请压缩或拆分后上传。",
                f"“{name}” is over {megabytes} MB; compress or split it.",
            )
    if size == 0:
        raise AttachmentRefusedError(f"“{name}”是空文件。", f"“{name}” is empty.")
    return whole.digest(), size


def _store_chunks(conn: sa.Connection, stream: IO[bytes], digest: bytes) -> None:
    stream.seek(0)
    part = 0
    while chunk := stream.read(CHUNK):
        row = {"sha256": digest, "part": part, "content": chunk}
        conn.execute(insert(blobs).values(row).on_conflict_do_nothing())
        part += 1


def find(conn: sa.Connection, keys: Collection[UUID]) -> dict[UUID, Attachment]:
    """Return attachments by id."""
    if not keys:
        return {}
    rows = conn.execute(sa.select(*_COLUMNS).where(attachments.c.id.in_(keys)))
    return {row.id: Attachment(*row) for row in rows}


def of_case(conn: sa.Connection, case_id: UUID) -> list[Attachment]:
    """Return a case's attachments in the order in which they came."""
    ordered = sa.select(*_COLUMNS).where(attachments.c.case_id == case_id)
    rows = conn.execute(ordered.order_by(attachments.c.at, attachments.c.id))
    return [Attachment(*row) for row in rows]


def open_chunks(
    conn: sa.Connection, key: UUID, *, by: Person
) -> tuple[Attachment, Iterator[bytes]]:
    """Return an attachment and its original bytes, chunk by chunk, while ``conn`` is open.

    One that belongs to no case yet is for its uploader only. Raises NotFoundError.
    """
    kept = find(conn, [key]).get(key)
    if kept is None or (kept.case_id is None and kept.uploaded_by != by.id):
        raise NotFoundError
    return kept, _chunks(conn, kept.sha256)


def _chunks(conn: sa.Connection, digest: bytes) -> Iterator[bytes]:
    """Read on as the chunks are asked for; nothing is read before the first."""
    parts = sa.select(blobs.c.content).where(blobs.c.sha256 == digest).order_by(blobs.c.part)
    few = {"stream_results": True, "max_row_buffer": 2}
    with conn.execute(parts, execution_options=few) as result:
        yield from result.scalars()


def _ids(form: Form, values: Mapping[str, Any]) -> dict[str, list[str]]:
    fields = (field.name for field in form.fields if field.kind is Kind.ATTACHMENTS)
    return {name: keys for name in fields if (keys := values.get(name))}


def check(
    conn: sa.Connection, form: Form, answers: Answers, *, subject: str, by: Person
) -> Answers:
    """Return the answers with a problem at each attachment that is not free to be sent with them.

    Free is what this person stored for this form and what belongs to no case yet.
    """
    refused = {pointer.split("/")[1] for pointer in answers.problems if "/" in pointer}
    named = {name: ks for name, ks in _ids(form, answers.values).items() if name not in refused}
    if not named:
        return answers
    keys = {UUID(key) for keys in named.values() for key in keys}
    mine = sa.select(attachments.c.id, attachments.c.case_id).where(_mine(keys, subject, by))
    stored = {row.id: row.case_id for row in conn.execute(mine)}
    problems = {}
    for name, listed in named.items():
        if {UUID(key) for key in listed} - set(stored):
            problems[f"/{name}"] = _LOST
        elif any(stored[UUID(key)] is not None for key in listed):
            problems[f"/{name}"] = _TAKEN
    return replace(answers, problems={**answers.problems, **problems}) if problems else answers


def _mine(keys: Collection[UUID], subject: str, by: Person) -> sa.ColumnElement[bool]:
    own = sa.and_(attachments.c.subject == subject, attachments.c.uploaded_by == by.id)
    return sa.and_(attachments.c.id.in_(keys), own)


def attach(
    conn: sa.Connection,
    form: Form,
    values: Mapping[str, Any],
    *,
    case_id: UUID,
    subject: str,
    by: Person,
) -> list[list[object]]:
    """Bind the files of a sent form to its case.

    Returns for the entry what was sent: of each file id, name, size in bytes and SHA-256 in hex,
    as the form lists them. Raises AttachmentTakenError when one went elsewhere since the check.
    """
    keys = [UUID(key) for keys in _ids(form, values).values() for key in keys]
    if not keys:
        return []
    free = sa.and_(_mine(keys, subject, by), attachments.c.case_id.is_(None))
    bound = sa.update(attachments).where(free).values(case_id=case_id).returning(*_COLUMNS)
    kept = {row.id: row for row in conn.execute(bound)}
    if set(keys) - set(kept):
        raise AttachmentTakenError
    return [said(kept[key]) for key in dict.fromkeys(keys)]


def said(kept: Attachment | sa.Row[Any]) -> list[object]:
    """Return what an entry says of a file: id, name, size in bytes, SHA-256 in hex."""
    return [kept.id.hex, kept.name, kept.size, kept.sha256.hex()]
