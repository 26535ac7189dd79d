"""Attachments: photos and documents, kept in PostgreSQL in chunks and given back byte for byte."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.control import has_control
from engine.errors import NotFoundError, Refusal
from engine.notices import was_told
from engine.tables import attachments, blobs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from engine.people import Person

_log = logging.getLogger("banjie.attachments")

_CONTENTS = 0x42_6C_6F_62
STORING = sa.select(sa.func.pg_advisory_xact_lock_shared(_CONTENTS))
"""Held by whoever stores a file until it is committed: its content may be an older file's too."""
SWEEPING = sa.select(sa.func.pg_try_advisory_xact_lock(_CONTENTS))
"""Held by whoever deletes contents that no file refers to; false while somebody stores one."""

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


TYPES = {ending: kind for ending, (kind, _) in _TYPES.items()}
"""The media types of the files that are kept, by ending with its point."""


class AttachmentRefusedError(Refusal):
    """The file is too large, empty, or not of a kind that is kept."""

    code = "attachment_refused"


class AttachmentChangedError(Refusal):
    """The stored bytes are not those that were uploaded."""

    code = "attachment_changed"

    def __init__(self) -> None:
        super().__init__(
            "附件内容与上传时不符，请从备份恢复。",
            "The attachment is not what was uploaded; restore it from a backup.",
        )


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


COLUMNS = tuple(attachments.c[name] for name in Attachment.__dataclass_fields__)


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
    conn.execute(STORING)
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
    rows = conn.execute(sa.select(*COLUMNS).where(attachments.c.id.in_(keys)))
    return {row.id: Attachment(*row) for row in rows}


def of_case(conn: sa.Connection, case_id: UUID) -> list[Attachment]:
    """Return a case's attachments in the order in which they came."""
    ordered = sa.select(*COLUMNS).where(attachments.c.case_id == case_id)
    rows = conn.execute(ordered.order_by(attachments.c.at, attachments.c.id))
    return [Attachment(*row) for row in rows]


def open_chunks(
    conn: sa.Connection, key: UUID, *, by: Person
) -> tuple[Attachment, Iterator[bytes]]:
    """Return an attachment and its original bytes, chunk by chunk, while ``conn`` is open.

    Whoever may read the case may read its files; one that belongs to no case yet is for its
    uploader only. Raises NotFoundError; reading to the
    end raises AttachmentChangedError when the bytes are not those that were stored.
    """
    kept = find(conn, [key]).get(key)
    if kept is None or not _may_read(conn, kept, by):
        raise NotFoundError
    return kept, chunks(conn, kept.sha256)


def _may_read(conn: sa.Connection, kept: Attachment, by: Person) -> bool:
    """Whether a file is open to a person: of a case to staff, and to who was told of it."""
    if kept.case_id is None:
        return by.is_staff and kept.uploaded_by == by.id
    return by.is_staff or was_told(conn, kept.case_id, by=by)


def chunks(conn: sa.Connection, digest: bytes) -> Iterator[bytes]:
    """Read on as the chunks are asked for; nothing is read before the first.

    Raises AttachmentChangedError at the end when they are not what the digest was made of.
    """
    parts = sa.select(blobs.c.content).where(blobs.c.sha256 == digest).order_by(blobs.c.part)
    few = {"stream_results": True, "max_row_buffer": 2}
    whole = sha256()
    with conn.execute(parts, execution_options=few) as result:
        for chunk in result.scalars():
            whole.update(chunk)
            yield chunk
    if whole.digest() != digest:
        _log.error("The content of attachment %s has been changed", digest.hex())
        raise AttachmentChangedError
