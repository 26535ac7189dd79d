"""What a procedure's files must be before they are published: one function a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.lint import (
    calls,
    elements,
    flows,
    guarantees,
    marks,
    messages,
    names,
    people,
    repeats,
    rows,
    schema,
    values,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.spiff.bundle import Bundle
    from engine.spiff.model import Problem

RULES: Final[tuple[Callable[[Bundle], Iterator[Problem]], ...]] = (
    schema.valid_bpmn,
    names.one_process_a_file,
    names.free_ids,
    names.both_names,
    names.drawn,
    names.known_clauses,
    marks.known_marks,
    elements.supported,
    elements.supported_details,
    elements.of_ordinary_size,
    elements.one_start,
    elements.some_end,
    elements.timers_say_when,
    elements.hosts_wait,
    messages.messages_exist,
    messages.named_by_variables,
    messages.waits_are_told_apart,
    messages.keys_agree,
    messages.offered_to_roles,
    repeats.repeats_read,
    repeats.repeats_whole,
    flows.whole,
    flows.between_once,
    flows.no_implicit_split,
    flows.conditions_on_gateways,
    flows.defaults,
    flows.reachable,
    flows.ending,
    calls.called_exist,
    calls.no_recursion,
    calls.tables_exist,
    calls.tables_readable,
    calls.operations_known,
    people.lanes_are_roles,
    people.steps_have_lanes,
    people.steps_have_forms,
    people.notified_are_roles,
    people.tables_give_roles,
    values.variables_declared,
    values.texts_compile,
    values.names_are_filled,
    words.known_values,
    rows.one_row_fits,
    rows.limits_are_durations,
    rows.rows_are_told,
    guarantees.kept,
)


def check(bundle: Bundle) -> list[Problem]:
    """Judge the files by every rule and give all problems found, once each."""
    return list(dict.fromkeys(problem for rule in RULES for problem in rule(bundle)))
