"""People: who they are and which roles they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import argon2
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from engine.control import has_control
from engine.errors import Refusal
from engine.tables import people, roles

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from engine.signature import Retried
    from engine.spiff import Names

LONGEST_LOGIN = 100
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

HASHER = argon2.PasswordHasher()


@dataclass(frozen=True, slots=True)
class Person:
    """One member of staff; ``roles`` are codes of ``bpmn/roles.yaml``."""

    id: UUID
    login: str
    name: str
    roles: frozenset[str]
    lang: str
    generation: int = 0
    """Counts what has ended the person's sessions; a cookie of an earlier one is dead."""
    represents: tuple[Represented, ...] = ()
    """For whom they stand in now, as ``standing_in`` or ``of_session`` has found it."""
    acts_for: Person | None = None
    """For whom they do what they are doing, None for themselves."""
    retried: Retried | None = None
    """How what they do came to be done later than they sent it, if it did."""

    @property
    def principal(self) -> Person:
        """Whose right it is that they use: of the person for whom they act, or their own."""
        return self.acts_for or self

    @property
    def both(self) -> tuple[Person, ...]:
        """Who acts and, if there is one, for whom."""
        return (self,) if self.acts_for is None else (self, self.acts_for)

    @property
    def desks(self) -> frozenset[UUID]:
        """Themselves and those for whom they stand in."""
        return frozenset({self.id, *(each.person.id for each in self.represents)})

    @property
    def is_staff(self) -> bool:
        """Whether they have anything to do with cases, for themselves or for somebody."""
        return bool(self.roles or self.represents)


@dataclass(frozen=True, slots=True)
class Represented:
    """Somebody for whom one stands in: in all procedures, in one, or in some of its steps."""

    person: Person
    procedure: str | None
    steps: frozenset[str]

    def covers(self, procedure: str, place: str) -> bool:
        """Whether a step ("process:element") of a procedure's case is among them."""
        return self.procedure in (None, procedure) and (not self.steps or place in self.steps)


class LoginTakenError(Refusal):
    """Somebody has this login already."""

    code = "login_taken"

    def __init__(self, login: str) -> None:
        super().__init__(f"登录名“{login}”已存在。", f"The login “{login}” is taken.")


class BadLoginError(Refusal):
    """A login is too long, empty, or has characters that nobody can type."""

    code = "bad_login"

    def __init__(self) -> None:
        super().__init__(
            f"登录名应为 1 至 {LONGEST_LOGIN} 个可见字符。",
            f"A login has 1 to {LONGEST_LOGIN} visible characters.",
        )


class BadPasswordError(Refusal):
    """A new password is too short, too long, or has characters that nobody can type."""

    code = "bad_password"

    def __init__(self) -> None:
        super().__init__(
            f"密码应为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个可见字符。",
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} visible characters.",
        )


class UnknownRoleError(Refusal):
    """No such role in bpmn/roles.yaml."""

    code = "unknown_role"

    def __init__(self, unknown: Collection[str], known: Collection[str]) -> None:
        named, choice = "、".join(sorted(unknown)), "、".join(sorted(known))
        super().__init__(
            f"没有角色“{named}”；可选：{choice}。", f"No role “{named}”; choose from: {choice}."
        )


COLUMNS = tuple(people.c[name] for name in Person.__dataclass_fields__ if name in people.c)
_ACTIVE = sa.select(*COLUMNS).where(people.c.active)
BY_ID = _ACTIVE.where(people.c.id == sa.bindparam("id"))
_BY_LOGIN = sa.select(*COLUMNS, people.c.password).where(
    people.c.login == sa.bindparam("login"), people.c.active
)


def person_of(row: sa.Row[*tuple[Any, ...]] | tuple[Any, ...]) -> Person:
    """Return the person of a row that begins with COLUMNS."""
    key, login, name, held, lang, generation, *_ = row
    return Person(key, login, name, frozenset(held), lang, generation)


