"""A database without this release's schema is refused in words, by every command alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.schema import OtherSchemaError, check_schema

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed

COMMANDS = (
    *(("publish",), ("verify",), ("versions",), ("duties",), ("incidents",), ("messages",)),
    *(("person", "list"), ("calendar", "show", "2026"), ("worker",), ("web",)),
    *(("move", "errand", "--to", "2"), ("replay", "errand", "--to", "2")),
)


def emptied(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(text("drop schema public cascade"))
        conn.execute(text("create schema public"))


def marked(engine: Engine, revision: str) -> None:
    with engine.begin() as conn:
        conn.execute(text("update alembic_version set version_num = :to"), {"to": revision})


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_empty_database_is_refused_in_words(
    type_in: Typed, url: str, database: Engine, words: tuple[str, ...]
) -> None:
    emptied(database)
    code, said, complained = type_in(*words, DATABASE_URL=url)
    assert (code, said) == (1, "")
    assert "此数据库尚无数据" in complained
    assert "banjie migrate" in complained
    assert str(database.url.database) in complained
    assert "select" not in complained.lower()


def test_an_embedded_one_is_named_by_its_folder(database: Engine) -> None:
    emptied(database)
    with pytest.raises(OtherSchemaError, match=r"此数据库尚无数据：/srv/banjie/postgresql。"):
        check_schema(database, "/srv/banjie/postgresql")


def test_a_password_is_not_told(type_in: Typed, url: str, database: Engine) -> None:
    emptied(database)
    secret = database.url.set(password="not-to-be-told")
    given = secret.render_as_string(hide_password=False)
    _, _, complained = type_in("verify", DATABASE_URL=given)
    assert "此数据库尚无数据" in complained
    assert "not-to-be-told" not in complained
    assert url not in given


def test_an_older_schema_is_refused_and_a_newer_one_by_migrating_too(
    type_in: Typed, url: str, database: Engine
) -> None:
    marked(database, "0001")
    code, _, complained = type_in("verify", DATABASE_URL=url)
    assert (code, "数据库结构还是旧的（0001" in complained) == (1, True)
    marked(database, "9999")
    for command in ("verify", "migrate"):
        code, _, complained = type_in(command, DATABASE_URL=url)
        assert code == 1
        assert "A newer Banjie has used this database (schema 9999)" in complained
