"""What a Chinese sentence about files may hold of Latin letters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff import Problem

ROOT: Final = Path(__file__).parents[2]
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CODE: Final = re.compile(r"`[^`\n]+`")
_GUIDES: Final = ("bpmn/README.md", "forms/README.md")
WRITTEN: Final = frozenset(
    {word for path in _GUIDES for code in _CODE.findall((ROOT / path).read_text("utf-8"))
     for word in _WORD.findall(code)}
)  # fmt: skip
"""Words that people are told to write, in the guides that they are given."""
ORDINARY: Final = frozenset(
    {
        "BPMN", "DMN", "XML", "JSON", "YAML", "UTF", "Excel", "Word", "MB", "DOCTYPE", "English",
        "id", "or", "is", "True", "False", "standard", "case_closed", "isExecutable", "processRef",
        "loopCardinality", "cancelActivity", "additionalProperties",
    }
)  # fmt: skip
"""Kinds of files, and what else people are told to write."""
_TAG: Final = re.compile(r"<[\w:]+>")


def foreign_words(problem: Problem, files: Mapping[str, bytes]) -> set[str]:
    """Give the words of its Chinese sentence that neither its files, nor a guide, nor we have."""
    quoted = {word for content in files.values()
              for word in _WORD.findall(content.decode("utf-8", "ignore"))}  # fmt: skip
    named = {word for path in (*files, problem.file, problem.element or "")
             for word in _WORD.findall(path)}  # fmt: skip
    return set(_WORD.findall(_TAG.sub("", problem.zh))) - quoted - named - WRITTEN - ORDINARY
