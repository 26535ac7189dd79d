"""Problems of forms' files, told with the step that the form belongs to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from engine.spiff.files.bpmn_file import read_sheet
from engine.spiff.files.labels import label
from engine.spiff.files.sheet import names_of
from engine.spiff.files.sources import stem
from engine.spiff.files.xml import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.model import Problem


def at_their_steps(problems: Iterable[Problem], files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Give problems with, before those of a form, its step or start and the diagram of that."""
    sheets: dict[str, Sheet | None] = {}
    for each in problems:
        path = PurePosixPath(each.file)
        if path.parts[0] == "forms":
            process = path.parent.name
            if process not in sheets:
                sheets[process] = _sheet(process, files)
            yield _at(each, path.name.split(".")[0], sheets[process])
        else:
            yield each


def _sheet(process: str, files: Mapping[str, bytes]) -> Sheet | None:
    path = next((path for path in files if path.endswith(".bpmn") and stem(path) == process), None)
    try:
        return read_sheet(path, files[path]) if path else None
    except UnreadableError:
        return None


def _at(problem: Problem, element: str, sheet: Sheet | None) -> Problem:
    node = sheet.nodes.get(element) if sheet else None
    if sheet is None or node is None:
        return problem
    process = sheet.process_id
    step, diagram = label(node.names, element), names_of(sheet.process)
    return replace(
        problem,
        zh=f"《{diagram.zh or process}》“{step.zh}”的表单：{problem.zh}",
        en=f'Form of "{step.en}" in "{diagram.en or process}": {problem.en}',
    )
