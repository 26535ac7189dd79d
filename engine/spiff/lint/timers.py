"""Timers: what they say is a limit, a date or a cycle that people write, on a calendar there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.calendar import Words
from engine.spiff.dmn.kinds import DATE, DATE_TIME, DURATION, TEXT
from engine.spiff.elements.timing import is_read, literal_of, objection, refusal
from engine.spiff.files.eventful import TIMER, TIMINGS, Timing
from engine.spiff.files.labels import shown
from engine.spiff.files.sheet import local
from engine.spiff.files.xml import NAMESPACES
from engine.spiff.language.expressions import ExpressionError, compile_expression
from engine.spiff.language.inference import ANY, inferred, tree_of
from engine.spiff.model import Problem
from engine.spiff.possible import possible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.calendar import RuleError
    from engine.spiff.files.sources import Sources
    from engine.spiff.language.inference import Values

CODES: Final = {"limit": "bad_duration", "date": "bad_date", "cycle": "bad_cycle"}
KINDS: Final = {
    "limit": Words("期限", "limit"),
    "date": Words("日期", "date"),
    "cycle": Words("周期", "cycle"),
}
EXAMPLES: Final = {"limit": '"P3D"', "date": '"2026-12-31"', "cycle": '"R3/PT1H"'}
DAYS: Final = frozenset({DATE, DATE_TIME, "day", "moment"})
READABLE: Final = {
    "limit": frozenset({ANY, TEXT, DURATION}),
    "date": DAYS | {ANY, TEXT},
    "cycle": frozenset({ANY, TEXT}),
}
"""The kinds of values that may be read as each, as engine.spiff.language.inference names them."""


def timers_say_when(sources: Sources) -> Iterator[Problem]:
    """Let every timer have one limit, date or cycle."""
    for sheet, node in sources.nodes():
        if TIMER not in node.events:
            continue
        said = node.xml.findall("bpmn:timerEventDefinition/bpmn:*", NAMESPACES)
        tags = [local(each) for each in said if (each.text or "").strip()]
        if len([tag for tag in tags if tag in TIMINGS.values()]) != 1:
            yield Problem(
                sheet.file, node.id, "timer_kind",
                f"定时器“{node.id}”应有且只有一项时间：timeDuration（如 3 个工作日）、timeDate"
                "（如 2026-12-31）或 timeCycle（如 每 30 分钟）。",
                f'Timer "{node.id}" must say one of timeDuration (such as 3 working days), '
                "timeDate (such as 2026-12-31) or timeCycle (such as every 30 minutes).",
            )  # fmt: skip


def starts_have_a_schedule(sources: Sources) -> Iterator[Problem]:
    """Let a timer that begins a procedure say by itself on which date, or when it comes round."""
    for sheet, node in sources.nodes():
        timing = node.timing if node.kind == "startEvent" else None
        if timing is not None and (timing.kind == "limit" or literal_of(timing) is None):
            yield Problem(
                sheet.file, node.id, "timer_kind",
                f"定时开始“{node.id}”要写明日期或周期：timeDate（如 2026-12-31）或 timeCycle"
                "（如 每周二、每月10日，遇假日提前）。此时还没有变量，也没有开始计时的时刻。",
                f'Timer start "{node.id}" must say a date or cycle itself: timeDate (such as '
                "2026-12-31) or timeCycle (such as Tuesdays; day 10 of each month, the working day "
                "before). There are no variables yet, and nothing to count from.",
            )  # fmt: skip


def timers_are_readable(sources: Sources) -> Iterator[Problem]:
    """Let a timer's own text be a limit, date or cycle."""
    for sheet, node in sources.nodes():
        timing = node.timing
        error = objection(timing) if timing else None
        if timing is None or error is None:
            continue
        zh, en = elsewhere(timing) or (error.zh, error.en)
        yield Problem(
            sheet.file, node.id, CODES[timing.kind],
            f"定时器“{node.id}”：{zh}", f'Timer "{node.id}": {en}',
        )  # fmt: skip


