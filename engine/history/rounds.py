"""Which forms of a case still hold: a step that is done again takes back what had followed it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from engine.history import entryview, read, tracing
from engine.history.superseding import Done, superseded, turn_of, within
from forms import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    import sqlalchemy as sa

    from engine.cases.lineage import Lineage
    from engine.history.entryview import EntryView, FilledForm
    from engine.history.superseding import Path, Turn
    from forms import Names


@dataclass(frozen=True, slots=True)
class Followed:
    """What a case's entries say of its steps: their forms, and which entries hold no more.

    Those by ``seq`` were ``superseded`` as the case went back or a step was done again, or
    ``withdrawn`` by whoever had done the step.
    """

    forms: list[FilledForm]
    superseded: frozenset[int]
    withdrawn: frozenset[int]

    def marked(self, view: EntryView) -> EntryView:
        """Return an entry with what became of what it says."""
        is_fallen, is_withdrawn = view.seq in self.superseded, view.seq in self.withdrawn
        return replace(view, superseded=is_fallen, withdrawn=is_withdrawn)


def filled(line: Lineage, rows: Sequence[sa.Row[Any]]) -> list[FilledForm]:
    """Return the forms that a case's entries carry, each with its round and whether it holds."""
    return followed(line, rows).forms


def followed(line: Lineage, rows: Sequence[sa.Row[Any]]) -> Followed:
    """Follow a case through its entries: what was done, skipped or moved, and what still holds."""
    diagrams, root = line.diagrams, line.now.compiled.id
    told = [(row.seq, row.task_id, read(row.body)) for row in rows]
    done = tracing.places(diagrams, root, told)
    fallen = superseded(diagrams, root, done) | tracing.undone_moves(told)
    there = {one.seq: one for one in done if isinstance(one, Done)}
    backs = [body["back"] for _, _, body in told if "back" in body]
    taken_back = {back["task"] for back in backs if back["way"] == "withdrawn"}
    withdrawn = frozenset(one.seq for one in there.values() if one.task in taken_back)
    forms = _forms(line, rows, there)
    forms = [
        replace(form, superseded=form.seq in fallen, withdrawn=form.seq in withdrawn)
        for form in forms
    ]
    return Followed(forms, frozenset(fallen), withdrawn)


def _forms(
    line: Lineage, rows: Sequence[sa.Row[Any]], there: Mapping[int, Done]
) -> list[FilledForm]:
    times: Counter[tuple[Path, Names | None]] = Counter()
    found = []
    for row in rows:
        if (form := entryview.filled(line.at(row.seq), row)) is None:
            continue
        one = there.get(row.seq, Done(row.seq, ()))
        form = replace(form, place=one.place, turn=one.turn)
        times[form.place, form.item] += 1
        found.append(replace(form, round=times[form.place, form.item]))
    return found


def holding(line: Lineage, rows: Sequence[sa.Row[Any]]) -> list[tuple[Done, Mapping[str, Any]]]:
    """Return the steps of a case that were done and still hold, each with the body of its entry."""
    diagrams, root = line.diagrams, line.now.compiled.id
    bodies = {row.seq: read(row.body) for row in rows}
    done = tracing.places(diagrams, root, [(row.seq, row.task_id, bodies[row.seq]) for row in rows])
    fallen = superseded(diagrams, root, done)
    standing = (one for one in done if isinstance(one, Done) and one.seq not in fallen)
    return [(one, bodies[one.seq]) for one in standing]


def latest(
    forms: Iterable[FilledForm],
    repairs: Iterable[tuple[int, Mapping[str, Any]]] = (),
    turn: Turn = (),
) -> dict[str, Any]:
    """Return the newest answer to each field name; None for what was withdrawn since.

    Of every form only the newest filling that holds counts, so a field that it hides is withdrawn.
    What one of several instances said is known within it only: `turn` says where somebody asks.
    ``repairs`` (seq and what was set) hold until the name is answered anew.
    """
    given = [form for form in forms if within(form.turn, turn)]
    newest: dict[str, Any] = {name: None for form in given for name in form.values}
    answered: dict[str, int] = {}
    for form in in_force(given):
        newest.update(form.values)
        answered |= dict.fromkeys(form.values, form.seq)
    for seq, values in repairs:
        newest |= {name: v for name, v in values.items() if answered.get(name, 0) < seq}
    return newest


def latest_at(
    forms: Iterable[FilledForm], rows: Sequence[sa.Row[Any]], task: UUID | None
) -> dict[str, Any]:
    """Return the newest answers of a case, those of the instance of a task before all."""
    return latest(forms, repaired(rows), () if task is None else turn(rows, task))


def repaired(rows: Iterable[sa.Row[Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Return what operators have set among a case's entries, as (seq, values by name)."""
    told = (row for row in rows if row.kind == "data_repaired" and row.answers is not None)
    return [(row.seq, orjson.loads(row.answers)["to"]) for row in told]


def fact(forms: Iterable[FilledForm], name: str) -> str | None:
    """Return the newest fact of a name (``x-case``) that a form in force says."""
    said = [form.form.facts(form.values).get(name) for form in in_force(forms)]
    return next((str(value) for value in reversed(said) if value is not None), None)


def turn(rows: Iterable[sa.Row[Any]], task: UUID) -> Turn:
    """Return the instances that a task of a case stands in, as the entry that opened it says."""
    said = (read(row.body).get("turns", {}).get(task.hex) for row in rows)
    return turn_of(next(filter(None, said), ("",))[0])
