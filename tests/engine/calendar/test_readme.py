"""What bpmn/README.md tells people to write can be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.calendar import parse_cycle, parse_date, parse_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.calendar import Cycle, Limit, Point

README = Path(__file__).parents[3] / "bpmn/README.md"
READERS: dict[str, Callable[[str], Limit | Point | Cycle]] = {
    "期限": parse_limit,
    "日期": parse_date,
    "周期": parse_cycle,
}


def test_whatever_the_readme_shows_is_read_and_both_columns_mean_the_same() -> None:
    section = README.read_text(encoding="utf-8").split("## Deadlines")[1].split("\n## ")[0]
    reader: Callable[[str], Limit | Point | Cycle] | None = None
    seen = 0
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if heading := re.fullmatch(r"\*\*(\S+)\*\*", cells[0]):
            reader = READERS[heading[1]]
        elif reader is not None and line.startswith("|"):
            zh, en = (re.findall(r"`([^`]+)`", cell) for cell in cells[:2])
            meant = {reader(text).words for text in zh}
            for text in en:
                whole = text.replace("…", en[0].split(",")[0])
                assert reader(whole).words in meant, text
                seen += 1
    assert seen > 25
