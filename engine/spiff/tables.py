"""Reading a DMN file into the table that people see and the one that decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.spiff.grids import read_grid
from engine.spiff.heads import NS, Reader
from engine.spiff.xml import DMN, UnreadableError, read_root

if TYPE_CHECKING:
    from lxml import etree

    from engine.spiff.decisions import Decider
    from engine.spiff.model import Problem


@dataclass(frozen=True)
class TableReading:
    """A table as far as it could be read; `decider` is None when there are problems.

    `outputs` are the names that it fills, None if that cannot be read either.
    """

    file: str
    id: str
    decider: Decider | None
    problems: tuple[Problem, ...]
    root: etree._Element | None = field(default=None, repr=False, compare=False)
    outputs: tuple[str, ...] | None = None


def read_table(file: str, data: bytes) -> TableReading:
    """Read one DMN file; what is wrong with it comes back as problems, by row and column."""
    try:
        root = read_root(file, data, namespace=DMN)
    except UnreadableError as error:
        return TableReading(file, "", None, (error.problem,))
    reader = Reader(file)
    decisions = root.findall("dmn:decision", NS)
    if len(decisions) != 1:
        reader.refuse(
            None, "one_decision",
            f"文件中有 {len(decisions)} 个决策，应恰有一个。请分成几个文件。",
            f"The file holds {len(decisions)} decisions; it must hold one. Split the file.",
        )  # fmt: skip
        return TableReading(file, "", None, tuple(reader.problems))
    decision = decisions[0]
    decider = read_grid(reader, decision)
    problems = tuple(reader.problems)
    outputs = decider.outputs if decider else None
    id_ = decision.get("id") or ""
    return TableReading(file, id_, None if problems else decider, problems, root, outputs)
