"""The demo company: one fictitious person for each role, so that a case can be taken through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import people, settings
from engine.people import Person, add_person

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

PASSWORD = "banjie-demo"  # noqa: S105 - printed at every start of `banjie demo`
_PEOPLE = (
    ("wangfang", "王芳", ("sales",)),
    ("liqiang", "李强", ("sales-supervisor",)),
    ("zhaomin", "赵敏", ("sales-manager",)),
    ("chenjie", "陈洁", ("gm-office",)),
    ("liuyang", "刘洋", ("qc",)),
    ("sunwei", "孙伟", ("production",)),
    ("zhouping", "周平", ("deputy-gm",)),
    ("wujun", "吴军", ("gm",)),
    ("zhenglan", "郑岚", ("finance",)),
    ("linna", "林娜", ("process-owner",)),
    ("heqing", "何清", ("operator",)),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A demo person and how to sign in as them."""

    person: Person
    password: str


def load(conn: sa.Connection, *, now: datetime) -> list[DemoPerson]:
    """Make the demo people that are not there yet, and return them all."""
    settings.save(conn, "zh", "天山泵业（演示）有限公司")
    settings.save(conn, "en", "Tianshan Pumps (Demo) Co., Ltd.")
    known = {person.login: person for person in people.all_people(conn)}
    loaded = []
    for login, name, held in _PEOPLE:
        person = known.get(login) or add_person(
            conn, login, name, password=PASSWORD, held=held, now=now
        )
        loaded.append(DemoPerson(person, PASSWORD))
    return loaded
