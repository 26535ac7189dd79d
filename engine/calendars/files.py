"""Days of a calendar from a CSV file, however Excel, WPS or a person wrote it."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Final

from engine.calendars.cells import CellError, day_in, hours_in, hours_said, is_off, note_in
from engine.errors import Refusal
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from engine.calendar import Span

MOST_BYTES: Final = 1024 * 1024
MOST_LINES: Final = 5000
_WORKBOOK: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
COLUMNS: Final = {
    "date": Names("日期", "date"),
    "kind": Names("休/班", "kind"),
    "hours": Names("上班时间", "hours"),
    "note": Names("备注", "note"),
}
_HEADINGS: Final = {
    **dict.fromkeys(("date", "day", "日期", "日子", "年月日"), "date"),
    **dict.fromkeys(("kind", "type", "off|work", "off/work", "off or work"), "kind"),
    **dict.fromkeys(("休/班", "休|班", "休或班", "休班", "类型", "种类", "性质"), "kind"),
    **dict.fromkeys(("hours", "time", "上班时间", "工作时间", "时间", "班次"), "hours"),
    **dict.fromkeys(("note", "name", "remark", "备注", "说明", "节日", "名称"), "note"),
}
_FORMULA: Final = Names(
    "每行：日期，休 或 班，上班时间（可空），备注（可空），如 2027-02-06,休,,春节",
    "Each line: date, off or work, hours (may be empty), note (may be empty), such as "
    "2027-02-06,off,,Spring Festival",
)


_HEADING: Final = Names(
    "标题请写 date,kind,hours,note，或 日期,休/班,上班时间,备注；也可以不写标题",
    "Write date,kind,hours,note, or leave the heading out",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One day of a file; `spans` is None if it is worked like an ordinary day, () if it is off."""

    number: int
    day: date
    spans: tuple[Span, ...] | None
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a file; `column` is None for a whole line or file."""

    line: int
    column: Names | None
    text: Names

    @property
    def said(self) -> Names:
        """The place and the reason in words."""
        zh, en = f"第 {self.line} 行", f"Line {self.line}"
        if self.column is not None:
            zh, en = f"{zh}“{self.column.zh}”", f"{en}, “{self.column.en}”"
        return Names(f"{zh}：{self.text.zh}", f"{en}: {self.text.en}")


class BadCalendarFileError(Refusal):
    """Lines of a calendar's file cannot be read; nothing of it is taken over."""

    code = "bad_calendar_file"

    def __init__(self, faults: Sequence[Fault]) -> None:
        said = [fault.said for fault in faults]
        super().__init__(
            "\n".join(
                [f"有 {len(said)} 处需要更正，没有导入任何一天。", *(one.zh for one in said)]
            ),
            "\n".join(
                [f"{len(said)} thing(s) to correct; no day was imported.", *(s.en for s in said)]
            ),
        )
        self.faults = tuple(faults)


def read(content: bytes) -> tuple[Line, ...]:
    """Return the days of a file in its order. Raises BadCalendarFileError with every fault."""
    rows = list(_rows(_text(content)))
    if len(rows) > MOST_LINES:
        raise _refused(
            f"超过 {MOST_LINES} 行，请分开导入", f"more than {MOST_LINES} lines; split it"
        )
    order = _order(rows[0][1]) if rows else None
    if rows and _is_strange(rows[0][1], order):
        raise _refused(
            f"标题认不出。{_HEADING.zh}",
            f"the heading is not understood. {_HEADING.en}",
            rows[0][0],
        )
    if order is None:
        order = list(COLUMNS)
    else:
        del rows[0]
    lines, faults = _lines(rows, order)
    if faults:
        raise BadCalendarFileError(faults)
    if not lines:
        raise _refused(f"没有任何一天。{_FORMULA.zh}", f"there is no day in it. {_FORMULA.en}")
    return tuple(lines)


def _refused(zh: str, en: str, line: int = 1) -> BadCalendarFileError:
    return BadCalendarFileError([Fault(line, None, Names(f"{zh}。".replace("。。", "。"), en))])


def _text(content: bytes) -> str:
    """Decode what Excel, WPS and editors write: UTF-8 with or without BOM, UTF-16, GB18030."""
    if len(content) > MOST_BYTES:
        raise _refused("文件超过 1 MB", "the file is over 1 MB")
    if content.startswith(_WORKBOOK):
        raise _refused(
            "这是 Excel 工作簿；请在 Excel 或 WPS 中另存为 CSV 再导入",
            "this is an Excel workbook; save it as CSV and import that",
        )
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused(
        "文字编码无法识别；请另存为 UTF-8 或 GB18030 的 CSV",
        "its characters cannot be read; save it as CSV in UTF-8 or GB18030",
    )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the lines that have something in them, full-width characters made narrow."""
    plain = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n")
    first = next(filter(str.strip, plain.split("\n")), "")
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(StringIO(plain), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error:
        zh, en = (
            "引号没有成对，这一行读不出来",
            "a quotation mark stands alone; the line is unreadable",
        )
        raise _refused(zh, en, reader.line_num) from None


def _order(cells: list[str]) -> list[str] | None:
    """Return the column of each cell of a heading, or None if the first line is a day."""
    found = [_HEADINGS.get(cell.lower(), "") for cell in cells]
    return found if "date" in found else None


def _is_strange(cells: list[str], order: list[str] | None) -> bool:
    """Whether the first line is a heading that lacks a column, or of which none is known."""
    if order is not None:
        return "kind" not in order
    return not any(character.isdecimal() for cell in cells for character in cell)


def _lines(rows: list[tuple[int, list[str]]], order: list[str]) -> tuple[list[Line], list[Fault]]:
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: dict[date, int] = {}
    for number, cells in rows:
        try:
            line = line_of(dict(zip(order, cells, strict=False)), number)
        except CellError as error:
            column = COLUMNS[error.column]
            faults.append(Fault(number, column, Names(error.zh, error.en)))
            continue
        if (earlier := seen.setdefault(line.day, number)) != number:
            zh = f"{line.day} 在第 {earlier} 行已经写过；一天只写一行。"
            en = f"{line.day} stands in line {earlier} already; give each day one line."
            faults.append(Fault(number, COLUMNS["date"], Names(zh, en)))
        lines.append(line)
    return lines, faults


def line_of(cells: Mapping[str, str], number: int = 1) -> Line:
    """Read the cells `date`, `kind`, `hours` and `note` of one day. Raises CellError."""
    day = day_in(cells.get("date", ""))
    off = is_off(cells.get("kind", ""))
    hours = hours_in(cells.get("hours", ""))
    if off and hours:
        raise CellError(
            "hours",
            "休息日不写上班时间；上班的日子请写“班”。",
            'A day off has no hours; write "work" for a day that is worked.',
        )
    return Line(number, day, () if off else hours, note_in(cells.get("note", "")))


def written(lines: Iterable[Line]) -> str:
    """Return days as a file says them."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        kind, hours = "off" if line.spans == () else "work", hours_said(line.spans or ())
        writer.writerow([line.day.isoformat(), kind, hours, line.note])
    return text.getvalue()
