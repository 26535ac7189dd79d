"""Reasons: what somebody writes down who does what only they may do."""

from __future__ import annotations

from typing import Final

from engine.control import has_control, in_one_line, is_blank
from engine.errors import Refusal

LONGEST: Final = 1000


class BadReasonError(Refusal):
    """A reason is missing, invisible, too long, or has characters that nobody can read."""

    code = "bad_reason"

    def __init__(self) -> None:
        super().__init__(
            f"请写明原因，{LONGEST} 字以内。",
            f"Say why, in {LONGEST} characters or fewer.",
        )


def checked_reason(reason: str) -> str:
    """Return a reason without blanks around it. Raises BadReasonError."""
    said = reason.strip()
    if is_blank(said) or len(said) > LONGEST or has_control(in_one_line(said)):
        raise BadReasonError
    return said
