"""Files that came with a form: stored at once, so that a refused form still has them."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from engine import attachments
from engine.attachments import LIMIT, TYPES, AttachmentRefusedError
from engine.attachments.enclosing import keys_in
from forms import AttachedFile, Kind, Problem
from web.clock import now
from web.database import connection, transaction
from web.language import size, t
from web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from werkzeug.datastructures import FileStorage

    from forms import Form


def posted_with_files(
    given: MultiDict[str, str], subject: str, form_of: Callable[[], Form]
) -> tuple[MultiDict[str, str], dict[str, Problem]]:
    """Return what was posted, new files as ids of attachments, and the refused files' problems.

    ``given`` was posted beside the request's files; ``subject`` says which form they belong to, as
    for drafts. ``form_of`` gives that form, or refuses; it is asked only when there are files.
    Problems are keyed by pointer and name every file that was refused there.
    """
    chosen = _chosen(form_of)
    refused: dict[str, list[AttachmentRefusedError]] = {}
    if not chosen:
        return given, {}
    posted: MultiDict[str, str] = MultiDict(given)
    for field, file in chosen:
        try:
            posted.add(field, _stored(file, field, subject))
        except AttachmentRefusedError as refusal:
            refused.setdefault(f"/{field}", []).append(refusal)
    return posted, {
        pointer: Problem("".join(one.zh for one in told), " ".join(one.en for one in told))
        for pointer, told in refused.items()
    }


@dataclass(frozen=True, slots=True)
class FileTerms:
    """What may be uploaded: ``limit`` in bytes, ``said`` and ``refused`` for the page to print."""

    limit: int
    accept: str
    said: str
    refused: str


def file_terms(accept: str) -> FileTerms:
    """Return the terms of a field of files; ``accept`` are the types it asks for, "" being all."""
    megabytes = LIMIT // 1024 // 1024
    asked = [one.strip() for one in accept.split(",") if one.strip()] or ["*"]
    endings = [
        ending
        for ending, kind in TYPES.items()
        if any(fnmatch(kind, one) or ending == one for one in asked)
    ]
    named = " ".join(ending.removeprefix(".") for ending in endings)
    return FileTerms(
        LIMIT,
        accept or ",".join(endings),
        t(f"每个文件不超过 {megabytes} MB；{named}", f"Up to {megabytes} MB each; {named}"),
        t(f"超过 {megabytes} MB，没有选入", f"over {megabytes} MB, left out"),
    )


def _chosen(form_of: Callable[[], Form]) -> list[tuple[str, FileStorage]]:
    chosen = [(field, file) for field, file in request.files.items(multi=True) if file.filename]
    if not chosen:
        return []
    taken = {field.name for field in form_of().fields if field.kind is Kind.ATTACHMENTS}
    return [(field, file) for field, file in chosen if field in taken]


def _stored(file: FileStorage, field: str, subject: str) -> str:
    with transaction() as conn:
        kept = attachments.store(
            conn,
            file.stream,
            name=file.filename or "",
            field=field,
            subject=subject,
            by=current_person(),
            now=now(),
        )
    return str(kept.id)


def files_of(filled: Iterable[tuple[Form, Mapping[str, object]]]) -> dict[str, AttachedFile]:
    """Return the attachments that typed or kept answers name, by id, as a page shows them."""
    keys = {key for form, answers in filled for key in keys_in(form, answers)}
    return {
        str(key): AttachedFile(kept.name, url_for("attachments.show", key=key), size(kept.size))
        for key, kept in attachments.find(connection(), keys).items()
    }
