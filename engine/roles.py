"""The two roles that look after Banjie itself; every other role is the company's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.errors import Refusal
from engine.people import role_names

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy as sa

    from engine.people import Person

PROCESS_OWNER: Final = "process-owner"
"""Answers for the procedures: publishes them, keeps calendars and duties."""

OPERATOR: Final = "operator"
"""Answers for the running of them: repairs what failed, sees to messages."""

ADMINISTRATORS: Final = frozenset({PROCESS_OWNER, OPERATOR})


class RoleNeededError(Refusal):
    """Only certain roles may do or see this."""

    code = "role_needed"

    def __init__(self, names: Collection[tuple[str, str]]) -> None:
        zh, en = "”或“".join(zh for zh, _ in names), "” or “".join(en for _, en in names)
        super().__init__(
            f"这里归“{zh}”使用，您没有该角色。如需使用，请让系统管理员授予。",
            f"This is for “{en}”, a role that you do not hold. Ask the operator to give it to you.",
        )


def check_holds(conn: sa.Connection, by: Person, wanted: Collection[str]) -> None:
    """Refuse a person who holds none of these roles (RoleNeededError)."""
    if not by.roles.isdisjoint(wanted):
        return
    known = role_names(conn)
    raise RoleNeededError([known.get(code, (code, code)) for code in sorted(wanted)])
