"""What changed in a form: fields, what is required of them and when, and its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff import Names
from engine.versioning.saying import (
    NONE,
    added,
    all_turned,
    otherwise,
    removed,
    renamed,
    whole,
)
from forms import Kind
from forms.fields import LONGEST_TEXT, MOST_ROWS
from forms.limits import LONGEST_EMAIL, MOST_CHOICES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import forms
    from forms import Field, Form
    from forms.fields import Condition

    Known = tuple[Sequence[Field], Mapping[str, Field]]
    Placed = tuple[Field, Mapping[str, Field]]

_YES, _NO = Names("是", "yes"), Names("否", "no")
_ALWAYS: Final[Mapping[str, tuple[int, ...]]] = {
    "min_length": (0,),
    "max_length": (LONGEST_TEXT, LONGEST_EMAIL),
    "min_items": (0,),
    "max_items": (MOST_ROWS, MOST_CHOICES),
    "unique": (False,),
    "until_today": (False,),
    "from_today": (False,),
}
_REQUIRED: Final = Names("必填", "required")
_FORM: Final = Names("表单", "the form")
_KINDS: Final[Mapping[Kind, Names]] = {
    Kind.TEXT: Names("文字", "text"),
    Kind.EMAIL: Names("邮箱", "e-mail address"),
    Kind.INTEGER: Names("整数", "whole number"),
    Kind.DECIMAL: Names("小数", "decimal"),
    Kind.MONEY: Names("金额", "amount of money"),
    Kind.DATE: Names("日期", "date"),
    Kind.DATE_TIME: Names("日期和时间", "date and time"),
    Kind.BOOLEAN: Names("是否", "yes or no"),
    Kind.CHOICE: Names("单选", "one choice"),
    Kind.CHOICES: Names("多选", "several choices"),
    Kind.ROWS: Names("明细", "rows"),
    Kind.ATTACHMENTS: Names("附件", "files"),
}
_LIMITS: Final[Mapping[str, Names]] = {
    "min_length": Names("最少字数", "fewest characters"),
    "max_length": Names("最多字数", "most characters"),
    "pattern": Names("格式", "pattern"),
    "minimum": Names("最小值", "least"),
    "maximum": Names("最大值", "most"),
    "above": Names("须大于", "above"),
    "below": Names("须小于", "below"),
    "min_items": Names("最少几项", "fewest items"),
    "max_items": Names("最多几项", "most items"),
    "unique": Names("各项不得相同", "no item twice"),
    "until_today": Names("不晚于今天", "not after today"),
    "from_today": Names("不早于今天", "not before today"),
}


def form_changes(was: Form | None, now: Form | None) -> Iterator[Names]:
    """Say what changed between two forms of one place."""
    if was is None or now is None:
        yield from whole(was, now)
        return
    said = [*_said(was, now)]
    yield from said
    if not said and _rest(was) != _rest(now):
        yield otherwise(_FORM)


def _rest(form: Form) -> object:
    return form.fields, form.description, form.shows


def _shown(form: Form) -> dict[Names, Names]:
    """Say what a form only shows, by its title, or by its name where another form has that."""
    titles = [_names(f.title) if f else Names(name, name) for name, f in form.shows.items()]
    listed = _listed(titles)
    return {Names("只显示", "only shown"): listed} if listed else {}


def _said(was: Form, now: Form) -> Iterator[Names]:
    if was.title != now.title:
        yield renamed(_names(was.title).quoted, _names(now.title).quoted)
    yield from _fields((was.fields, was.by_name), (now.fields, now.by_name))
    yield from all_turned(_FORM, _demands(was), _demands(now))
    yield from all_turned(_FORM, _shown(was), _shown(now))


def _fields(was: Known, now: Known) -> Iterator[Names]:
    before, after = {f.name: f for f in was[0]}, {f.name: f for f in now[0]}
    for name, field in after.items():
        if name not in before:
            yield added(_called(field))
            yield from all_turned(_called(field), {_REQUIRED: _NO}, _settings(field, now[1]))
        elif field != before[name]:
            yield from _same_field((before[name], was[1]), (field, now[1]))
    for name, field in before.items():
        if name not in after:
            yield removed(_called(field))


def _same_field(was: Placed, now: Placed) -> Iterator[Names]:
    called = _called(now[0])
    said = [*all_turned(called, _settings(*was), _settings(*now))]
    if was[0].title != now[0].title:
        said.insert(0, renamed(_called(was[0]), called))
    said += _fields((was[0].columns, was[1]), (now[0].columns, now[1]))
    yield from said or [otherwise(called)]


def _settings(field: Field, fields: Mapping[str, Field]) -> dict[Names, Names]:
    look = field.look
    said = {
        _REQUIRED: _YES if field.required else _NO,
        Names("类型", "kind"): _KINDS[field.kind],
        Names("选项", "choices"): _listed([_names(each.title) for each in field.choices]),
        Names("单位", "unit"): field.unit and _names(field.unit),
        Names("说明", "description"): field.description and _names(field.description),
        Names("提示", "help"): look.help and _names(look.help),
        Names("须勾选", "must be ticked"): _text(field.must_be_true or None),
        Names("预填", "filled in with"): _text(field.default),
        Names("取自", "taken from"): _text(field.source),
        Names("何时显示", "shown when"): _listed([_when(each, fields) for each in field.show_if]),
        Names("条款", "clauses"): _text("、".join(field.clauses)),
        **{label: _text(_limit(field, name)) for name, label in _LIMITS.items()},
    }
    return {label: value for label, value in said.items() if value}


def _limit(field: Field, name: str) -> object:
    """Give a limit that the form sets; nothing for what holds of every field."""
    found = getattr(field.limits, name)
    return None if found in _ALWAYS.get(name, ()) else found


def _demands(form: Form) -> dict[Names, Names]:
    """Give what is asked across fields: required if, one of several, our rules."""
    titles = {name: _names(field.title) for name, field in form.by_name.items()}
    said: dict[Names, Names | None] = {}
    for each in form.requirements:
        fields = _listed([titles[name] for name in each.fields]) or Names("", "")
        label = Names(f"必须填写“{fields.zh}”的情形", f"“{fields.en}” required when")
        said[label] = _listed([_when(one, form.by_name) for one in each.when])
    for names in form.alternatives:
        said[Names("至少填写一项", "at least one of")] = _listed([titles[name] for name in names])
    for rule in form.rules:
        label = Names(f"规则“{rule.problem.zh}”", f"rule “{rule.problem.en}”")
        said[label] = _text(rule.text)
    return {label: value for label, value in said.items() if value}


def _when(condition: Condition, fields: Mapping[str, Field]) -> Names:
    field = fields[condition.field]
    words = {each.const: _names(each.title) for each in field.choices}
    said = [words.get(str(each)) or _text(each) or NONE for each in condition.allowed]
    return Names(
        f"{field.title.zh} = {'或'.join(each.zh for each in said)}",
        f"{field.title.en} = {' or '.join(each.en for each in said)}",
    )


def _called(field: Field) -> Names:
    names = _names(field.title).quoted
    return Names(f"字段{names.zh}", f"field {names.en}")


def _names(names: forms.Names) -> Names:
    return Names(names.zh, names.en)


def _text(value: object) -> Names | None:
    if isinstance(value, bool):
        return _YES if value else _NO
    return None if value in (None, "") else Names(str(value), str(value))


def _listed(names: Sequence[Names]) -> Names | None:
    if not names:
        return None
    return Names("、".join(each.zh for each in names), ", ".join(each.en for each in names))
