"""What a message brings for a start form: read by the form like what a person types."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from engine.errors import Refusal
from forms import Answered, Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from forms import Form

_MOST_TOLD: Final = 20
_UNKNOWN: Final = Problem("表单没有这个字段。请删去。", "The form has no such field. Leave it out.")
_SHAPE: Final = Problem(
    "结构不对：单项填一个值，多选填一列值，表格填一列对象。",
    "Wrong shape: one value for a field, a list of values for several choices, a list of objects "
    "for rows.",
)
_NO_FILES: Final = Problem(
    "消息不能带附件。请留空，立案后再上传。",
    "A message brings no files. Leave it empty and upload them once the case is open.",
)


class BadContentError(Refusal):
    """What a message brings does not pass the start form.

    ``refused`` is by JSON pointer, "" being the form as a whole.
    """

    code = "bad_content"

    def __init__(self, form: Form, problems: Mapping[str, Problem]) -> None:
        told = list(problems.items())[:_MOST_TOLD]
        zh = "；".join(f"{_named(form, at, 'zh')}：{said.zh}" for at, said in told)
        en = "; ".join(f"{_named(form, at, 'en')}: {said.en}" for at, said in told)
        super().__init__(
            f"消息内容不符合表单“{form.title.zh}”：{zh}",
            f"The content does not pass the form “{form.title.en}”: {en}",
        )
        self.refused = dict(problems)


def read_content(
    form: Form,
    content: Mapping[str, Any],
    *,
    beside: Mapping[str, Any] = MappingProxyType({}),
    now: datetime,
) -> dict[str, Any]:
    """Return the values of a start form that a message brings. Raises BadContentError.

    Every name of ``content`` must be a field of the form; of ``beside`` only those that are count.
    """
    known = {name: value for name, value in beside.items() if name in form.by_name}
    whole = {**known, **content}
    answers = form.read(Answered(whole), today=form.day(now))
    problems = {**answers.problems, **dict(_misplaced(form, whole))}
    if problems:
        raise BadContentError(form, problems)
    return answers.values


def _misplaced(form: Form, content: Mapping[str, Any]) -> Iterator[tuple[str, Problem]]:
    for name, value in content.items():
        field = form.by_name.get(name)
        if field is None:
            yield f"/{name}", _UNKNOWN
        elif field.kind is Kind.ATTACHMENTS and value:
            yield f"/{name}", _NO_FILES
        elif not _fits(field.kind, value):
            yield f"/{name}", _SHAPE


def _fits(kind: Kind, value: object) -> bool:
    if kind in (Kind.ROWS, Kind.CHOICES):
        each = value if isinstance(value, list) else []
        cells = [c for row in each for c in (row.values() if isinstance(row, dict) else [row])]
        whole = all(isinstance(row, dict) == (kind is Kind.ROWS) for row in each)
        return (value is None or isinstance(value, list)) and whole and all(map(_is_one, cells))
    return _is_one(value)


def _is_one(value: object) -> bool:
    return not isinstance(value, list | dict)


def _named(form: Form, pointer: str, lang: str) -> str:
    name = pointer.split("/")[1] if pointer else ""
    field = form.by_name.get(name)
    if field is None:
        return f"“{name[:60]}”"
    title = field.title.of(lang)
    return f"“{title}”（{name}）" if lang == "zh" else f"“{title}” ({name})"
