"""What a call hands over: a form of the called diagram that shows it has it among its choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.spiff.lint.people import constants, holding_roles
from engine.spiff.lint.told import meant
from engine.spiff.lint.values import texts
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sources import Sources
    from engine.spiff.model import Asked


def forms_can_show(sources: Sources) -> Iterator[Problem]:
    """Let scripts of calls hand over only what the choices that begin with it offer.

    What is no role, but should be one, is told of by that.
    """
    wrong_anyhow = holding_roles(sources)
    for text in texts(sources):
        node = text.sheet.nodes.get(text.element)
        if not text.script or node is None or not node.called:
            continue
        for name, value in constants(text):
            if name in wrong_anyhow and value not in sources.roles:
                continue
            for form, field, asked in _showing(sources, node.called, name):
                if value is None or value in asked.choices:
                    continue
                zh, en = meant(str(value), asked.choices)
                yield Problem(
                    text.sheet.file, node.id, "no_such_choice",
                    f"“{node.id}”的脚本把“{name}”设为“{value}”，但 {form} 的“{field}”没有这个选项。"
                    f"{zh or '请改用其中一个选项，或给表单加上它。'}",
                    f'The script of "{node.id}" sets "{name}" to "{value}", which "{field}" of '
                    f"{form} does not offer.{en or ' Use one of its choices, or add this one.'}",
                )  # fmt: skip


def _showing(sources: Sources, process: str, name: str) -> Iterator[tuple[str, str, Asked]]:
    """Give the fields of a diagram's forms that offer choices and begin with a variable."""
    for key, fields in sources.forms.items():
        if key.split("/")[0] == process and isinstance(fields, Mapping):
            for field, asked in fields.items():
                if asked.source == name and asked.kind == "choice":
                    yield f"forms/{key}.json", field, asked
