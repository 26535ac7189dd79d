"""What a name can ever hold: told by forms, tables, scripts and declared defaults."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from engine.spiff.dmn.kinds import LIST, NUMBER, TEXT
from engine.spiff.dmn.policies import COUNT
from engine.spiff.elements.repeats import repetition
from engine.spiff.language.expressions import ExpressionError, compile_script
from engine.spiff.language.inference import (
    ANY,
    EXACT,
    Values,
    inferred,
    of_kind,
    tree_of,
    words,
)
from engine.spiff.model import Asked
from engine.spiff.moves import ALLOT_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.files.sheet import Sheet, Variable
    from engine.spiff.files.sources import Sources
    from engine.spiff.language.expressions import Expression

_TYPED: Final = {"decimal": "decimal", "date": "day", "date_time": "moment"}


class Seen(Mapping[str, Values]):
    """What the names of a decision may hold: those that required decisions give it are theirs."""

    def __init__(self, known: Mapping[str, Values], given: Mapping[str, str]) -> None:
        self._known = known
        self._given = given

    @override
    def __getitem__(self, name: str) -> Values:
        by = self._given.get(name)
        return self._known[name if by is None else told_by(by, name)]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    @override
    def __len__(self) -> int:
        return len(self._known)


def told_by(decision: str, name: str) -> str:
    """Give the key of what a decision says, apart from what the case keeps by that name."""
    return f"{decision}:{name}"


def possible(sources: Sources) -> dict[str, Values]:
    """Give what every name that something fills may hold in a case of this procedure."""
    fixed: dict[str, Values] = defaultdict(Values)
    for name, values in (
        *_typed(sources), *_at_start(sources), *_repeated(sources), *_gathered(sources)
    ):  # fmt: skip
        fixed[name] |= values
    makers = [*_assigned(sources), *_decided(sources)]
    found = {**fixed, **{name: fixed[name] for name, _, _ in makers}}
    readers: dict[str, list[int]] = defaultdict(list)
    for place, (_, tree, given) in enumerate(makers):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                by = given.get(node.id)
                readers[node.id if by is None else told_by(by, node.id)].append(place)
    pending = dict.fromkeys(range(len(makers)))
    while pending:
        name, tree, given = makers[next(iter(pending))]
        del pending[next(iter(pending))]
        after = found[name] | inferred(tree, Seen(found, given) if given else found).kept()
        if after != found[name]:
            found[name] = after
            pending |= dict.fromkeys(readers[name])
    return found


def comparable(sources: Sources) -> dict[str, Values]:
    """Give what names may be compared with: what is possible, and `values` that are declared.

    A table or diagram that several procedures share speaks of values that only others have.
    """
    found = possible(sources)
    for sheet in sources.sheets.values():
        for variable in sheet.variables:
            others = (variable.xml.get("values") or "").split()
            found[variable.name] |= words(*others)
    return found


def _typed(sources: Sources) -> Iterator[tuple[str, Values]]:
    for key, fields in sources.forms.items():
        if key.split("/")[0] in sources.sheets:
            for name in fields or ():
                yield name, asked_for(fields[name] if isinstance(fields, Mapping) else Asked())


def _at_start(sources: Sources) -> Iterator[tuple[str, Values]]:
    for sheet in sources.sheets.values():
        for variable in sheet.variables:
            yield variable.name, _declared(variable)
        for node in sheet.nodes.values():
            if node.result:
                yield node.result, of_kind(TEXT if node.operator == ALLOT_NUMBER else ANY)
        for name in carried(sheet):
            yield name, of_kind(ANY)


def carried(sheet: Sheet) -> set[str]:
    """Give the names that messages and signals bring in from outside."""
    caught = (node for node in sheet.nodes.values() if not node.throws)
    return {name for node in caught for name in sheet.parcel(node).carries}


def _repeated(sources: Sources) -> Iterator[tuple[str, Values]]:
    for _, node in sources.nodes():
        drawn = repetition(node)
        for name in drawn.fills if drawn else ():
            yield name, of_kind(ANY)


def asked_for(asked: Asked) -> Values:
    """Give what the answers of a field may be."""
    if asked.kind == "choice":
        return words(*asked.choices)
    if asked.kind == "choices":
        return Values(open=frozenset({LIST}), items=words(*asked.choices).listed)
    values = of_kind(_TYPED.get(asked.kind, asked.kind))
    return replace(values, least=asked.least, most=asked.most)


def _declared(variable: Variable) -> Values:
    try:
        value = json.loads(variable.default, parse_float=Decimal)
    except ValueError:
        return of_kind(ANY)
    return of_kind(ANY) if isinstance(value, (list, dict)) else words(value)


Source = tuple[str, ast.AST, "Mapping[str, str]"]  # a name, what fills it, and who gives it names


def _assigned(sources: Sources) -> Iterator[Source]:
    """Give every assignment of every script."""
    for sheet in sources.sheets.values():
        for text in _scripts(sheet):
            try:
                lines = compile_script(text).lines
            except ExpressionError:
                continue
            for name, expression in lines:
                yield name, tree_of(expression.text), {}


def _scripts(sheet: Sheet) -> Iterator[str]:
    for node in sheet.nodes.values():
        for text in (node.script, node.extension("preScript"), node.extension("postScript")):
            if text and text.strip():
                yield text


def _decided(sources: Sources) -> Iterator[Source]:
    """Give every output cell that a table answers with by itself, with its column's name."""
    for decider, name, cells in _columns(sources):
        if not (decider.policy.lists or decider.policy.aggregation in {"SUM", "COUNT"}):
            yield from ((name, tree_of(cell.text), decider.given) for cell in cells)


def _gathered(sources: Sources) -> Iterator[tuple[str, Values]]:
    """Give what tables answer with that make a list, a sum or a count of their rows."""
    for decider, name, cells in _columns(sources):
        yield name, Values()
        if decider.policy.lists:
            each = [inferred(tree_of(cell.text), {}).kept() for cell in cells]
            known = all(values.listed and not values.open for values in each)
            items = frozenset(word for values in each for word in values.listed)
            yield name, Values(open=frozenset({LIST}), items=items if known else frozenset())
        elif decider.policy.aggregation:
            kind = NUMBER if decider.policy.aggregation == COUNT else EXACT
            yield name, Values(open=frozenset({kind, NUMBER})).kept()


def _columns(sources: Sources) -> Iterator[tuple[Decider, str, list[Expression]]]:
    """Give every column with its cells, by each name under which something sees it."""
    for id_, reading in sources.tables.items():
        for name, cells in reading.decider.columns() if reading.decider else ():
            assert reading.decider is not None  # noqa: S101 - for the type checker
            yield reading.decider, told_by(id_, name), cells
            if id_ in sources.asked:
                yield reading.decider, name, cells
