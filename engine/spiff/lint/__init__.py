"""What a procedure's files must be before they are published: one function a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.spiff.bundle import Bundle
    from engine.spiff.model import Problem


def check(bundle: Bundle) -> list[Problem]:
    """Judge the files by every rule and give all problems found."""
    return [problem for table in bundle.tables.values() for problem in table.problems]
