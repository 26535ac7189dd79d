from __future__ import annotations


class BrokenFormError(Exception):
    """A form's file cannot be used: where it breaks, why, and what to write instead."""

    code = "broken_form"

    def __init__(self, file: str, pointer: str, zh: str, en: str) -> None:
        super().__init__(f"{file}#{pointer}: {zh} / {en}")
        self.file = file
        self.pointer = pointer
        self.zh = zh
        self.en = en
