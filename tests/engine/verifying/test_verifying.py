from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.errors import NotFoundError
from engine.tables import blobs, cases, counters, entries, files, version_files
from engine.verifying.damages import damages
from engine.verifying.everything import Seal, check, missing_numbers
from tests.engine.astray import astray
from tests.engine.errand import asked
from tests.engine.test_evidence import photo, sent
from tests.engine.versioning.lines import put

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

SERIES = "TS-2026-#"


def sealed(conn: Connection) -> str:
    seal = Seal()
    for case in check(conn):
        seal.add(case)
    return seal.digest


def numbered(conn: Connection, by: Person, *numbers: int) -> None:
    for number in numbers:
        key = asked(conn, by).case_id
        text = f"TS-2026-{number:05}"
        conn.execute(sa.update(cases).where(cases.c.id == key).values(number=text))


def test_every_case_is_checked_and_the_broken_one_is_told(
    connection: Connection, clerk: Person
) -> None:
    keys = {asked(connection, clerk).case_id for _ in range(3)}
    assert {case.id for case in check(connection)} >= keys
    assert astray(connection) == {}

    broken = min(keys)
    gone = sa.delete(entries).where(entries.c.case_id == broken)
    connection.execute(gone)

    assert astray(connection).keys() == {broken}


def test_changed_content_of_a_file_is_told_by_name(connection: Connection, clerk: Person) -> None:
    file = photo(connection, clerk)
    case_id = sent(connection, clerk, file)
    connection.execute(sa.update(blobs).values(content=b"%PDF-9.9"))

    (case,) = [case for case in check(connection) if case.id == case_id]

    assert case.changed == (file.name,)


def test_one_case_is_found_by_code_or_number_and_none_is_refused(
    connection: Connection, clerk: Person
) -> None:
    numbered(connection, clerk, 7)
    (case,) = check(connection, "TS-2026-00007")

    assert [one.id for one in check(connection, case.code)] == [case.id]
    assert case.doubts.differing == ("number",)
    with pytest.raises(NotFoundError):
        list(check(connection, "C0"))


def test_the_seal_changes_with_any_head(connection: Connection, clerk: Person) -> None:
    case_id = asked(connection, clerk).case_id
    before = sealed(connection)
    assert sealed(connection) == before

    other = sa.update(cases).where(cases.c.id == case_id).values(head=b"x" * 32)
    connection.execute(other)

    assert sealed(connection) != before


@pytest.mark.parametrize(
    ("given", "counter", "told"),
    [
        ((1, 2, 3), 3, []),
        ((1, 4), 6, [(2, 3), (5, 6)]),
        ((3,), 3, [(1, 2)]),
        ((), 2, [(1, 2)]),
        ((1, 5), 1, [(5, 1)]),
    ],
)
def test_numbers_that_no_case_has_are_told(
    connection: Connection,
    clerk: Person,
    given: tuple[int, ...],
    counter: int,
    told: list[tuple[int, int]],
) -> None:
    numbered(connection, clerk, *given)
    connection.execute(sa.insert(counters).values(series=SERIES, value=counter))

    found = [
        (first, last) for series, first, last in missing_numbers(connection) if series == SERIES
    ]

    assert found == told


def test_a_changed_file_is_told_once_with_all_that_it_holds_up(
    connection: Connection, clerk: Person
) -> None:
    asked(connection, clerk), asked(connection, clerk)
    put(connection, 1)
    assert damages(connection) == []
    path = "bpmn/test/errand.bpmn"
    shared = sa.select(version_files.c.sha256).where(version_files.c.path == path).limit(1)
    changed = sa.update(files).where(files.c.sha256 == shared.scalar_subquery())
    connection.execute(changed.values(content=b"<changed/>"))

    (found,) = damages(connection)

    assert (found.path, len(found.versions), found.cases) == (path, 2, 2)
    assert "第 1 版、" in found.said.zh
    assert "2 个案件" in found.said.zh
    assert all(case.is_sound for case in check(connection, None, found.versions))


def test_a_version_without_one_of_its_files_is_told(connection: Connection, clerk: Person) -> None:
    asked(connection, clerk)
    form = version_files.c.path == "forms/errand/sign.json"
    connection.execute(sa.delete(version_files).where(form))
    (found,) = damages(connection)
    assert (found.path, found.cases) == (None, 1)
