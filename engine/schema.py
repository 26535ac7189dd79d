"""The revision of a database's schema: brought up to date, or compared with this release's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.database import UnsuitableDatabaseError, is_away

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS: Final = Path(__file__).parent / "migrations"
OLDEST: Final = 15
"""The oldest major version of PostgreSQL whose SQL we use."""

MIGRATING: Final = 0x42414E4A4945
"""The advisory lock (the letters BANJIE) that lets one process at a time migrate."""


class OtherSchemaError(UnsuitableDatabaseError):
    """A database has no schema yet, or not the one of this release; zh and en say what to do."""


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision, in one transaction; a second caller waits.

    Raises OtherSchemaError for one of a newer release.
    """
    config = _config()
    with engine.begin() as connection:
        _check_suitable(connection.dialect.server_version_info or (0,))
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        _check_known(_revision(connection), config, _place(engine))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_schema(engine: Engine, place: str | None = None) -> None:
    """Raise OtherSchemaError unless a database has the schema of this release.

    ``place`` is how it is called. One that is away is left to whoever asks it next.
    """
    config, where = _config(), place or _place(engine)
    try:
        with engine.connect() as connection:
            found = _revision(connection)
    except DBAPIError as error:
        if is_away(error):
            return
        raise
    newest = ScriptDirectory.from_config(config).get_current_head()
    if found == newest:
        return
    _check_known(found, config, where)
    if found is None:
        raise OtherSchemaError(
            f"此数据库尚无数据：{where}。请先 banjie migrate，或检查 BANJIE_DATA、DATABASE_URL。",
            f"This database is empty yet: {where}. Run banjie migrate first, or check BANJIE_DATA "
            "and DATABASE_URL.",
        )
    raise OtherSchemaError(
        f"数据库结构还是旧的（{found}，本程序为 {newest}）：{where}。请先 banjie migrate。",
        f"The database has an older schema ({found}; this release has {newest}): {where}. Run "
        "banjie migrate first.",
    )


def _check_known(found: str | None, config: Config, where: str) -> None:
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise OtherSchemaError(
            f"数据库由更新的办结使用过（结构 {found}）：{where}。请改用那一版或更新的办结。",
            f"A newer Banjie has used this database (schema {found}): {where}. Run that release "
            "or a newer one.",
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _check_suitable(version: tuple[Any, ...]) -> None:
    if version[0] < OLDEST:
        raise UnsuitableDatabaseError(
            f"需要 PostgreSQL {OLDEST} 或更新版本，现为 {version[0]}。",
            f"PostgreSQL {OLDEST} or newer is needed; this one is {version[0]}.",
        )
