"""What a version has that the one before has not, and the other way round, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spiff import Names, drawn, promises
from engine.versioning.comparing import FileChanges, changes, digests
from engine.versioning.diagram_changes import diagram_changes
from engine.versioning.form_changes import form_changes
from engine.versioning.saying import NONE, all_turned
from engine.versioning.table_changes import table_changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.procedures import Version
    from engine.spiff import Diagram, Drawn, Table
    from forms import Form


@dataclass(frozen=True, slots=True)
class Part:
    """One diagram, table or form, or the promises, and sentences on what is different there."""

    kind: Names
    names: Names
    changes: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """The files that differ and, by part, what that means."""

    files: FileChanges
    parts: tuple[Part, ...]


_DIAGRAM = Names("流程图", "Diagram")
_TABLE = Names("决策表", "Table")
_FORM = Names("表单", "Form")
_ROLES = Names("角色", "Roles")
_PROMISES = Names("承诺", "Promises")


def differences(old: Version, new: Version) -> Differences:
    """Say what differs between two versions of a procedure."""
    files = changes(digests(old.bundle.files), digests(new.bundle.files))
    parts = (
        *_diagrams(old, new), *_tables(old, new), *_forms(old, new), *_roles(old, new),
        *_promised(old, new),
    )  # fmt: skip
    return Differences(files, tuple(part for part in parts if part.changes))


def _diagrams(old: Version, new: Version) -> Iterator[Part]:
    before, after = _drawn(old), _drawn(new)
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        names = _named(was and was[0], now and now[0])
        yield Part(_DIAGRAM, names, tuple(diagram_changes(was, now)))


def _drawn(version: Version) -> dict[str, tuple[Diagram, Drawn]]:
    tables = {key: table.names for key, table in version.compiled.tables.items()}
    bundle = version.bundle
    found = drawn(bundle.files, version.compiled.id, {**bundle.roles, **tables})
    return {key: (diagram, found[key]) for key, diagram in version.compiled.diagrams.items()}


def _tables(old: Version, new: Version) -> Iterator[Part]:
    before, after = old.compiled.tables, new.compiled.tables
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        yield Part(_TABLE, _named(was, now), tuple(table_changes(was, now)))


def _forms(old: Version, new: Version) -> Iterator[Part]:
    before, after = old.bundle.forms, new.bundle.forms
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        titles = (was and _spoken(was), now and _spoken(now))
        yield Part(_FORM, titles[1] or titles[0] or NONE, tuple(form_changes(was, now)))


def _roles(old: Version, new: Version) -> Iterator[Part]:
    was, now = old.bundle.roles, new.bundle.roles
    codes = {code: Names(code, code) for code in sorted(was.keys() | now.keys())}
    said = all_turned(
        Names("角色", "role"),
        {codes[code]: names for code, names in was.items()},
        {codes[code]: names for code, names in now.items()},
    )
    yield Part(_ROLES, Names("名称", "names"), tuple(said))


def _promised(old: Version, new: Version) -> Iterator[Part]:
    was = promises(old.bundle.files, old.compiled.id)
    now = promises(new.bundle.files, new.compiled.id)
    same = sorted(was.guarantees.keys() & now.guarantees.keys())
    said = [
        *(_word("保证换了内容", "Guarantee altered", now.guarantees[key].names)
          for key in same if now.guarantees[key] != was.guarantees[key]),
        *(_word("新增保证", "New guarantee", now.guarantees[key].names)
          for key in sorted(now.guarantees.keys() - was.guarantees.keys())),
        *(_word("取消保证", "Guarantee dropped", was.guarantees[key].names)
          for key in sorted(was.guarantees.keys() - now.guarantees.keys())),
    ]  # fmt: skip
    for zh, en, clauses in (
        ("新落实的条款", "Clauses fulfilled now", now.clauses - was.clauses),
        ("不再落实的条款", "Clauses fulfilled no more", was.clauses - now.clauses),
    ):
        if clauses:
            told = sorted(clauses)
            said.append(Names(f"{zh}：{'、'.join(told)}", f"{en}: {', '.join(told)}"))
    yield Part(_PROMISES, Names("保证与条款", "guarantees and clauses"), tuple(said))


def _named(was: Diagram | Table | None, now: Diagram | Table | None) -> Names:
    found = now or was
    return NONE if found is None else found.names


def _word(zh: str, en: str, names: Names) -> Names:
    return Names(f"{zh}：{names.zh}", f"{en}: {names.en}")


def _spoken(form: Form) -> Names:
    return Names(form.title.zh, form.title.en)
