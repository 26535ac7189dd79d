"""Refusals: what may not be done, why, and what to do next, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


class ToldError(Exception):
    """What went wrong, in a sentence of each language."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en


class Refusal(ToldError):  # noqa: N818 - each kind of refusal ends in Error, the idea does not
    """Something that a person asked for and cannot have; `code` is stable, for pages and logs."""

    code = "refused"

    def __init__(self, zh: str, en: str, *, case_id: UUID | None = None) -> None:
        """Take the two sentences that the person reads, and the case that they go on to."""
        super().__init__(zh, en)
        self.case_id = case_id


class NotFoundError(Refusal):
    """There is no such thing, or not for this person."""

    code = "not_found"

    def __init__(
        self,
        zh: str = "找不到所要的内容，或您无权查看。",
        en: str = "There is no such thing, or it is not yours to see.",
    ) -> None:
        """Say what is not there, or only that."""
        super().__init__(zh, en)
