"""What a name can ever hold: told by forms, tables, scripts and declared defaults."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final, TypeAlias

from engine.spiff.expressions import ExpressionError, compile_script
from engine.spiff.model import Asked
from engine.spiff.repeats import repetition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.bundle import Bundle
    from engine.spiff.sheet import Sheet, Variable

Word: TypeAlias = "tuple[str, object]"  # kind and value, so that True is not 1
ANY: Final = "any"
_RESULTS: Final = {
    "number": "number", "len": "number", "int": "number", "round": "number", "abs": "number",
    "sum": "number", "str": "text", "bool": "boolean", "any": "boolean", "all": "boolean",
    "sorted": "list",
}  # fmt: skip


@dataclass(frozen=True)
class Values:
    """Constants that are possible, and kinds of which any value is; `items` of a list's elements.

    None is always possible: a question not asked yet, a row that does not fit.
    """

    listed: frozenset[Word] = frozenset()
    open: frozenset[str] = frozenset()
    items: frozenset[Word] = frozenset()

    def __or__(self, other: Values) -> Values:
        return Values(self.listed | other.listed, self.open | other.open, self.items | other.items)

    def may_be(self, value: object) -> bool:
        """Whether this constant is possible."""
        kind = kind_of(value)
        return kind == "none" or bool({kind, ANY} & self.open) or (kind, value) in self.listed

    def may_contain(self, value: object) -> bool:
        """Whether this constant may be an element; only of a list whose choices are known."""
        return self.open != {"list"} or not self.items or (kind_of(value), value) in self.items

    @property
    def closed(self) -> list[object] | None:
        """All values, if they can be counted."""
        return (
            None if self.open or not self.listed else [v for _, v in sorted(self.listed, key=str)]
        )


def of_kind(kind: str) -> Values:
    if kind == "boolean":
        return _words(True, False)  # noqa: FBT003 - the two values, no switch
    return Values(open=frozenset({kind}))


def kind_of(value: object) -> str:
    """Name a constant's kind."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, (int, float)) else ANY


def _words(*values: object) -> Values:
    return Values(frozenset((kind_of(v), v) for v in values if v is not None))


def inferred(node: ast.AST, known: Mapping[str, Values]) -> Values:
    """Give what an expression may come to, where `known` says what its names may hold."""
    match node:
        case ast.Constant():
            found = _words(node.value)
        case ast.Name():
            found = known.get(node.id, of_kind(ANY))
        case ast.IfExp():
            found = inferred(node.body, known) | inferred(node.orelse, known)
        case ast.BoolOp():
            found = reduce(Values.__or__, (inferred(each, known) for each in node.values))
        case _:
            found = of_kind(_kind_made(node))
    return found


def _kind_made(node: ast.AST) -> str:
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return "boolean"
        case ast.BinOp(op=ast.Sub() | ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Mod()):
            return "number"
        case ast.BinOp(left=ast.Constant(value=int())) | ast.BinOp(right=ast.Constant(value=int())):
            return "number"
        case ast.Call(func=ast.Name(id=function)):
            return _RESULTS.get(function, ANY)
        case _:
            return ANY


def possible(bundle: Bundle) -> dict[str, Values]:
    """Give what every name that something fills may hold in a case of this procedure."""
    fixed: dict[str, Values] = defaultdict(Values)
    for name, values in (*_typed(bundle), *_at_start(bundle), *_repeated(bundle)):
        fixed[name] |= values
    sources = [*_assigned(bundle), *_decided(bundle)]
    found = {**fixed, **{name: fixed[name] for name, _ in sources}}
    readers: dict[str, list[int]] = defaultdict(list)
    for place, (_, tree) in enumerate(sources):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                readers[node.id].append(place)
    pending = dict.fromkeys(range(len(sources)))
    while pending:
        name, tree = sources[next(iter(pending))]
        del pending[next(iter(pending))]
        after = found[name] | inferred(tree, found)
        if after != found[name]:
            found[name] = after
            pending |= dict.fromkeys(readers[name])
    return found


def comparable(bundle: Bundle) -> dict[str, Values]:
    """Give what names may be compared with: what is possible, and `values` that are declared.

    A table or diagram that several procedures share speaks of values that only others have.
    """
    found = possible(bundle)
    for sheet in bundle.sheets.values():
        for variable in sheet.variables:
            others = (variable.xml.get("values") or "").split()
            found[variable.name] |= _words(*others)
    return found


def _typed(bundle: Bundle) -> Iterator[tuple[str, Values]]:
    for key, fields in bundle.forms.items():
        if key.split("/")[0] in bundle.sheets:
            for name in fields or ():
                yield name, _asked(fields[name] if isinstance(fields, Mapping) else Asked())


def _at_start(bundle: Bundle) -> Iterator[tuple[str, Values]]:
    for sheet in bundle.sheets.values():
        for variable in sheet.variables:
            yield variable.name, _declared(variable)
        yield from ((n.result, of_kind(ANY)) for n in sheet.nodes.values() if n.result)
        for name in carried(sheet):
            yield name, of_kind(ANY)


def carried(sheet: Sheet) -> set[str]:
    """Give the names that messages and signals bring in from outside."""
    caught = (node for node in sheet.nodes.values() if not node.throws)
    return {name for node in caught for name in sheet.parcel(node).carries}


def _repeated(bundle: Bundle) -> Iterator[tuple[str, Values]]:
    for _, node in bundle.nodes():
        drawn = repetition(node)
        for name in drawn.fills if drawn else ():
            yield name, of_kind(ANY)


def _asked(asked: Asked) -> Values:
    if asked.kind == "choice":
        return _words(*asked.choices)
    if asked.kind == "choices":
        return Values(open=frozenset({"list"}), items=_words(*asked.choices).listed)
    return of_kind(asked.kind)


def _declared(variable: Variable) -> Values:
    try:
        value = json.loads(variable.default)
    except ValueError:
        return of_kind(ANY)
    return of_kind(ANY) if isinstance(value, (list, dict)) else _words(value)


def _assigned(bundle: Bundle) -> Iterator[tuple[str, ast.AST]]:
    """Give every assignment of every script."""
    for sheet in bundle.sheets.values():
        for text in _scripts(sheet):
            try:
                lines = compile_script(text).lines
            except ExpressionError:
                continue
            for name, expression in lines:
                yield name, tree_of(expression.text)


def _scripts(sheet: Sheet) -> Iterator[str]:
    for node in sheet.nodes.values():
        for text in (node.script, node.extension("preScript"), node.extension("postScript")):
            if text and text.strip():
                yield text


def _decided(bundle: Bundle) -> Iterator[tuple[str, ast.AST]]:
    """Give every output cell of every table with its column's name."""
    for reading in bundle.tables.values():
        for rule in reading.decider.rules if reading.decider else ():
            assert reading.decider is not None  # noqa: S101 - for the type checker
            for name, cell in zip(reading.decider.outputs, rule.outputs, strict=True):
                yield name, tree_of(cell.text if cell else "None")


def tree_of(text: str) -> ast.AST:
    """Parse the text of an expression that was compiled before."""
    return ast.parse(text.strip(), mode="eval").body
