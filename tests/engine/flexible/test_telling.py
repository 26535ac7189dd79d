"""Urging and copying: people are told, and nothing moves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine import history
from engine.cases.starts import NotYoursError
from engine.errors import NotFoundError
from engine.flexible.choosing import NobodyChosenError
from engine.flexible.telling import MayNotUrgeError, UrgedAlreadyError, copy, urge
from engine.history import dossier
from engine.tasks.completing import claim
from tests.engine.conftest import NOW
from tests.engine.flexible.conftest import row, told
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


def test_whoever_is_concerned_urges_the_role_and_then_the_holder(
    connection: Connection, clerk: Person, colleague: Person, inspector: Person, task: UUID
) -> None:
    with pytest.raises(MayNotUrgeError):
        urge(connection, task, "快些", by=inspector, now=NOW)
    urge(connection, task, "", by=clerk, now=NOW)
    assert told(connection, colleague) == [f"{clerk.name} 催办“prepare名”"]

    claim(connection, task, by=colleague, now=NOW)
    with pytest.raises(UrgedAlreadyError):
        urge(connection, task, "快些", by=clerk, now=NOW + timedelta(minutes=59))
    with pytest.raises(MayNotUrgeError):
        urge(connection, task, "快些", by=colleague, now=NOW)
    urge(connection, task, "快些", by=clerk, now=NOW + timedelta(hours=1))
    assert told(connection, colleague)[1:] == [f"{clerk.name} 催办“prepare名”：快些"]
    case_id: UUID = row(connection, task).case_id
    assert history.verify(connection, case_id) is None


def test_who_gets_a_copy_may_read_the_case(
    connection: Connection, clerk: Person, inspector: Person, task: UUID
) -> None:
    guest = somebody(connection, "guest", ())
    case_id: UUID = row(connection, task).case_id
    with pytest.raises(NotFoundError):
        dossier.case(connection, case_id, by=guest)
    with pytest.raises(NobodyChosenError):
        copy(connection, task, [], "", by=clerk, now=NOW)
    with pytest.raises(NotYoursError):
        copy(connection, task, [guest.id], "", by=inspector, now=NOW)
    copy(connection, task, [guest.id, inspector.id, guest.id], "请知悉", by=clerk, now=NOW)
    seen = dossier.case(connection, case_id, by=guest)
    assert seen.timeline[-1].title.en == "Copied"
    assert seen.timeline[-1].notes[0].zh == f"对象：{guest.name}、{inspector.name}"
    for reader in (guest, inspector):
        assert told(connection, reader) == [f"{clerk.name} 抄送您本案（“prepare名”）：请知悉"]