def person(conn: sa.Connection, key: UUID) -> Person | None:
    """Return the active person with this id, or None."""
    row = conn.execute(BY_ID, {"id": key}).one_or_none()
    return None if row is None else person_of(row)


def whoever(conn: sa.Connection, key: UUID) -> Person:
    """Return the person with this id, who may have left. Raises sqlalchemy.exc.NoResultFound."""
    return person_of(conn.execute(sa.select(*COLUMNS).where(people.c.id == key)).one())


def end_sessions(conn: sa.Connection, who: Person) -> None:
    """Let no session that a person has begun anywhere go on."""
    raised = {"generation": people.c.generation + 1}
    conn.execute(sa.update(people).where(people.c.id == who.id).values(raised))


def all_people(conn: sa.Connection) -> list[Person]:
    """Return everybody who may sign in, by login."""
    rows = conn.execute(sa.select(*COLUMNS).where(people.c.active).order_by(people.c.login))
    return [person_of(row) for row in rows]


def with_password(conn: sa.Connection, login: str) -> tuple[Person, str] | None:
    """Return the active person of a login with the hash of their password, or None."""
    row = conn.execute(_BY_LOGIN, {"login": login}).one_or_none()
    return None if row is None else (person_of(row), row.password)


def add_person(
    conn: sa.Connection,
    login: str,
    name: str,
    *,
    password: str,
    held: Collection[str],
    now: datetime,
) -> Person:
    """Add a member of staff.

    Raises BadLoginError, BadPasswordError, UnknownRoleError and LoginTakenError.
    """
    if not 0 < len(login) <= LONGEST_LOGIN or login != login.strip() or has_control(login):
        raise BadLoginError
    hashed = password_hash(password)
    check_roles(conn, held)
    if conn.scalar(sa.select(people.c.id).where(people.c.login == login)) is not None:
        raise LoginTakenError(login)
    added = Person(uuid4(), login, name, frozenset(held), "zh")
    conn.execute(
        sa.insert(people).values(
            id=added.id,
            login=login,
            name=name,
            password=hashed,
            roles=sorted(held),
            created_at=now,
        )
    )
    return added


def password_hash(password: str) -> str:
    """Return what is kept of a new password. Raises BadPasswordError."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or has_control(password):
        raise BadPasswordError
    return HASHER.hash(password)


def check_roles(conn: sa.Connection, held: Collection[str]) -> None:
    """Refuse roles that no procedure knows (UnknownRoleError)."""
    known = set(conn.scalars(sa.select(roles.c.code)))
    if unknown := set(held) - known:
        raise UnknownRoleError(unknown, known)


def set_language(conn: sa.Connection, who: Person, lang: str) -> None:
    """Remember the language that a person reads: ``zh`` or ``en``."""
    conn.execute(sa.update(people).where(people.c.id == who.id).values(lang=lang))


def role_names(conn: sa.Connection) -> dict[str, tuple[str, str]]:
    """Return the Chinese and the English name of every role, by code, in the company's order."""
    rows = conn.execute(sa.select(roles).order_by(roles.c.position))
    return {row.code: (row.zh, row.en) for row in rows}


def save_roles(conn: sa.Connection, defined: Mapping[str, Names]) -> None:
    """Bring the roles table up to the roles of bpmn/roles.yaml; none is ever removed."""
    rows = insert_or_update(roles).values(_rows(defined))
    news = {name: rows.excluded[name] for name in ("zh", "en", "position")}
    conn.execute(rows.on_conflict_do_update(index_elements=["code"], set_=news))


def add_roles(conn: sa.Connection, defined: Mapping[str, Names]) -> None:
    """Add roles that are not there yet."""
    conn.execute(insert_or_update(roles).values(_rows(defined)).on_conflict_do_nothing())


def _rows(defined: Mapping[str, Names]) -> list[dict[str, object]]:
    return [
        {"code": code, "zh": names.zh, "en": names.en, "position": position}
        for position, (code, names) in enumerate(defined.items())
    ]
