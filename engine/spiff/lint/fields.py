"""What forms fill under one name: always one type, as conditions read it; and what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.lint.rooms import Rooms
from engine.spiff.model import Asked, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.sources import Sources

_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("文字", "a text"),
    "choice": ("文字", "a text"),
    "number": ("整数", "a whole number"),
    "decimal": ("小数或金额", "a decimal or an amount"),
    "date": ("日期", "a date"),
    "date_time": ("日期时间", "a moment"),
    "boolean": ("是否", "yes or no"),
    "choices": ("多选", "several choices"),
    "list": ("清单", "a list"),
}


def fields_agree(sources: Sources) -> Iterator[Problem]:
    """Refuse two forms of a procedure that fill one variable as different types."""
    first: dict[str, tuple[str, tuple[str, str]]] = {}
    for key, fields in sorted(sources.forms.items()):
        process, _, element = key.partition("/")
        sheet = sources.sheets.get(process)
        if sheet is None or element not in sheet.nodes:
            continue
        for name, kind in _typed(fields):
            other, before = first.setdefault(name, (key, kind))
            if before != kind:
                yield Problem(
                    sheet.file, element, "field_of_two_types",
                    f"变量“{name}”在 forms/{other}.json 里是{before[0]}，在 forms/{key}.json 里是"
                    f"{kind[0]}。请改成同一类型，或给其中一个另起名字。",
                    f'"{name}" is {before[1]} in forms/{other}.json and {kind[1]} in '
                    f"forms/{key}.json. Give both one type, or one of them another name.",
                )  # fmt: skip


def starts_show_nothing(sources: Sources) -> Iterator[Problem]:
    """Refuse a form that opens a case and shows variables: there are none yet."""
    for key, shown in sources.shows.items():
        process, _, element = key.partition("/")
        node = sources.sheets[process].nodes.get(element) if process in sources.sheets else None
        if shown and node is not None and node.kind == "startEvent":
            yield Problem(
                f"forms/{key}.json", element, "start_shows",
                "发起时还没有任何资料可显示。请把 x-shows 移到后面步骤的表单。",
                "Nothing is known yet when a case is opened. Move x-shows to the form of a later "
                "step.",
            )  # fmt: skip


def shown_are_written(sources: Sources) -> Iterator[Problem]:
    """Refuse what a form shows that no form asks for, unless it says there how it is written.

    What nothing fills is told of as such.
    """
    if sources.is_partly_unknown:
        return
    asked = {name for fields in sources.forms.values() for name in fields or ()}
    rooms = Rooms(sources)
    for key, shown in sources.shows.items():
        for name in sorted({name for name, said in shown.items() if said is None} - asked):
            if rooms.elsewhere(name) is not None:
                yield Problem(
                    f"forms/{key}.json", key.partition("/")[2], "shown_unwritten",
                    f"x-shows 里的“{name}”没有表单填写，不知道怎么显示。"
                    "请写明 type 和中英文 title，有选项的再写 oneOf。",
                    f'No form asks for "{name}" in x-shows, so how to show it is not known. Write '
                    "its type and both titles, and oneOf where it is one of several.",
                )  # fmt: skip


def _typed(fields: object) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, asked in fields.items() if isinstance(fields, dict) else ():
        if isinstance(asked, Asked) and asked.kind in _TYPES:
            yield name, _TYPES[asked.kind]
