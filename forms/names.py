"""Text that a person reads, always in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Choose by a language code: anything that is not English is Chinese."""
        return self.en if lang.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Problem(Names):
    """What is wrong with one answer, told to the person who gave it."""
