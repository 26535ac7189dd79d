"""People: who they are, which roles they hold, and how they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import argon2
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from engine.direct import Direct
from engine.errors import Refusal
from engine.tables import people, roles, sign_in_failures

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.spiff import Names

WINDOW = timedelta(minutes=15)
FAILURES_PER_LOGIN = 5
FAILURES_PER_ADDRESS = 50

_hasher = argon2.PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class Person:
    """One member of staff; ``roles`` are codes of ``bpmn/roles.yaml``."""

    id: UUID
    login: str
    name: str
    roles: frozenset[str]
    lang: str


class SignInRefusedError(Refusal):
    """Login and password do not belong together."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("登录名或密码不正确。", "Login or password is wrong.")


class TooManyAttemptsError(Refusal):
    """Too many failed attempts for this login or from this address."""

    code = "too_many_attempts"

    def __init__(self) -> None:
        minutes = WINDOW.seconds // 60
        super().__init__(
            f"失败次数过多，请在 {minutes} 分钟后再试。",
            f"Too many failed attempts; try again in {minutes} minutes.",
        )


class LoginTakenError(Refusal):
    """Somebody has this login already."""

    code = "login_taken"

    def __init__(self, login: str) -> None:
        super().__init__(f"登录名“{login}”已存在。", f"The login “{login}” is taken.")


class UnknownRoleError(Refusal):
    """No such role in bpmn/roles.yaml."""

    code = "unknown_role"

    def __init__(self, unknown: Collection[str], known: Collection[str]) -> None:
        named, choice = "、".join(sorted(unknown)), "、".join(sorted(known))
        super().__init__(
            f"没有角色“{named}”；可选：{choice}。", f"No role “{named}”; choose from: {choice}."
        )


_COLUMNS = (people.c.id, people.c.login, people.c.name, people.c.roles, people.c.lang)
_BY_ID = Direct(sa.select(*_COLUMNS).where(people.c.id == sa.bindparam("id"), people.c.active))
_BY_LOGIN = sa.select(*_COLUMNS, people.c.password).where(
    people.c.login == sa.bindparam("login"), people.c.active
)
_FAILURES = (
    sa.select(sign_in_failures.c.subject, sa.func.count())
    .where(
        sign_in_failures.c.subject.in_(sa.bindparam("subjects", expanding=True)),
        sign_in_failures.c.at > sa.bindparam("since"),
    )
    .group_by(sign_in_failures.c.subject)
)


def _person(row: sa.Row[*tuple[Any, ...]]) -> Person:
    return Person(row.id, row.login, row.name, frozenset(row.roles), row.lang)


def person(conn: sa.Connection, key: UUID) -> Person | None:
    """Return the active person with this id, or None."""
    row = _BY_ID.row(conn, {"id": key})
    if row is None:
        return None
    key, login, name, held, lang = row
    return Person(key, login, name, frozenset(held), lang)


def all_people(conn: sa.Connection) -> list[Person]:
    """Return everybody who may sign in, by login."""
    rows = conn.execute(sa.select(*_COLUMNS).where(people.c.active).order_by(people.c.login))
    return [_person(row) for row in rows]


def sign_in(
    conn: sa.Connection, login: str, password: str, *, address: str, now: datetime
) -> Person:
    """Return the person, or refuse; refuse anybody once login or address has failed too often.

    Raises SignInRefusedError and TooManyAttemptsError. After SignInRefusedError the caller
    records the failure by ``record_failure`` in a transaction of its own.
    """
    limits = {f"login:{login}": FAILURES_PER_LOGIN, f"address:{address}": FAILURES_PER_ADDRESS}
    failures = conn.execute(_FAILURES, {"subjects": list(limits), "since": now - WINDOW})
    if any(count >= limits[subject] for subject, count in failures):
        raise TooManyAttemptsError
    row = conn.execute(_BY_LOGIN, {"login": login}).one_or_none()
    try:
        _hasher.verify(_NOBODY if row is None else row.password, password)
    except argon2.exceptions.VerifyMismatchError:
        raise SignInRefusedError from None
    if row is None:
        raise SignInRefusedError
    conn.execute(sa.delete(sign_in_failures).where(sign_in_failures.c.subject == f"login:{login}"))
    return _person(row)


def record_failure(conn: sa.Connection, login: str, *, address: str, now: datetime) -> None:
    """Count one failed attempt against login and address; forget those out of the window."""
    conn.execute(sa.delete(sign_in_failures).where(sign_in_failures.c.at < now - WINDOW))
    subjects = (f"login:{login}", f"address:{address}")
    conn.execute(sa.insert(sign_in_failures), [{"subject": s, "at": now} for s in subjects])


def add_person(
    conn: sa.Connection,
    login: str,
    name: str,
    *,
    password: str,
    held: Collection[str],
    now: datetime,
) -> Person:
    """Add a member of staff. Raises UnknownRoleError and LoginTakenError."""
    known = set(conn.scalars(sa.select(roles.c.code)))
    if unknown := set(held) - known:
        raise UnknownRoleError(unknown, known)
    if conn.execute(_BY_LOGIN, {"login": login}).one_or_none() is not None:
        raise LoginTakenError(login)
    added = Person(uuid4(), login, name, frozenset(held), "zh")
    conn.execute(
        sa.insert(people).values(
            id=added.id,
            login=login,
            name=name,
            password=_hasher.hash(password),
            roles=sorted(held),
            created_at=now,
        )
    )
    return added


def set_language(conn: sa.Connection, who: Person, lang: str) -> None:
    """Remember the language that a person reads: ``zh`` or ``en``."""
    conn.execute(sa.update(people).where(people.c.id == who.id).values(lang=lang))


def save_roles(conn: sa.Connection, defined: Mapping[str, Names]) -> None:
    """Bring the roles table up to the roles of bpmn/roles.yaml; none is ever removed."""
    for position, (code, names) in enumerate(defined.items()):
        values = {"zh": names.zh, "en": names.en, "position": position}
        statement = insert_or_update(roles).values(code=code, **values)
        conn.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))
