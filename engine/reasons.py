"""Reasons: what somebody writes down who does what only they may do."""

from __future__ import annotations

from typing import Final

from engine.control import has_control, in_one_line, is_blank
from engine.errors import Refusal

LONGEST: Final = 1000


class BadReasonError(Refusal):
    """A reason is missing, invisible, too long, or has characters that nobody can read."""

    code = "bad_reason"

    def __init__(self, length: int = 0) -> None:
        if length > LONGEST:
            more = length - LONGEST
            super().__init__(
                f"这里最多 {LONGEST} 字，您写了 {length} 字；请删减 {more} 字后再提交。",
                f"{LONGEST} characters go in here, and you wrote {length}; leave {more} out.",
            )
            return
        super().__init__(
            f"请写明原因，{LONGEST} 字以内。",
            f"Say why, in {LONGEST} characters or fewer.",
        )


def checked_reason(reason: str) -> str:
    """Return a reason without blanks around it. Raises BadReasonError."""
    said = reason.strip()
    if is_blank(said) or len(said) > LONGEST or has_control(in_one_line(said)):
        raise BadReasonError(len(said))
    return said
