"""A paper of a case: the layout filled with its latest answers, and who gave them when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from forms.names import Names
from forms.pages import Words, words_of
from forms.paper_items import of_all_items, together
from forms.texts import FilledItem, item_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from forms.fields import JSON, Values
    from forms.form import Form
    from forms.layout import Cell, Layout, PaperSection, Sign
    from forms.texts import AttachedFile

_NUMERALS = "〇一二三四五六七八九"
_COLUMNS = 24
_LABEL = {1: 4, 2: 4, 3: 4, 4: 3}


class Sheet(Protocol):
    """One form of the case as it was sent: by whom, when (aware), with which values.

    `round` counts from 1; a superseded sheet was sent in a round that was done again since. An
    `item` tells apart the sheets of a form that several people fill, each for one thing.
    """

    @property
    def form(self) -> Form: ...
    @property
    def who(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def values(self) -> Mapping[str, JSON]: ...
    @property
    def round(self) -> int: ...
    @property
    def superseded(self) -> bool: ...
    @property
    def item(self) -> Names | None: ...


AnySheet = TypeVar("AnySheet", bound=Sheet)


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above every paper; an empty number prints as a line to write on.

    `mark` says what kind of sheet this is, where it is no longer in force.
    """

    company: Names
    number: str
    code: str = ""
    mark: Names | None = None


@dataclass(frozen=True, slots=True)
class PaperCell:
    item: FilledItem
    lines: int
    label_span: int
    value_span: int


@dataclass(frozen=True, slots=True)
class PaperSign:
    title: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class PaperSectionView:
    title: str
    rows: tuple[tuple[PaperCell, ...], ...]
    signs: tuple[PaperSign, ...]


@dataclass(frozen=True, slots=True)
class PaperCopy:
    """One sheet to hand out; all texts empty when the paper has no copies."""

    number: str
    to: str
    purpose: str


@dataclass(frozen=True, slots=True)
class PaperView:
    lang: str
    company: str
    title: str
    second_title: str
    number: str
    code: str
    landscape: bool
    copies: tuple[PaperCopy, ...]
    sections: tuple[PaperSectionView, ...]
    note: str
    mark: str
    has_our_default: bool
    words: Words


def paper(
    layout: Layout,
    sheets: Sequence[Sheet],
    heading: Heading,
    *,
    lang: str,
    copy: int | None = None,
    files: Mapping[str, AttachedFile] | None = None,
) -> PaperView:
    """Fill a layout from a case's forms, oldest first; the latest answer in force counts.

    What the newest filling of a form hides is blank, and so is what a redone round had said.
    All copies follow each other, or only the one with the number `copy`.
    """
    valid = in_force(sheets)
    sections = tuple(_section(part, valid, lang, files or {}) for part in layout.sections)
    cells = [cell for part in sections for row in part.rows for cell in row]
    titles = (layout.title.zh, layout.title.en)
    return PaperView(
        lang="en" if lang.startswith("en") else "zh",
        company=heading.company.of(lang),
        title=layout.title.of(lang),
        second_title=next(title for title in (*titles, "") if title != layout.title.of(lang)),
        number=heading.number,
        code=heading.code,
        landscape=layout.landscape,
        copies=_copies(layout, copy, lang),
        sections=sections,
        note=layout.note.of(lang) if layout.note else "",
        mark=heading.mark.of(lang) if heading.mark else "",
        has_our_default=any(cell.item.our_default for cell in cells),
        words=words_of(lang),
    )


def in_force(sheets: Iterable[AnySheet]) -> list[AnySheet]:
    """Keep of every form and item the newest sheet, unless its round was done again; in order."""
    newest: dict[object, AnySheet] = {}
    for sheet in sheets:
        newest.pop((sheet.form.key, sheet.item), None)
        newest[sheet.form.key, sheet.item] = sheet
    return [sheet for sheet in newest.values() if not sheet.superseded]


def _copies(layout: Layout, only: int | None, lang: str) -> tuple[PaperCopy, ...]:
    every = len(layout.copies)
    wanted = [copy for copy in layout.copies if only in (None, copy.number)]
    return tuple(
        PaperCopy(
            number=Names(
                f"第{_numeral(copy.number)}联（共{_numeral(every)}联）",
                f"Copy {copy.number} of {every}",
            ).of(lang),
            to=copy.to.of(lang),
            purpose=copy.purpose.of(lang) if copy.purpose else "",
        )
        for copy in wanted
    ) or (PaperCopy("", "", ""),)


def _numeral(number: int) -> str:
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number)


def _section(
    part: PaperSection, sheets: Sequence[Sheet], lang: str, files: Mapping[str, AttachedFile]
) -> PaperSectionView:
    return PaperSectionView(
        part.title.of(lang) if part.title else "",
        tuple(
            tuple(_cell(cell, len(row), sheets, lang, files) for cell in row) for row in part.rows
        ),
        tuple(each for sign in part.signs for each in _signs(sign, sheets, lang)),
    )


def _cell(
    cell: Cell, beside: int, sheets: Sequence[Sheet], lang: str, files: Mapping[str, AttachedFile]
) -> PaperCell:
    label, width = _LABEL[beside], _COLUMNS // beside
    lines = 1 if sheets else cell.lines
    for sheet in reversed(sheets):
        answered = cell.field in sheet.values and cell.field in sheet.form.by_name
        if answered and cell.step in (None, sheet.form.key):
            alike = [s for s in of_all_items(sheet, sheets) if cell.field in s.values]
            found = [_answer(one.form, cell, one.values, lang, files) for one in alike]
            item = together([one.item for one in alike], found, lang)
            return PaperCell(item, lines, label, width - label)
    return PaperCell(FilledItem(cell.label.of(lang), ""), lines, label, width - label)


def _answer(
    form: Form, cell: Cell, values: Values, lang: str, files: Mapping[str, AttachedFile]
) -> FilledItem:
    item = item_of(form, form.by_name[cell.field], values[cell.field], lang, files)
    return FilledItem(
        label=cell.label.of(lang),
        text="" if values[cell.field] in (None, "", []) else item.text,
        columns=item.columns,
        rows=item.rows,
        files=item.files,
        our_default=item.our_default,
    )


def _signs(sign: Sign, sheets: Sequence[Sheet], lang: str) -> list[PaperSign]:
    """Give the newest signature under a form, or one for each of its items; or an empty line."""
    newest = next((sheet for sheet in reversed(sheets) if sheet.form.key == sign.step), None)
    if newest is None:
        return [PaperSign(sign.title.of(lang), "", "")]
    return [_signed(sign, sheet, lang) for sheet in of_all_items(newest, sheets)]


def _signed(sign: Sign, sheet: Sheet, lang: str) -> PaperSign:
    local = sheet.at.astimezone(sheet.form.zone)
    return PaperSign(_in_round(sign, sheet, lang), sheet.who, f"{local:%Y-%m-%d %H:%M}")


def _in_round(sign: Sign, sheet: Sheet, lang: str) -> str:
    title = sign.title
    if sheet.item is not None:
        title = Names(f"{title.zh}（{sheet.item.zh}）", f"{title.en} ({sheet.item.en})")
    if sheet.round > 1:
        title = Names(f"{title.zh}（第 {sheet.round} 轮）", f"{title.en} (round {sheet.round})")
    return title.of(lang)
