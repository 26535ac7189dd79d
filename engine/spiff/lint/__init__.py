"""What a procedure's files must be before they are published: one function a rule."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from engine.spiff.files.labels import labelled
from engine.spiff.lint import (
    actions,
    alarms,
    calls,
    cells,
    choices,
    elements,
    fields,
    filled,
    flows,
    gaps,
    guarantees,
    handed,
    handing,
    hidden,
    ids,
    lanes,
    marks,
    messages,
    names,
    outcomes,
    overtaken,
    people,
    pools,
    refused,
    repeats,
    rows,
    schema,
    sizes,
    soundness,
    timers,
    unquoted,
    values,
    words,
)
from engine.spiff.lint.following import added, folded
from engine.spiff.lint.rooms import Rooms
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.spiff.files.sources import Sources

LIMITS: Final[tuple[Callable[[Sources], Iterator[Problem]], ...]] = (
    sizes.scopes,
    sizes.whole,
    sizes.nesting,
    sizes.lengths,
    pools.one_process_a_file,
)
WIRING: Final[tuple[Callable[[Sources], Iterator[Problem]], ...]] = (
    ids.ids_are_taken,
    elements.hosts_wait,
    flows.whole,
)
MOST_TOLD: Final = 300
MOST_OF_A_RULE: Final = 1_000
SHAPE: Final[tuple[Callable[[Sources], Iterator[Problem]], ...]] = (
    schema.valid_bpmn,
    pools.pools_named,
    pools.message_flows_between_pools,
    names.free_ids,
    names.both_names,
    names.drawn,
    names.known_clauses,
    marks.known_marks,
    elements.supported,
    elements.supported_details,
    refused.markers,
    refused.outside,
    elements.one_start,
    elements.some_end,
    choices.plain_choices,
    choices.choices_wait,
    timers.timers_say_when,
    timers.starts_have_a_schedule,
    timers.timers_are_readable,
    timers.calendars_exist,
    messages.messages_exist,
    messages.signals_exist,
    messages.named_by_variables,
    messages.waits_are_told_apart,
    messages.keys_agree,
    messages.offered_to_roles,
    handing.specifications_read,
    handing.associations_only_drawn,
    handing.data_objects_named,
    repeats.repeats_read,
    repeats.repeats_whole,
    repeats.repeats_over_lists,
    alarms.have_codes,
    alarms.hang_where_it_is_thrown,
    alarms.interrupt_once,
    alarms.are_caught,
    alarms.cancels_lie_in_transactions,
    flows.between_once,
    flows.no_implicit_split,
    flows.conditions_on_gateways,
    flows.defaults,
)
CONTENT: Final[tuple[Callable[[Sources], Iterator[Problem]], ...]] = (
    calls.called_exist,
    calls.no_recursion,
    calls.tables_exist,
    calls.tables_readable,
    calls.operations_known,
    lanes.lanes_are_roles,
    lanes.one_lane_each,
    lanes.steps_have_lanes,
    lanes.start_has_a_role,
    lanes.calls_fill_lanes,
    people.steps_have_forms,
    people.notified_are_roles,
    actions.actions_at_steps,
    actions.actions_on_cases,
    people.tables_give_roles,
    people.scripts_give_roles,
    people.variables_give_roles,
    people.forms_give_roles,
    values.variables_declared,
    values.texts_compile,
    timers.timers_are_given_what_they_read,
    fields.fields_agree,
    fields.starts_show_nothing,
    fields.shown_are_written,
    filled.names_are_filled,
    handed.forms_can_show,
    words.known_values,
    outcomes.conditions_choose,
    overtaken.ways_are_taken,
    cells.cells_can_fit,
    gaps.one_row_fits,
    hidden.rows_can_answer,
    rows.limits_are_readable,
    unquoted.roles_are_quoted,
    rows.rows_are_told,
    guarantees.written,
)
REACH: Final = (flows.reachable, flows.ending)
MARKINGS: Final = (soundness.sound,)
WAYS: Final = (guarantees.kept,)
RULES: Final = (*WIRING, *SHAPE, *REACH, *CONTENT, *MARKINGS, *WAYS)


def check(sources: Sources) -> list[Problem]:
    """Judge the files by every rule and give all problems found, once each.

    What is too large is judged no further, nor what is no diagram of one process, and of very many
    problems the first ones are told. What only follows from another is not: what the rules before
    have named already, where a diagram with loose ends leads, and what waits in one that is drawn
    wrongly.
    """
    drawn = {sheet.file: sheet.root for sheet in sources.sheets.values()}
    if barred := _found(LIMITS, sources):
        return _first(labelled(barred, drawn))
    found = _found(WIRING, sources)
    loose = {problem.file for problem in found}
    found = added(found, _found(SHAPE, sources))
    found += [problem for problem in _found(REACH, sources) if problem.file not in loose]
    ways = () if loose else WAYS if found else (*MARKINGS, *WAYS)
    found = added(found, _found(CONTENT, sources))
    found += _found(ways, sources)
    return _first(labelled(folded(found), drawn, _variables(sources))) if found else []


def _first(found: list[Problem]) -> list[Problem]:
    if len(found) <= MOST_TOLD:
        return found
    more, first = len(found) - MOST_TOLD, found[MOST_TOLD - 1]
    rest = Problem(
        first.file, first.element, "more_problems",
        f"至少还有 {more} 个问题没有列出。请先改正以上各项。",
        f"There are at least {more} problems more. Mend those above first.",
    )  # fmt: skip
    return [*found[:MOST_TOLD], rest]


def _variables(sources: Sources) -> set[str]:
    """Give all that is the name of a variable."""
    rooms = Rooms(sources)
    return {read.name for read in rooms.reads}.union(*rooms.own.values())


def _found(
    rules: Iterable[Callable[[Sources], Iterator[Problem]]], sources: Sources
) -> list[Problem]:
    found = (problem for rule in rules for problem in islice(rule(sources), MOST_OF_A_RULE))
    return list(dict.fromkeys(found))
