"""Why a substitution is not made or ended, each with what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

LONGEST: Final = 366
"""Days that a substitution holds at most; somebody away for longer hands over."""


class ForOneselfError(Refusal):
    """A substitute for oneself is none."""

    code = "substitute_oneself"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"代理人不能是 {name} 本人；请选择另一位同事。",
            f"{name} cannot be their own substitute; choose a colleague.",
        )


class NobodyError(Refusal):
    """One of the two is not there, or has left."""

    code = "substitute_unknown"

    def __init__(self) -> None:
        super().__init__(
            "没有这位人员，或其账号已停用；请从名单中选择。",
            "There is no such person, or they have left; choose somebody from the list.",
        )


class BadPeriodError(Refusal):
    """The period ends before it begins, lies in the past, or is too long."""

    code = "bad_period"


def backwards(first: date, last: date) -> BadPeriodError:
    """Return the refusal of a last day before the first."""
    return BadPeriodError(
        f"最后一天 {last} 早于第一天 {first}；请改正日期。",
        f"The last day, {last}, comes before the first, {first}; correct the dates.",
    )


def begun_before(today: date) -> BadPeriodError:
    """Return the refusal of a first day that is over."""
    return BadPeriodError(
        f"第一天不能早于今天（{today}）：已做的事不能事后算作代理。",
        f"The first day is today ({today}) or later: what is done cannot be made a substitute's.",
    )


def too_long() -> BadPeriodError:
    """Return the refusal of a period that is no absence any more."""
    return BadPeriodError(
        f"代理最长 {LONGEST} 天；离开更久请由管理员办理交接。",
        f"A substitution holds {LONGEST} days at most; for longer, have the work handed over.",
    )


class BadScopeError(Refusal):
    """The procedure or a step that it is limited to is not there."""

    code = "bad_scope"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)


class RingError(Refusal):
    """At some moment everybody of a ring would stand in for the next one."""

    code = "substitution_ring"

    def __init__(self, names: Sequence[str]) -> None:
        told = " → ".join([*names, names[0]])
        super().__init__(
            f"会形成循环代理：{told}。期间工作无人办理；请换一位代理人，或错开日期。",
            f"That closes a ring: {told}. Nobody would be there; choose somebody else or other"
            " days.",
        )


class SubstitutedAlreadyError(Refusal):
    """The same substitute stands in for the same things on some of these days."""

    code = "substituted_already"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"这些日子里 {name} 已代理同样的范围；请先结束原有的代理，或改日期。",
            f"{name} stands in for the same on some of these days; end that first, or change the"
            " days.",
        )


class MayNotArrangeError(Refusal):
    """Only oneself, a supervisor or a process owner arranges who stands in for somebody."""

    code = "may_not_arrange"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} 的代理只能由本人、其主管或规程管理员安排；请联系他们。",
            f"Who stands in for {name} is arranged by themselves, a supervisor of theirs or a"
            " process owner; ask one of them.",
        )


class SubstitutionOverError(Refusal):
    """It has ended already."""

    code = "substitution_over"

    def __init__(self) -> None:
        super().__init__("这项代理已经结束，无需再办。", "This substitution has ended already.")


def no_days() -> BadPeriodError:
    """Return the refusal of days that nobody can read."""
    return BadPeriodError(
        "请填写第一天和最后一天。", "Say which is the first day and which is the last."
    )
