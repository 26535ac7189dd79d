"""Chance in the demo company: when people work, how long they take, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from engine.democases.answers import USUAL, WRITTEN
from forms.definition import COMPANY_ZONE
from forms.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from forms import Form
    from forms.fields import Field

Answers = Mapping[str, Any]
YEAR: Final = timedelta(days=365)
_OPENS, _CLOSES, _SATURDAY = 9, 18, 5
_USUALLY, _SLOWLY = timedelta(hours=4), timedelta(days=4)
_SLOW, _NEVER, _OTHERWISE = 0.05, 0.006, 0.12
_CUSTOMERS: Final = (
    ("哈密天源水务有限公司", "K0042"),
    ("库尔勒绿洲灌溉工程部", "K0057"),
    ("石河子垦区供水站", "K0063"),
    ("喀什丝路农业合作社", "K0071"),
    ("兰州西固化工厂", "K0088"),
    ("银川塞上节水设备行", "K0094"),
    ("阿克苏红旗农场", "K0105"),
    ("西宁高原泵业经销部", "K0117"),
)
_PRODUCTS: Final = (
    "QJ200 深井泵", "IS80-65-160 离心泵", "WQ50 潜污泵", "DL65 立式多级泵", "S150 双吸泵",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chances:
    """What a seed makes of a year; the same one makes the same year."""

    random: Random

    def opening(self, end: datetime) -> datetime:
        """Return when a complaint comes in, within the year before ``end`` (UTC)."""
        at = end
        while at >= end:
            at = self.at_work(end - YEAR * self.random.random())
        return at

    def done(self, opened: datetime) -> datetime | None:
        """Return when somebody has done a step that opened then (UTC); None for never."""
        chance = self.random.random()
        if chance < _NEVER:
            return None
        usual = _SLOWLY if chance < _SLOW else _USUALLY
        return self.at_work(opened + usual * self.random.expovariate(1.0))

    def at_work(self, moment: datetime) -> datetime:
        """Return a moment, or a chance one on the next morning of Monday to Friday."""
        local = moment.astimezone(COMPANY_ZONE)
        if local.weekday() < _SATURDAY and _OPENS <= local.hour < _CLOSES:
            return moment
        day = local.date() + timedelta(days=local.hour >= _CLOSES)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
        morning = datetime.combine(day, time(_OPENS), COMPANY_ZONE)
        return (morning + timedelta(minutes=self.random.randrange(120))).astimezone(UTC)

    def happens(self, chance: float) -> bool:
        """Return whether something happens that does so often."""
        return self.random.random() < chance

    def usual(self, form: Form, step: str, known: Answers, at: datetime) -> dict[str, Any]:
        """Return what is usually answered at a step at a moment (UTC), its dates as of that day."""
        today = form.day(at)
        said = {name: _as_of(value, today) for name, value in USUAL.get(step, {}).items()}
        given = {**form.prefill(known, today=today), **said}
        if "customer_code" in form.by_name:
            customer, code = self.random.choice(_CUSTOMERS)
            product = self.random.choice(_PRODUCTS)
            given |= {"customer": customer, "customer_code": code, "product": product}
        return {name: value for name, value in given.items() if name in form.by_name}

    def otherwise(self, form: Form, given: Answers) -> dict[str, Any]:
        """Return answers in which somebody decides otherwise here and there."""
        said = dict(given)
        for field in form.fields:
            if not self.happens(_OTHERWISE):
                continue
            if field.kind is Kind.BOOLEAN:
                said[field.name] = not said.get(field.name)
            elif field.kind is Kind.CHOICE:
                said[field.name] = self.random.choice(field.choices).const
            elif field.kind is Kind.MONEY and field.name in said:
                said[field.name] = f"{self.random.randint(2, 400) * 500}.00"
        return said

    def mended(
        self, form: Form, given: Answers, refused: Iterable[str], at: datetime
    ) -> dict[str, Any]:
        """Return answers with something that fits for each (by pointer) that a form has refused."""
        names = {pointer.strip("/").partition("/")[0] for pointer in refused}
        fields = [each for each in form.fields if each.name in names]
        return {**given, **{each.name: self._something(each, form.day(at)) for each in fields}}

    def _something(self, field: Field, today: date) -> object:
        if field.choices:
            chosen = self.random.choice(field.choices).const
            return [chosen] if field.kind is Kind.CHOICES else chosen
        return {
            Kind.ATTACHMENTS: [],
            Kind.BOOLEAN: True,
            Kind.INTEGER: 1,
            Kind.DECIMAL: "1",
            Kind.MONEY: "100.00",
            Kind.DATE: today.isoformat(),
            Kind.DATE_TIME: f"{today.isoformat()}T10:00",
        }.get(field.kind, "情况属实。")


def _as_of(value: object, today: date) -> object:
    """Return a date or moment as far from today as it was from the day that it was written on."""
    if not isinstance(value, str) or not value.startswith("20") or value[4:5] != "-":
        return value
    day = date.fromisoformat(value[:10]) + (today - WRITTEN)
    return day.isoformat() + value[10:]
