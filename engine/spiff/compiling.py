"""Publishing's door: files in, a checked and compiled procedure out, or every problem at once."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.spiff import foreign, letters
from engine.spiff.building import build
from engine.spiff.elements.arming import SITE
from engine.spiff.elements.handing_over import handing
from engine.spiff.elements.lanes import fillings, who_works, whose
from engine.spiff.elements.repeats import repeated_names
from engine.spiff.elements.timing import literal_of, names_of_timing
from engine.spiff.errors import BrokenFilesError
from engine.spiff.files.actions import actions_of
from engine.spiff.files.eventful import DUTY_DATE, STARTS, TIMER
from engine.spiff.files.sheet import AT_ONCE, STEPS, names_of, own
from engine.spiff.files.sources import Sources, missing_diagram, read_needed, stem
from engine.spiff.language.expressions import compile_expression, compile_script
from engine.spiff.lint import check
from engine.spiff.lint.values import texts
from engine.spiff.lint.writers import relied_on
from engine.spiff.model import Compiled, Diagram, Element, Flow, Problem, Start, Step
from engine.spiff.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.lint.values import Text
    from engine.spiff.model import Names


def compile_procedure(
    files: Mapping[str, bytes],
    *,
    root: str,
    roles: Mapping[str, Names],
    clauses: Collection[str],
    forms: Mapping[str, Collection[str] | None],
    operators: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    calendars: Collection[str] | None = frozenset({"standard"}),
    shows: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
) -> Compiled:
    """Check and compile the procedure `root` from repository-relative paths and their bytes.

    `roles` by code, `clauses` are the known ids, `forms` the field names by "process/element",
    best as a mapping from name to Asked, without which any answer is thought possible; None
    stands for a form that cannot be read. `operators` are the connectors' operations, each with
    the names of its parameters; `calendars` are the codes that timers may name, None if any may.
    `shows` are the variables that forms show and do not ask for, as in Sources. Of files that it
    does not need only the names are looked at. BrokenFilesError with all problems.
    """
    sheets, tables, problems = read_needed(files, root)
    if root not in sheets:
        raise BrokenFilesError(tuple(problems) or (missing_diagram(root),))
    unread = frozenset(stem(problem.file) for problem in problems)
    known = frozenset(clauses)
    others = unread, operators, calendars, files.keys(), shows
    sources = Sources(root, sheets, tables, roles, known, forms, *others)
    problems += check(sources)
    if problems:
        raise BrokenFilesError(tuple(problems))
    return _compile(sources)


def compile_published(
    files: Mapping[str, bytes],
    *,
    root: str,
    roles: Mapping[str, Names],
    forms: Mapping[str, Collection[str]],
) -> Compiled:
    """Compile files that were checked when they were published; `forms` as when they were.

    Today's rules are not asked: open cases go on under a version that would not pass them now.
    BrokenFilesError only if a file cannot be read or built at all.
    """
    sheets, tables, problems = read_needed(files, root)
    if problems or root not in sheets:
        raise BrokenFilesError(tuple(problems) or (missing_diagram(root),))
    return _compile(Sources(root, sheets, tables, roles, forms=forms))


def _compile(sources: Sources) -> Compiled:
    plan = _plan(sources)
    deciders, sheet = plan.deciders, sources.sheets[sources.root]
    return Compiled(
        id=sources.root,
        names=names_of(sheet.process),
        start=_start(sheet, sources.lanes),
        diagrams=MappingProxyType({p: _diagram(s, sources) for p, s in sources.sheets.items()}),
        tables=MappingProxyType({name: each.table for name, each in deciders.items()}),
        roles=plan.roles,
        variables=plan.variables,
        awaits=letters.awaited(sources),
        takes=letters.taken(sources),
        sends=letters.posted(sources),
        guarantees=tuple(g for s in sources.sheets.values() for g in s.guarantees),
        numbers=frozenset(
            n.result for _, n in sources.nodes() if n.result and n.operator in AT_ONCE
        ),
        plan=plan,
    )


def _plan(sources: Sources) -> Plan:
    try:
        spec, called = build(sources)
    except (SpiffWorkflowException, RecursionError) as error:
        raise BrokenFilesError((_upstream_problem(sources, error),)) from error
    deciders = {r.id: r.decider for r in sources.tables.values() if r.decider is not None}
    computed = list(texts(sources))
    names = _names_used(sources, computed, deciders)
    declared = (variable for s in sources.sheets.values() for variable in s.variables)
    steady, settled = relied_on(sources)
    return Plan(
        spec=spec,
        called=called,
        expressions={text: compile_expression(text) for text in _conditions(sources)},
        scripts={each.text: compile_script(each.text) for each in computed if each.script},
        deciders=deciders,
        defaults={each.name: json.loads(each.default) for each in declared if each.name in names},
        roles=frozenset(sources.roles),
        variables=names,
        drawings={process: each.data for process, each in sources.sheets.items()},
        steady=steady,
        settled=settled,
    )


def _upstream_problem(sources: Sources, error: Exception) -> Problem:
    words = [word for word in error.args if isinstance(word, str)]
    reason = words[0] if words else type(error).__name__
    return Problem(
        getattr(error, "file_name", "") or sources.sheets[sources.root].file,
        getattr(error, "id", None) or None,
        "engine_refuses",
        f"流程引擎不接受此图：{foreign.of_engine(reason)}。请改画报错的元素。",
        f"The engine refuses this diagram: {reason}. Redraw the element named.",
    )


def _conditions(sources: Sources) -> set[str]:
    return {e.condition for s in sources.sheets.values() for e in s.edges if e.condition}


def _names_used(
    sources: Sources, computed: Iterable[Text], deciders: Mapping[str, Decider]
) -> frozenset[str]:
    """Collect the names that some expression reads or a script or table sets."""
    names: set[str] = set()
    for text in computed:
        names.update(*text.compiled())
    for id_, decider in deciders.items():
        names |= decider.names | set(decider.outputs if id_ in sources.asked else ())
    for sheet in sources.sheets.values():
        names.update(_named_in(sheet))
    return frozenset(names)


def _named_in(sheet: Sheet) -> Iterator[str]:
    """Give the names that a drawing reads or fills, but for what it computes and its tables."""
    yield from (lane.role_from for lane in sheet.lanes if lane.role_from)
    for parcel in (*sheet.messages.values(), *sheet.signals.values(), *sheet.codes.values()):
        yield from (*parcel.keys, *parcel.carries)
    for node in sheet.nodes.values():
        yield from (e[1:] for e in (*node.notifies, *node.offered) if e.startswith("="))
        yield from repeated_names(node)
        yield from [DUTY_DATE] if node.kind == "startEvent" and TIMER in node.events else []
        yield from [SITE] if node.timing else []
        yield from [node.result] if node.result else []
    if (hands := handing(sheet)) is not None:
        yield from (*hands.inputs, *hands.outputs)
    for guarantee in sheet.guarantees:
        yield from guarantee.person


def _start(sheet: Sheet, lanes: Mapping[str, str]) -> Start:
    node = next(n for n in sheet.inside(sheet.process_id) if n.kind == "startEvent")
    return Start(
        process=sheet.process_id,
        element=node.id,
        message=sheet.message(node).name,
        role=whose(node.lane, lanes).role or "",
        kind=STARTS[node.events],
        signal=sheet.signal(node).name,
        schedule=literal_of(node.timing) if node.timing else None,
        calendar=node.calendar,
    )


def _diagram(sheet: Sheet, sources: Sources) -> Diagram:
    nodes = sheet.nodes
    steps = {n.id: _step(n, sheet, sources) for n in nodes.values() if n.kind in STEPS}
    return Diagram(
        process=sheet.process_id,
        file=sheet.file,
        names=names_of(sheet.process),
        elements=MappingProxyType({node.id: _element(node) for node in nodes.values()}),
        flows=MappingProxyType(
            {e.id: Flow(e.id, e.source, e.target, names_of(e.xml)) for e in sheet.edges}
        ),
        steps=MappingProxyType(steps),
        calls=MappingProxyType({n.id: n.called for n in nodes.values() if n.called}),
        xml=sheet.data,
        fillings=tuple(fillings(sheet, sources)),
        actions=MappingProxyType(actions_of(sheet.process)),
    )


def _element(node: Node) -> Element:
    return Element(
        id=node.id,
        kind=node.kind,
        names=node.names,
        clauses=node.clauses,
        source=own(node.xml, "source"),
        lane=node.lane.name if node.lane else None,
    )


def _step(node: Node, sheet: Sheet, sources: Sources) -> Step:
    holders = who_works(node, sheet, sources)
    names = {holder.variable for holder in holders if holder.variable is not None}
    for timer in sheet.boundary(node.id):
        names |= names_of_timing(timer.timing)
    own = whose(node.lane, sources.lanes)
    deciders: list[Any] = [reading.decider for reading in sources.tables.values()]
    ours = (d for d in deciders if d.table.our_default and names & set(d.outputs))
    return Step(
        process=sheet.process_id,
        element=node.id,
        names=node.names,
        role=own.role,
        role_from=own.variable,
        clauses=node.clauses,
        default_tables=tuple(sorted(decider.table.id for decider in ours)),
        roles=tuple(sorted(holder.role for holder in holders if holder.role is not None)),
        actions=MappingProxyType(actions_of(node.xml)),
    )
