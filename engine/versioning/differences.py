"""What a version has that the one before has not, and the other way round, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.spiff import Names, promises
from engine.versioning.comparing import FileChanges, changes, digests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.procedures import Version
    from engine.spiff import Diagram, Element, Table
    from forms import Form

_NONE: Final = Names("（无）", "(none)")


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
_PROMISES = Names("承诺", "Promises")


def differences(old: Version, new: Version) -> Differences:
    """Say what differs between two versions of a procedure."""
    files = changes(digests(old.bundle.files), digests(new.bundle.files))
    parts = (*_diagrams(old, new), *_tables(old, new), *_forms(old, new), *_promised(old, new))
    return Differences(files, tuple(part for part in parts if part.changes))


def _diagrams(old: Version, new: Version) -> Iterator[Part]:
    before, after = old.compiled.diagrams, new.compiled.diagrams
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        yield Part(_DIAGRAM, _named(was, now), tuple(_diagram(was, now)))


def _diagram(was: Diagram | None, now: Diagram | None) -> Iterator[Names]:
    if was is None or now is None:
        yield from _whole(was, now)
        return
    for key in sorted(was.elements.keys() | now.elements.keys()):
        yield from _element(was.elements.get(key), now.elements.get(key))
    flows = _names({**was.flows}), _names({**now.flows})
    if was.xml != now.xml and was.elements == now.elements:
        zh, en = "连线或名称", "Flows or their names"
        if flows[0] == flows[1]:
            zh, en = "画法、期限、条件或其他设置", "Layout, deadlines, conditions or other settings"
        yield Names(f"{zh}有修改，步骤不变", f"{en} changed; the steps are the same")


def _element(was: Element | None, now: Element | None) -> Iterator[Names]:
    if was is None and now is not None:
        yield Names(f"新增“{now.names.zh}”", f"“{now.names.en}” is new")
    elif now is None and was is not None:
        yield Names(f"删除“{was.names.zh}”", f"“{was.names.en}” is gone")
    elif was is not None and now is not None:
        yield from _same_element(was, now)


def _same_element(was: Element, now: Element) -> Iterator[Names]:
    if was.names != now.names:
        yield _renamed(was.names, now.names)
    if was.kind != now.kind:
        yield Names(f"“{now.names.zh}”换了类型", f"“{now.names.en}” is of another kind")
    if was.lane != now.lane:
        yield Names(
            f"“{now.names.zh}”由“{was.lane or _NONE.zh}”改归“{now.lane or _NONE.zh}”",
            f"“{now.names.en}” moves from lane “{was.lane or _NONE.en}” to "
            f"“{now.lane or _NONE.en}”",
        )
    if was.clauses != now.clauses:
        yield Names(
            f"“{now.names.zh}”的条款：{'、'.join(now.clauses) or _NONE.zh}"
            f"（原为 {'、'.join(was.clauses) or _NONE.zh}）",
            f"“{now.names.en}” fulfils {', '.join(now.clauses) or _NONE.en} "
            f"(before: {', '.join(was.clauses) or _NONE.en})",
        )


def _tables(old: Version, new: Version) -> Iterator[Part]:
    before, after = old.compiled.tables, new.compiled.tables
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        yield Part(_TABLE, _named(was, now), tuple(_table(was, now)))


def _table(was: Table | None, now: Table | None) -> Iterator[Names]:
    if was is None or now is None:
        yield from _whole(was, now)
        return
    rows = [(row.inputs, row.outputs) for row in was.rules]
    fresh = [(row.inputs, row.outputs) for row in now.rules]
    for row in now.rules:
        if (row.inputs, row.outputs) not in rows:
            yield Names(f"新的一行：{row.note.zh}", f"New row: {row.note.en}")
    for row in was.rules:
        if (row.inputs, row.outputs) not in fresh:
            yield Names(f"不再有的一行：{row.note.zh}", f"Row that is gone: {row.note.en}")
    if was.names != now.names:
        yield _renamed(was.names, now.names)


def _forms(old: Version, new: Version) -> Iterator[Part]:
    before, after = old.bundle.forms, new.bundle.forms
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        titles = (was and _spoken(was), now and _spoken(now))
        yield Part(_FORM, titles[1] or titles[0] or _NONE, tuple(_form(was, now)))


def _form(was: Form | None, now: Form | None) -> Iterator[Names]:
    if was is None or now is None:
        yield from _whole(was and _FORM, now and _FORM)
        return
    before = {field.name: Names(field.title.zh, field.title.en) for field in was.fields}
    after = {field.name: Names(field.title.zh, field.title.en) for field in now.fields}
    for name in sorted(after.keys() - before.keys()):
        yield Names(f"新增字段“{after[name].zh}”", f"Field “{after[name].en}” is new")
    for name in sorted(before.keys() - after.keys()):
        yield Names(f"删除字段“{before[name].zh}”", f"Field “{before[name].en}” is gone")
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield _renamed(before[name], after[name])


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


def _whole(was: object, now: object) -> Iterator[Names]:
    if was is None and now is not None:
        yield Names("整个是新的", "All of it is new")
    elif now is None and was is not None:
        yield Names("整个不再使用", "All of it is gone")


def _named(was: Diagram | Table | None, now: Diagram | Table | None) -> Names:
    found = now or was
    return _NONE if found is None else found.names


def _renamed(was: Names, now: Names) -> Names:
    return Names(f"“{was.zh}”改名为“{now.zh}”", f"“{was.en}” is now called “{now.en}”")


def _word(zh: str, en: str, names: Names) -> Names:
    return Names(f"{zh}：{names.zh}", f"{en}: {names.en}")


def _spoken(form: Form) -> Names:
    return Names(form.title.zh, form.title.en)


def _names(flows: Mapping[str, object]) -> frozenset[object]:
    return frozenset(flows.values())
