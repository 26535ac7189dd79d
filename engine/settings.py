"""The company's settings: rows of JSON, with a default for each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.tables import settings

SESSION_SECRET = "session_secret"  # noqa: S105 - the name of a row, not its value


@dataclass(frozen=True, slots=True)
class Company:
    """What the product says of the company that it serves, and how it wants some things done.

    A case may be opened again for ``reopen_days`` after it is over. Interventions (``skip``,
    ``place``) that stand in ``second_person`` are done once another operator agrees.
    """

    zh: str = "示例制造有限公司"
    en: str = "Example Manufacturing Co., Ltd."
    org: str = "BJ"
    time_zone: str = "Asia/Shanghai"
    number_pattern: str = "{org}-TS-{yyyy}-{seq5}"
    reopen_days: int = 30
    second_person: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.time_zone)


def company(conn: sa.Connection) -> Company:
    """Return the company's settings, defaults where no row stands."""
    rows = conn.execute(
        sa.select(settings.c.key, settings.c.value).where(settings.c.key != SESSION_SECRET)
    )
    known = Company.__dataclass_fields__
    return Company(**{key: value for key, value in rows if key in known})


def save(conn: sa.Connection, key: str, value: object) -> None:
    """Set one setting."""
    statement = insert(settings).values(key=key, value=value)
    conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def session_secret(conn: sa.Connection) -> str:
    """Return the key that signs the session cookies; every web process reads the same row."""
    statement = insert(settings).values(key=SESSION_SECRET, value=secrets.token_urlsafe(32))
    conn.execute(statement.on_conflict_do_nothing())
    value = conn.scalar(sa.select(settings.c.value).where(settings.c.key == SESSION_SECRET))
    return str(value)
