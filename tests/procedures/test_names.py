"""What has no name on a drawing is called by what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.history.entrynotes import named
from engine.procedures import in_force
from engine.spiff import Names

if TYPE_CHECKING:
    from sqlalchemy import Connection

COMPLAINT = "manufacturer-complaint"


def test_nothing_on_the_shipped_drawings_is_called_by_nothing(connection: Connection) -> None:
    version = in_force(connection, COMPLAINT)
    for process, diagram in version.compiled.diagrams.items():
        for id_ in diagram.elements:
            called = diagram.called(id_)
            assert called.zh
            assert called.en
            assert version.place(f"{process}:{id_}") == named(version, process, id_) == called


def test_a_gateway_without_a_name_is_called_by_what_follows_it(connection: Connection) -> None:
    version = in_force(connection, COMPLAINT)
    register = version.element(COMPLAINT, "register_complaint").names
    found = version.place(f"{COMPLAINT}:before_register")
    assert found == Names(f"{register.zh}之前的网关", f"the gateway before {register.en}")
    assert named(version, COMPLAINT, "gone") == Names("gone", "gone")
