from __future__ import annotations


class DatabaseStartError(Exception):
    """The embedded PostgreSQL cannot be started; zh and en give the reason and the cure."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
