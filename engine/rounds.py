"""Which forms of a case still hold: a step that is done again takes back what had followed it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from engine import entryview
from engine.history import read
from forms import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import sqlalchemy as sa

    from engine.entryview import FilledForm
    from engine.procedures import Version
    from engine.spiff import Compiled, Diagram

Path = tuple[str, ...]
"""The call activities from the procedure down to a diagram; empty for the procedure itself."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that somebody completed; ``place`` is its path followed by the step."""

    seq: int
    place: Path


def superseded(diagrams: Mapping[str, Diagram], root: str, done: Sequence[Done]) -> set[int]:
    """Return the ``seq`` of what no longer holds, ``done`` being in order.

    When a step is completed again in the same call, its earlier completion falls, and with it
    whatever was done in between at elements that the drawing reaches from it. A parallel branch
    stands, and so does urging, which hangs on a boundary event.
    """
    fallen: set[int] = set()
    first: dict[Path, int] = {}
    for i, again in enumerate(done):
        begun = first.setdefault(again.place, i)
        if begun < i:
            *path, step = again.place
            after = {step} | _after(diagrams[_process(diagrams, root, path)], step)
            depth = len(path)
            fallen |= {
                one.seq
                for one in done[begun:i]
                if list(one.place[:depth]) == path
                and len(one.place) > depth
                and one.place[depth] in after
            }
    return fallen


def filled(version: Version, rows: Sequence[sa.Row[Any]]) -> list[FilledForm]:
    """Return the forms that a case's entries carry, each with its round and whether it holds."""
    compiled = version.compiled
    done = places(compiled, [(row.seq, row.task_id, read(row.body)) for row in rows])
    fallen = superseded(compiled.diagrams, compiled.id, done)
    there = {one.seq: one.place for one in done}
    times: Counter[Path] = Counter()
    found = []
    for row in rows:
        place = there.get(row.seq, ())
        times[place] += 1
        if form := entryview.filled(version, row):
            fell = row.seq in fallen
            found.append(replace(form, place=place, round=times[place], superseded=fell))
    return found


def latest(
    forms: Iterable[FilledForm], repairs: Iterable[tuple[int, Mapping[str, Any]]] = ()
) -> dict[str, Any]:
    """Return the newest answer to each field name; None for what was withdrawn since.

    Of every form only the newest filling that holds counts, so a field that it hides is withdrawn.
    ``repairs`` (seq and what was set) hold until the name is answered anew.
    """
    given = list(forms)
    newest: dict[str, Any] = {name: None for form in given for name in form.values}
    answered: dict[str, int] = {}
    for form in in_force(given):
        newest.update(form.values)
        answered |= dict.fromkeys(form.values, form.seq)
    for seq, values in repairs:
        newest |= {name: v for name, v in values.items() if answered.get(name, 0) < seq}
    return newest


def repaired(rows: Iterable[sa.Row[Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Return what operators have set among a case's entries, as (seq, values by name)."""
    told = (row for row in rows if row.kind == "data_repaired" and row.answers is not None)
    return [(row.seq, orjson.loads(row.answers)["to"]) for row in told]


def fact(forms: Iterable[FilledForm], name: str) -> str | None:
    """Return the newest fact of a name (``x-case``) that a form in force says."""
    said = [form.form.facts(form.values).get(name) for form in in_force(forms)]
    return next((str(value) for value in reversed(said) if value is not None), None)


def places(compiled: Compiled, entries: Iterable[tuple[int, Any, Mapping[str, Any]]]) -> list[Done]:
    """Return what was completed, each with the calls it stood in.

    ``entries`` are (seq, task, body) in order. A task's calls are those that were entered with
    the move that opened it, or else those of the step that led to it.
    """
    paths: dict[str, Path] = {}
    last: dict[str, Path] = {compiled.id: ()}
    done = []
    for seq, task, body in entries:
        own: Path = paths.get(task.hex if task else "", ())
        if body["kind"] in ("case_opened", "step_completed"):
            done.append(Done(seq, (*own, body["element"])))
        last |= _along(compiled, own)
        entered = _entered(compiled, body.get("flows", ()), last)
        for key, place, _ in body.get("opened", ()):
            process = place.partition(":")[0]
            waiting = entered.get(process, [])
            paths[key] = waiting.pop(0) if len(waiting) > 1 else last.get(process, ())
    return done


def _entered(
    compiled: Compiled, flows: Iterable[str], last: dict[str, Path]
) -> dict[str, list[Path]]:
    """Return the calls that a move entered, by called process, and remember the last of each."""
    entered: dict[str, list[Path]] = defaultdict(list)
    for taken in flows:
        process, _, flow = taken.partition(":")
        diagram = compiled.diagrams[process]
        target = diagram.flows[flow].target
        if called := diagram.calls.get(target):
            last[called] = (*last.get(process, ()), target)
            entered[called].append(last[called])
    return entered


def _along(compiled: Compiled, path: Path) -> dict[str, Path]:
    found, process = {}, compiled.id
    for depth, call in enumerate(path, start=1):
        process = compiled.diagrams[process].calls[call]
        found[process] = path[:depth]
    return found


def _process(diagrams: Mapping[str, Diagram], root: str, path: Iterable[str]) -> str:
    for call in path:
        root = diagrams[root].calls[call]
    return root


def _after(diagram: Diagram, element: str) -> set[str]:
    """Return what the flows of a drawing reach from an element; itself only over a loop."""
    reached: set[str] = set()
    ahead = [element]
    while ahead:
        source = ahead.pop()
        targets = {flow.target for flow in diagram.flows.values() if flow.source == source}
        ahead += targets - reached
        reached |= targets
    return reached
