"""The signatures on a paper: who has done a step, for whom, by which role, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.names import Names
from forms.paper_items import of_all_items
from forms.sheets import in_force, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forms.layout import Sign
    from forms.sheets import Sheet


@dataclass(frozen=True, slots=True)
class PaperSign:
    title: str
    name: str
    at: str


def signs_of(sign: Sign, sheets: Sequence[Sheet], lang: str) -> list[PaperSign]:
    """Give the newest signature under a form, or one for each of its items; or an empty line."""
    valid = in_force(within(sign.call, sheets))
    newest = next((sheet for sheet in reversed(valid) if sheet.form.key == sign.step), None)
    if newest is None:
        return [PaperSign(sign.title.of(lang), "", "")]
    return [_signed(sign, sheet, lang) for sheet in of_all_items(newest, valid)]


def _signed(sign: Sign, sheet: Sheet, lang: str) -> PaperSign:
    local = sheet.at.astimezone(sheet.form.zone)
    return PaperSign(
        _in_round(sign, sheet, lang), _signer(sign, sheet, lang), f"{local:%Y-%m-%d %H:%M}"
    )


def _signer(sign: Sign, sheet: Sheet, lang: str) -> str:
    """Say who signed, for whom and by which role, unless the line itself names that role."""
    who = sheet.who
    if sheet.acted_for:
        who = Names(f"{who} 代 {sheet.acted_for}", f"{who} for {sheet.acted_for}").of(lang)
    role = "" if sheet.role is None else Names(sheet.role.zh, sheet.role.en).of(lang)
    return who if role in ("", sign.title.of(lang)) else f"{who} · {role}"


def _in_round(sign: Sign, sheet: Sheet, lang: str) -> str:
    title = sign.title
    if sheet.item is not None:
        title = Names(f"{title.zh}（{sheet.item.zh}）", f"{title.en} ({sheet.item.en})")
    if sheet.round > 1:
        title = Names(f"{title.zh}（第 {sheet.round} 轮）", f"{title.en} (round {sheet.round})")
    return title.of(lang)
