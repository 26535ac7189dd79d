"""Timers: limits, dates and cycles on working calendars; armed, paused, reckoned anew.

Upstream reads the system clock, fires only after the due moment, takes a date without a zone for
the server's, cancels an activity only at the last round of an interrupting cycle and fires all
rounds that it has missed. Here a token knows when its timer was armed, and by which rule: from
this its due moment can be reckoned anew at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from typing_extensions import override

from engine.calendar import RuleError
from engine.calendar.cycles import OnDays, Repeat
from engine.calendar.rounds import Round, next_round, reach
from engine.spiff import clock
from engine.spiff.elements.arming import (
    KIND,
    SITE,
    calendar_of,
    hold,
    is_due,
    kind_of,
    pauses_of,
    round_of,
    set_due,
    telling,
    timer_of,
    written,
)
from engine.spiff.elements.catching import Awaited, beside, beside_what
from engine.spiff.elements.lanes import role_at
from engine.spiff.elements.timing import read
from engine.spiff.errors import RunError
from engine.spiff.fixes import WAITING
from engine.spiff.language.arithmetic import storable
from engine.spiff.reading import evaluate, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.spiff.fixes import Token
    from engine.spiff.language.expressions import Expression

BEGUN: Final = "begun"
"""Under which a call or sub-process keeps since when the deadlines beside it count."""
KEPT: Final = frozenset({"rule", "role", SITE})
"""What the next round of a cycle takes over from the one before."""


@dataclass(frozen=True)
class Rule:
    """What is drawn of a timer. `says` is a literal or an expression that gives one.

    `calendar` is named by the drawing. A date is reached when its day `closes` beside an activity
    or behind an event-based gateway, else when it opens. `repeats`: it fires at every round of its
    cycle while the activity is open.
    """

    kind: str
    says: str | Expression
    calendar: str | None = None
    closes: bool = False
    repeats: bool = False

    @property
    def variable(self) -> str | None:
        """The expression that it is said by, if it is not said outright."""
        return None if isinstance(self.says, str) else self.says.text


class Deadline(Awaited):
    """A timer: armed when its token first waits, due at exactly the moment that its rule gives.

    Its due time stays when it has fired: an open task still shows a deadline that has passed. What
    comes round beside an activity reminds of it, and is no deadline of it.
    """

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule
        self.is_deadline = not rule.repeats

    @override
    def has_fired(self, my_task: Token) -> bool:
        """Whether it is due at the moment of the move; arms it when asked for the first time."""
        if "due" not in my_task.internal_data:
            self._arm(my_task)
        return is_due(my_task)

    @override
    def update_task_data(self, my_task: Token) -> None:
        """Write down that it has fired, now that its token goes on."""
        my_task.workflow.top_workflow.journal.fired.append(timer_of(my_task))
        if self.rule.repeats:
            my_task.internal_data.clear()

    @override
    def happens_again(self, my_task: Token) -> bool:
        """Whether its cycle comes round once more; rounds that were missed are left out."""
        internal = my_task.internal_data
        cycle = read(kind_of(my_task), internal["rule"]) if self.rule.repeats else None
        if not isinstance(cycle, Repeat | OnDays):
            return False
        with telling(my_task, self.rule.variable):
            calendar, begun = calendar_of(my_task, clock.calendars()), round_of(internal)
            at = reach(cycle, begun, calendar, pauses_of(my_task))
            following = next_round(cycle, begun, at, clock.current(), calendar)
        if following is None:
            return False
        internal["following"] = written(following)
        return True

    @override
    def take_over(self, before: Token, after: Token) -> None:
        """Arm the timer for its next round."""
        inner = before.internal_data
        kept = {name: value for name, value in inner.items() if name in KEPT}
        after.internal_data.update(kept, **inner.pop("following"))
        _arm(after, self.rule)

    def _arm(self, my_task: Token) -> None:
        rule, internal = self.rule, my_task.internal_data
        self._begin(my_task, clock.current())
        for name, value in (("role", _role(my_task)), (SITE, _site(my_task))):
            if value is not None:
                internal[name] = value
        _arm(my_task, rule)
        for activity in beside_what(my_task):
            remember(activity, internal["since"])

    def _begin(self, my_task: Token, since: datetime) -> None:
        """Write down what is drawn, read now, and since when it counts."""
        rule = self.rule
        with telling(my_task, rule.variable):
            text = _said(my_task, rule)
            when = read(rule.kind, text)
        times = when.times if rule.repeats and isinstance(when, Repeat | OnDays) else None
        my_task.internal_data["rule"] = text
        my_task.internal_data.update(written(Round(since, left=times and times - 1)))

    def count_anew(self, my_task: Token) -> None:
        """Count by what is drawn now, from when the timer was armed. RunError if it cannot be."""
        internal = my_task.internal_data
        since = round_of(internal).since
        for name in (KIND, "drawn", "left"):
            internal.pop(name, None)
        self._begin(my_task, since)
        with telling(my_task, self.rule.variable):
            set_due(my_task, clock.calendars())


def _arm(token: Token, rule: Rule) -> None:
    """Begin to count; in a case whose clock stands, only when it goes on."""
    top = token.workflow.top_workflow
    with telling(token, rule.variable):
        set_due(token, clock.calendars())
    token.internal_data["arming"] = uuid4().hex
    for whole in sorted(top.held):
        hold(token, whole)
    top.journal.armed.append(timer_of(token))


def remember(activity: Token, since: str) -> None:
    """Let a call or sub-process know since when its deadlines count; entries say it of a step."""
    if not activity.task_spec.manual:
        activity.internal_data.setdefault(BEGUN, since)


def count_on(activity: Token, since: datetime, stood: Sequence[tuple[datetime, datetime]]) -> None:
    """Let the deadlines of what has just opened anew count from when it opened first.

    They do not count while its clocks `stood`. RunError if one of them cannot be reckoned.
    """
    armed = activity.workflow.top_workflow.journal.armed
    for token in beside(activity):
        event, internal = token.task_spec.event_definition, token.internal_data
        is_armed = token._state == WAITING and "since" in internal
        if not isinstance(event, Deadline) or event.rule.repeats or not is_armed:
            continue
        new = timer_of(token)
        internal["since"] = since.isoformat()
        if stood:
            internal["pauses"] = [[begun.isoformat(), ended.isoformat()] for begun, ended in stood]
        with telling(token, event.rule.variable):
            set_due(token, clock.calendars())
        armed[armed.index(new)] = timer_of(token)


def _said(token: Token, rule: Rule) -> str:
    """Read what a timer says. RuleError if that is no text."""
    value = rule.says if isinstance(rule.says, str) else evaluate(token, rule.says)
    if isinstance(value, (date, timedelta)):
        value = storable(value)
    if not isinstance(value, str):
        zh, en = in_words(value)
        raise RuleError(
            f"定时器的值应为文字，现在{zh}。请写成文字，如 3 个工作日、P3D。",
            f"A timer's value must be a text, but {en}. Give one, such as 3 working days, P3D.",
        )
    return value


def _role(token: Token) -> str | None:
    """Give the role of the lane that a timer stands or hangs in, if it is known by now."""
    try:
        return role_at(token)
    except RunError:
        return None


def _site(token: Token) -> str | None:
    return _text(token.data.get(SITE))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
