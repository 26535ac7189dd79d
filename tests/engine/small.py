"""Small procedures for the engine's tests: drawn in the test, published with forms beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine import people
from engine.procedures.publishing import publish
from engine.tables import cases
from tests.engine.spiff.drawing import ROLES, Process, files_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person
    from engine.spiff import Names

TEXT: dict[str, Any] = {"type": "string"}
YES_NO: dict[str, Any] = {"type": "boolean"}
NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)


def form(*required: str, **fields: Mapping[str, Any]) -> bytes:
    """Give a form definition with these fields; their titles are their names."""
    properties = {
        name: {**field, "title": f"{name}项", "x-i18n": {"en": {"title": f"The {name}"}}}
        for name, field in fields.items()
    }
    return orjson.dumps(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "title": "小表",
            "x-i18n": {"en": {"title": "Small form"}},
            "required": list(required),
            "properties": properties,
        }
    )


def roles_file(roles: Mapping[str, Names] = ROLES) -> bytes:
    """Give a roles.yaml; JSON is YAML."""
    return orjson.dumps([{"code": c, "zh": n.zh, "en": n.en} for c, n in roles.items()])


def small(
    *processes: Process,
    forms: Mapping[str, bytes],
    tables: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Lay out processes, tables and forms (by `process/element`, or `….ui`) as files."""
    return {
        **files_of(*processes, **(tables or {})),
        **{f"forms/{key}.json": content for key, content in forms.items()},
        "bpmn/roles.yaml": roles_file(),
    }


def put_in_force(conn: Connection, files: Mapping[str, bytes]) -> None:
    """Publish files, so that cases of their procedure can be opened."""
    publish(conn, files, by=None, now=NOW)


def somebody(conn: Connection, login: str, held: Collection[str]) -> Person:
    """Add a person."""
    return people.add_person(conn, login, f"{login}君", password="long enough", held=held, now=NOW)


def row_of(conn: Connection, case_id: UUID) -> sa.Row[Any]:
    """Give the row of a case."""
    return conn.execute(sa.select(cases).where(cases.c.id == case_id)).one()
