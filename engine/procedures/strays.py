"""Files that mean nothing, or two things: the same name twice, and what no procedure uses."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from engine.spiff import Problem, process_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

_READ = (".bpmn", ".dmn")
_BESIDE = frozenset({".py", ".md", ".pyc"})


def same_names(paths: Collection[str]) -> Iterator[Problem]:
    """Refuse two diagrams, or two tables, of one id: nobody could say which of them counts."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(paths):
        name = PurePosixPath(path)
        if name.suffix in _READ:
            found[name.stem, name.suffix].append(path)
    for (stem, _), same in found.items():
        if len(same) > 1:
            yield Problem(
                same[1],
                stem,
                "same_name",
                f"有几个文件的 id 都是“{stem}”：{'、'.join(same)}。请只留一个。",
                f'Several files have the id "{stem}": {", ".join(same)}. Keep one.',
            )


def same_processes(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Refuse a diagram that was copied and kept the process id of the other.

    Whichever is called like the process is the original.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for path, process in process_ids(files).items():
        found[process].append(path)
    for process, paths in found.items():
        paths.sort(key=lambda path: (PurePosixPath(path).stem != process, path))
        for path in paths[1:] if len({PurePosixPath(path).stem for path in paths}) > 1 else ():
            name = PurePosixPath(path).stem
            yield Problem(
                path,
                process,
                "same_process",
                f"流程的 id“{process}”与 {paths[0]} 相同。若是复制来的新图，"
                f"请把流程的 id 改为文件名“{name}”，表单放在 forms/{name}/。",
                f'The process id "{process}" is the same as in {paths[0]}. If this is a copy for a '
                f'new diagram, change its process id to "{name}", like the file, and put its forms '
                f"into forms/{name}/.",
            )


def unused(folder: Path, used: Collection[str]) -> list[str]:
    """Return the files below ``bpmn/`` and ``forms/`` of a folder that no procedure uses."""
    found = [path for part in ("bpmn", "forms") for path in (folder / part).rglob("*")]
    named = {p.relative_to(folder).as_posix() for p in found if p.is_file()}
    return sorted(path for path in named - set(used) if PurePosixPath(path).suffix not in _BESIDE)
