"""A paper of a case: the layout filled with its latest answers, and who gave them when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.names import Names
from forms.pages import Words, words_of
from forms.paper_items import of_all_items, together
from forms.paper_signs import signs_of
from forms.sheets import in_force, within
from forms.texts import FilledItem, item_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forms.fields import Values
    from forms.form import Form
    from forms.layout import Cell, Layout, PaperSection
    from forms.paper_signs import PaperSign
    from forms.sheets import Sheet
    from forms.texts import AttachedFile

_NUMERALS = "〇一二三四五六七八九"
_COLUMNS = 24
_LABEL = {1: 4, 2: 4, 3: 4, 4: 3}


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
    sections = tuple(_section(part, sheets, lang, files or {}) for part in layout.sections)
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
        tuple(each for sign in part.signs for each in signs_of(sign, sheets, lang)),
    )


def _cell(
    cell: Cell, beside: int, sheets: Sequence[Sheet], lang: str, files: Mapping[str, AttachedFile]
) -> PaperCell:
    label, width = _LABEL[beside], _COLUMNS // beside
    valid = in_force(within(cell.call, sheets))
    lines = 1 if in_force(sheets) else cell.lines
    for sheet in reversed(valid):
        answered = cell.field in sheet.values and cell.field in sheet.form.by_name
        if answered and cell.step in (None, sheet.form.key):
            alike = [s for s in of_all_items(sheet, valid) if cell.field in s.values]
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
