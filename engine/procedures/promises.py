"""What a new version no longer promises, which nobody may drop without naming it and saying why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.procedures import VersionChangedError, files_of
from engine.spiff import Names, Problem, promises

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from engine.procedures.bundles import Bundle
    from engine.versioning.line import Place

GONE: Final = "guarantee_dropped"
ALTERED: Final = "guarantee_altered"
CLAUSE: Final = "clause_dropped"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A guarantee that is gone or says something else, or a clause that nothing fulfils any more.

    ``id`` is what it is dropped by, ``names`` what a guarantee says in both languages.
    """

    kind: str
    id: str
    names: Names

    @property
    def said(self) -> Names:
        """What the version that drops it says of it."""
        return {
            GONE: Names(f"取消保证“{self.names.zh}”", f"Guarantee dropped: {self.names.en}"),
            ALTERED: Names(f"保证“{self.names.zh}”换了内容", f"Guarantee altered: {self.names.en}"),
            CLAUSE: Names(f"不再落实条款 {self.id}", f"Clause fulfilled no more: {self.id}"),
        }[self.kind]


def dropped(
    old: Mapping[str, bytes], new: Mapping[str, bytes], procedure: str
) -> Iterator[Dropped]:
    """Give what the old files of a procedure promise and the new do not keep as it was."""
    before, after = promises(old, procedure), promises(new, procedure)
    for id_, kept in before.guarantees.items():
        now = after.guarantees.get(id_)
        if now is None:
            yield Dropped(GONE, id_, kept.names)
        elif replace(now, names=kept.names) != kept:
            yield Dropped(ALTERED, id_, kept.names)
    for clause in sorted(before.clauses - after.clauses):
        yield Dropped(CLAUSE, clause, Names(clause, clause))


def dropped_by(conn: Connection, new: Bundle, at: Place) -> list[Dropped]:
    """Give what a version drops of the one that it follows, if that can still be known."""
    if at.before is None or at.has(new.digest):
        return []
    try:
        return list(dropped(files_of(conn, at.before), new.files, new.compiled.id))
    except VersionChangedError:
        return []  # what was promised cannot be known, and publishing again is the cure


def unsaid(
    found: Sequence[Dropped], drops: Collection[str], note: str, procedure: str
) -> Iterator[Problem]:
    """Name what a version of a procedure drops that nobody has said to drop, and why."""
    for one in found:
        if one.id not in drops or not note.strip():
            yield _problem(one, f"{procedure}.bpmn")


def _problem(one: Dropped, file: str) -> Problem:
    option = f"--drops {one.id}"
    zh = f"；确要如此，请写明 {option}（在页面上勾选），并写明理由（--note）。"
    en = f"; if it must be so, say {option} (on the page: tick it), with the reason (--note)."
    told = {
        GONE: Names(
            f"现行版本的保证“{one.names.zh}”（{one.id}）在新版本中没有了{zh}",
            f'The new version drops the guarantee "{one.names.en}" ({one.id}) of the version '
            f"in force{en}",
        ),
        ALTERED: Names(
            f"现行版本的保证“{one.names.zh}”（{one.id}）在新版本中换了内容{zh}",
            f'The new version guarantees something else by "{one.names.en}" ({one.id}) than '
            f"the version in force{en}",
        ),
        CLAUSE: Names(
            f"现行版本所落实的条款 {one.id} 在新版本中没有元素落实{zh}",
            f"No element of the new version fulfils {one.id}, which the version in force does{en}",
        ),
    }[one.kind]
    return Problem(file, one.id, one.kind, told.zh, told.en)
