"""What forms and papers say, held against their fields and against the diagrams."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from engine.spiff import Expression, Names, Problem, wrong_in_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff import Asked, Diagram
    from forms import Form, Layout


_FIELD: Final = re.compile("/properties/([^/]+)")


def place(source: bytes, pointer: str) -> Names:
    """Say where in a file something stands: a form's field by its title, with the JSON pointer."""
    title, found = None, _FIELD.match(pointer)
    if found is not None:
        field = json.loads(source.decode("utf-8-sig"))["properties"].get(found[1])
        title = field.get("title") if isinstance(field, dict) else None
    if not isinstance(title, str) or not title:
        return Names(f"{pointer} ", f"{pointer} ") if pointer else Names("", "")
    return Names(f"字段“{title}”（{pointer}）：", f"Field “{title}” ({pointer}): ")


def misread(
    forms: Mapping[str, Form], fields: Mapping[str, Mapping[str, Asked] | None]
) -> Iterator[Problem]:
    """Give the rules that compare amounts as texts, or fields with what they can never be."""
    for key, form in forms.items():
        for rule in form.rules:
            if isinstance(rule.check, Expression):
                yield from wrong_in_form(f"forms/{key}.json", rule.check.text, fields[key] or {})


def uncalled(papers: Mapping[str, Layout], diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Give the calls of papers that are not drawn to call the process of their step."""
    drawn = {pair for diagram in diagrams.values() for pair in diagram.calls.items()}
    for key, layout in papers.items():
        signs = {(sign.call, sign.step) for part in layout.sections for sign in part.signs}
        cells = {
            (cell.call, cell.step) for part in layout.sections for r in part.rows for cell in r
        }
        for call, step in sorted((c, s) for c, s in signs | cells if c and s):
            if (call, step.partition("/")[0]) not in drawn:
                yield Problem(
                    f"forms/print/{key}.json",
                    call,
                    "unknown_call",
                    f"call 写的“{call}”不是调用“{step}”所在流程的调用活动。"
                    "请写图上那个调用活动的 id，或去掉 call。",
                    f'"{call}" under call is no call activity that calls the process of "{step}". '
                    "Write the id of the call activity in the diagram, or drop call.",
                )
