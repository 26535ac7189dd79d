"""Control characters: nobody types them, and PostgreSQL's texts cannot hold NUL."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""What Unicode calls control characters (Cc)."""


def has_control(text: str) -> bool:
    """Say whether a control character stands in the text, tabs and line breaks included."""
    return _CONTROL.search(text) is not None


def in_one_line(text: str) -> str:
    """Return a text with its tabs and line breaks, which people do type, as blanks."""
    return text.translate(_BLANKS)


_BLANKS = {ord(blank): " " for blank in "\t\r\n"}
