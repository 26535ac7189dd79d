"""Control characters: nobody types them, and a database cannot hold them all."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

_SHOWN: Final = 60
"""Characters of a text that a message shows."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What Unicode calls control characters (Cc), and the halves of characters (Cs)."""

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a pattern of Braille that are drawn as nothing."""


def has_control(text: str) -> bool:
    """Say whether a control character stands in the text, tabs and line breaks included."""
    return _CONTROL.search(text) is not None


def is_blank(text: str) -> bool:
    """Say whether nobody would see anything of a text: blanks, invisible characters, or nothing."""
    return all(char in _FILLERS or category(char) in _UNSEEN for char in text)


def shown(text: str) -> str:
    """Return the first 60 characters of a text, each that nobody could read replaced."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in short)


def in_one_line(text: str) -> str:
    """Return a text with its tabs and line breaks, which people do type, as blanks."""
    return text.translate(_BLANKS)


_BLANKS = {ord(blank): " " for blank in "\t\r\n"}