def timers_are_given_what_they_read(sources: Sources) -> Iterator[Problem]:
    """Let what a timer's expression may come to be a limit, date or cycle, as far as that is known.

    What tables say is judged at their rows.
    """
    if sources.is_partly_unknown:
        return
    timers = [(sheet, node, node.timing) for sheet, node in sources.nodes() if node.timing]
    asked = [each for each in timers if literal_of(each[2]) is None]
    known = possible(sources) if asked else {}
    for sheet, node, timing in asked:
        try:
            names = compile_expression(timing.text).names
        except ExpressionError:
            continue
        values = inferred(tree_of(timing.text), known)
        tabled = {word for name in names for word in _tabled(sources, name)}
        for zh, en in _misfits(values, timing, tabled):
            yield Problem(
                sheet.file, node.id, CODES[timing.kind],
                f"定时器“{node.id}”的“{shown(timing.text)}”：{zh}",
                f'Timer "{node.id}", "{shown(timing.text)}": {en}',
            )  # fmt: skip


def neither(file: str, element: str, timing: Timing, error: RuleError) -> Problem:
    """Say that the one word of a timer is no time, for which `error` is the reason, nor filled."""
    zh, en = elsewhere(timing) or (
        f"{error.zh}“{timing.text}”也不是变量：没有任何表单、决策表、脚本会填写它。",
        f'{error.en} Nor is "{timing.text}" a variable: no form, table or script fills it.',
    )
    return Problem(
        file, element, CODES[timing.kind],
        f"定时器“{element}”：{zh}", f'Timer "{element}": {en}',
    )  # fmt: skip


def _misfits(values: Values, timing: Timing, tabled: set[str]) -> Iterator[Words]:
    kind = timing.kind
    if values.kinds and values.kinds <= DAYS - READABLE[kind]:
        yield Words(
            f"它是日期，不是{KINDS[kind].zh}。请写到 timeDate 中。",
            f"it is a date, no {KINDS[kind].en}. Write it in timeDate.",
        )
    elif values.kinds and not values.kinds & READABLE[kind]:
        yield Words(
            f"它的值不是文字，不会是{KINDS[kind].zh}。请给文字，如 {EXAMPLES[kind]}。",
            f"its value is no text and never a {KINDS[kind].en}. Give a text, such as "
            f"{EXAMPLES[kind]}.",
        )
    for word, value in sorted(values.listed, key=str):
        if word == TEXT and value not in tabled:
            error = refusal(kind, str(value))
            if error is not None:
                yield elsewhere(Timing(kind, str(value))) or Words(error.zh, error.en)


def _tabled(sources: Sources, name: str) -> Iterator[str]:
    """Give the texts that tables say for a variable."""
    for reading in sources.tables.values():
        for output, cells in reading.decider.columns() if reading.decider else ():
            for cell in cells if output == name else ():
                value = getattr(tree_of(cell.text), "value", None)
                if isinstance(value, str):
                    yield value


def elsewhere(timing: Timing) -> Words | None:
    """Say where a timer's text belongs, if it is of another kind than it stands for."""
    for kind, tag in TIMINGS.items():
        if kind != timing.kind and is_read(Timing(kind, timing.text)):
            said, names = timing.text, KINDS[kind]
            return Words(
                f"“{said}”是{names.zh}，不是{KINDS[timing.kind].zh}。请写到 {tag} 中。",
                f'"{said}" is a {names.en}, no {KINDS[timing.kind].en}. Write it in {tag}.',
            )
    return None


def calendars_exist(sources: Sources) -> Iterator[Problem]:
    """Let the calendars that timers name be there, and nothing else name one."""
    for sheet, node in sources.nodes():
        if node.calendar is not None and TIMER not in node.events:
            yield Problem(
                sheet.file, node.id, "stray_calendar",
                f"“{node.id}”不是定时器，写在上面的日历“{node.calendar}”不起作用。请写到它的定时器上。",
                f'"{node.id}" is no timer: the calendar "{node.calendar}" on it means nothing. '
                "Write it on its timer.",
            )  # fmt: skip
        elif node.calendar is not None and node.calendar not in (sources.calendars or ()):
            yield from _unknown(sheet.file, node.id, node.calendar, sources.calendars)


def _unknown(
    file: str, element: str, calendar: str, known: Collection[str] | None
) -> Iterator[Problem]:
    if known is not None:
        codes = sorted(known)
        yield Problem(
            file, element, "unknown_calendar",
            f"定时器“{element}”的日历“{calendar}”不存在。请改为：{'、'.join(codes)}，或先建立该日历。",
            f'Timer "{element}" names the calendar "{calendar}", which is not there. Use '
            f"{', '.join(codes)}, or add it first.",
        )  # fmt: skip
