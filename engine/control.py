"""Control characters: nobody types them, and PostgreSQL's texts cannot hold NUL."""

from __future__ import annotations

from unicodedata import category


def has_control(text: str) -> bool:
    """Say whether a control character stands in the text, tabs and line breaks included."""
    return any(category(character) == "Cc" for character in text)
