"""Drafts: what a person has typed and not sent yet, kept on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.direct import Direct
from engine.errors import Refusal
from engine.tables import attachments, drafts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person

LIMIT = 512 * 1024
OF_PAGE = "page"
"""The subject of what a person typed last into a page that could not take it."""
_BESIDE = "/"


class DraftTooLargeError(Refusal):
    """More was typed than a draft may hold."""

    code = "draft_too_large"

    def __init__(self) -> None:
        super().__init__(
            f"内容超过 {LIMIT // 1024} KB，草稿未保存；请将长文作为附件上传。",
            f"Over {LIMIT // 1024} KB typed; the draft was not saved. Attach long texts as files.",
        )


class Kept:
    """What was posted once, readable as if it were posted again."""

    def __init__(self, typed: Mapping[str, Sequence[str]]) -> None:
        self._typed = typed

    def keys(self) -> Iterable[str]:
        """Return the posted names."""
        return self._typed.keys()

    def getlist(self, key: str, /) -> list[str]:
        """Return everything posted under a name."""
        return list(self._typed.get(key, ()))


_TIMES = Direct(
    sa.select(drafts.c.subject, drafts.c.at).where(
        drafts.c.person_id == sa.bindparam("person"),
        drafts.c.subject == sa.any_(sa.bindparam("subjects", type_=sa.ARRAY(sa.Text))),
    )
)
_MINE = Direct(
    sa.select(drafts.c.typed).where(
        drafts.c.person_id == sa.bindparam("person"), drafts.c.subject == sa.bindparam("subject")
    )
)


def of_task(task_id: UUID) -> str:
    """Return the subject under which the draft of a task is kept."""
    return f"task:{task_id}"


def of_start(procedure: str) -> str:
    """Return the subject under which the draft of a start form is kept."""
    return f"start:{procedure}"


def save(
    conn: sa.Connection,
    subject: str,
    typed: Mapping[str, Sequence[str]],
    *,
    by: Person,
    now: datetime,
) -> None:
    """Keep what was typed, by posted name, instead of what was kept before."""
    content = orjson.dumps({key: list(values) for key, values in typed.items()})
    if len(content) > LIMIT:
        raise DraftTooLargeError
    statement = insert(drafts).values(person_id=by.id, subject=subject, typed=content, at=now)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "subject"], set_={"typed": content, "at": now}
        )
    )


def load(conn: sa.Connection, subject: str, *, by: Person) -> dict[str, list[str]] | None:
    """Return what this person had typed for the subject, or None."""
    row = _MINE.row(conn, {"person": by.id, "subject": subject})
    return None if row is None else orjson.loads(row[0])


def times(conn: sa.Connection, subjects: Collection[str], *, by: Person) -> dict[str, datetime]:
    """Return when (UTC) this person's drafts of these subjects were kept; those without are out."""
    if not subjects:
        return {}
    return dict(_TIMES.rows(conn, {"person": by.id, "subjects": list(subjects)}))


def pass_on(conn: sa.Connection, subject: str, *, giver: UUID, taker: UUID) -> bool:
    """Make what one person has typed for a subject another's, its files too; whether it was there.

    It stands in the place of what the other had typed, which is `replaced` and stays theirs.
    """
    if giver == taker or _MINE.row(conn, {"person": giver, "subject": subject}) is None:
        return False
    of = {key: drafts.c.person_id == key for key in (giver, taker)}
    beside = sa.func.concat(subject, _BESIDE, sa.func.gen_random_uuid())
    theirs = sa.update(drafts).where(of[taker], drafts.c.subject == subject)
    conn.execute(theirs.values(subject=beside))
    given = sa.update(drafts).where(of[giver], drafts.c.subject == subject)
    conn.execute(given.values(person_id=taker))
    files = sa.update(attachments).where(
        attachments.c.subject == subject,
        attachments.c.uploaded_by == giver,
        attachments.c.case_id.is_(None),
    )
    conn.execute(files.values(uploaded_by=taker))
    return True


def replaced(conn: sa.Connection, subject: str, *, by: Person) -> list[dict[str, list[str]]]:
    """Return what a person had typed before another's typing took its place, oldest first."""
    mine = (drafts.c.person_id == by.id, drafts.c.subject.startswith(subject + _BESIDE))
    found = conn.scalars(sa.select(drafts.c.typed).where(*mine).order_by(drafts.c.at))
    return [orjson.loads(typed) for typed in found]


def move(conn: sa.Connection, subject: str, to: str, *, whose: UUID) -> None:
    """Keep what somebody has typed for a subject, their files too, for another one."""
    mine = sa.update(drafts).where(drafts.c.subject == subject, drafts.c.person_id == whose)
    conn.execute(mine.values(subject=to))
    files = sa.update(attachments).where(
        attachments.c.subject == subject,
        attachments.c.uploaded_by == whose,
        attachments.c.case_id.is_(None),
    )
    conn.execute(files.values(subject=to))


def drop_mine(conn: sa.Connection, subject: str, *, by: Person) -> None:
    """Forget a person's draft of a subject."""
    mine = sa.and_(drafts.c.person_id == by.id, drafts.c.subject == subject)
    conn.execute(sa.delete(drafts).where(mine))
