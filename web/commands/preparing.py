"""What has to be in the database before web and worker start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

from engine import demo, settings
from engine.calendars.seeds import seed
from engine.errors import Refusal
from engine.people import all_people
from engine.procedures.bundles import SHIPPED_NOTE, read_folder
from engine.procedures.publishing import publish
from engine.schema import upgrade
from engine.tables import roles, versions
from engine.tables import settings as setting_rows
from engine.versioning.line import OverwritingError, PlannedAfterError
from web.commands.say import complain, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from engine.demo import DemoPerson

_MARK = "demo"


class WrongCompanyError(Refusal):
    """Demo people and real people must never share a database."""

    code = "wrong_company"


def prepare_demo(engine: Engine, *, now: datetime) -> None:
    """Migrate, publish the shipped procedures, make the demo people and print them."""
    upgrade(engine)
    with engine.begin() as connection:
        if not _is_demo(connection) and all_people(connection):
            raise WrongCompanyError(
                "该数据库属于正式公司，不能装入演示人员；请换 DATABASE_URL 或 BANJIE_DATA。",
                "This database is a real company's, where demo people must not be:"
                " choose another DATABASE_URL or BANJIE_DATA.",
            )
        settings.save(connection, _MARK, value=True)
        _publish_shipped(connection, now=now)
        _print(connection, demo.load(connection, now=now))


def prepare_own(engine: Engine, *, now: datetime) -> None:
    """Migrate; publish the shipped procedures if nothing was ever published. Makes no people.

    The public holidays that a new release knows are added.
    """
    upgrade(engine)
    with engine.begin() as connection:
        if _is_demo(connection):
            raise WrongCompanyError(
                "该数据库有演示人员（密码公开），不能正式运行；请换 DATABASE_URL 或 BANJIE_DATA。",
                "This database has the demo people, whose passwords are public:"
                " choose another DATABASE_URL or BANJIE_DATA.",
            )
        if connection.scalar(sa.select(versions.c.id).limit(1)) is None:
            publish(connection, read_folder(), by=None, now=now, note=SHIPPED_NOTE)
        seed(connection, now=now)
        if not all_people(connection):
            say("尚无人员：banjie person add", "There is nobody yet: banjie person add")


def _publish_shipped(connection: Connection, *, now: datetime) -> None:
    """Publish what is shipped, unless that would undo what was published in the product."""
    try:
        with connection.begin_nested():
            publish(connection, read_folder(), by=None, now=now, note=SHIPPED_NOTE)
    except (OverwritingError, PlannedAfterError) as refusal:
        complain(refusal.zh, refusal.en)


def _is_demo(connection: Connection) -> bool:
    marked = sa.select(setting_rows.c.value).where(setting_rows.c.key == _MARK)
    return connection.scalar(marked) is True


def _print(connection: Connection, people: Sequence[DemoPerson]) -> None:
    named = {row.code: f"{row.zh} {row.en}" for row in connection.execute(sa.select(roles))}
    say("演示人员（登录名 密码 姓名 角色）：", "Demo people (login, password, name, role):")
    for one in people:
        held = ", ".join(named.get(code, code) for code in sorted(one.person.roles))
        click.echo(f"  {one.person.login:<10} {one.password}  {one.person.name}  {held}")
