"""Bundles: the files of procedures, read from a folder or a version, checked, made ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import orjson

from engine.cases.firsts import shared
from engine.connectors import operators
from engine.procedures.correspondence import misspelt
from engine.procedures.digests import digest_of
from engine.procedures.formrules import misread, place, uncalled
from engine.procedures.strays import same_names, same_processes
from engine.procedures.wordlists import CLAUSES, ROLES, clause_ids, read_roles
from engine.spiff import (
    Asked,
    BrokenFilesError,
    Compiled,
    Names,
    Problem,
    at_their_steps,
    closure,
    compile_expression,
    compile_procedure,
    compile_published,
)
from forms import BrokenFormError, Form, Kind, Layout, load_form, load_layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from engine.spiff import Expression
    from forms import Field

SHIPPED = Path(__file__).resolve().parents[2]
SHIPPED_NOTE = "随产品提供 / Shipped with Banjie"
PRINTS = "forms/print/"
LIMIT = 5 * 1024 * 1024
_ASKED = {
    Kind.INTEGER: "number",
    Kind.DECIMAL: "decimal",
    Kind.MONEY: "decimal",
    Kind.DATE: "date",
    Kind.DATE_TIME: "date_time",
    Kind.BOOLEAN: "boolean",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "choices",
    Kind.ROWS: "list",
    Kind.ATTACHMENTS: "list",
}  # all others are texts
_PATTERNS = ("bpmn/**/*.bpmn", "bpmn/**/*.dmn", "bpmn/**/*.yaml", "forms/**/*.json")


class _Judge:
    """Forms judge their rules by the engine's sandboxed expressions."""

    @staticmethod
    def compile(text: str) -> Expression:
        return compile_expression(text)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One procedure made ready: what runs, its forms by ``process/element``, papers and files."""

    compiled: Compiled
    forms: Mapping[str, Form]
    papers: Mapping[str, Layout]
    files: Mapping[str, bytes]
    roles: Mapping[str, Names]

    @property
    def digest(self) -> bytes:
        """SHA-256 over the sorted paths and contents: the name of a version."""
        return digest_of(self.files)


def read_folder(folder: Path = SHIPPED) -> dict[str, bytes]:
    """Return the procedure files below a folder that holds ``bpmn/`` and ``forms/``, by path.

    Raises BrokenFilesError for a file of more than 5 MB, which is not read.
    """
    found = sorted({path for pattern in _PATTERNS for path in folder.glob(pattern)})
    large = [path for path in found if path.stat().st_size > LIMIT]
    if large:
        raise BrokenFilesError(tuple(_too_large(str(p.relative_to(folder))) for p in large))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _too_large(path: str) -> Problem:
    megabytes = LIMIT // 1024 // 1024
    return Problem(
        path,
        None,
        "file_too_large",
        f"文件超过 {megabytes} MB，未读取；请拆分或精简。",
        f"The file is over {megabytes} MB and was not read; split or slim it.",
    )


def _forms(files: Mapping[str, bytes]) -> tuple[dict[str, Form], list[Problem]]:
    forms: dict[str, Form] = {}
    problems: list[Problem] = []
    for path, schema in files.items():
        name = PurePosixPath(path)
        if name.suffix != ".json" or name.name.endswith(".ui.json") or path.startswith(PRINTS):
            continue
        key = _key(path)
        try:
            forms[key] = load_form(key, schema, files.get(path[:-5] + ".ui.json"), judge=_Judge())
        except BrokenFormError as error:
            problems.append(_broken("bad_form", error, files))
    return forms, problems


def _key(path: str) -> str:
    """Give "process/element" of a form's file, or of the file on its looks."""
    name = PurePosixPath(path)
    return f"{name.parent.name}/{name.name.removesuffix('.json').removesuffix('.ui')}"


def _asked(field: Field) -> Asked:
    limits = field.limits
    return Asked(
        _ASKED.get(field.kind, "text"),
        tuple(each.const for each in field.choices),
        limits.above if limits.minimum is None else limits.minimum,
        limits.below if limits.maximum is None else limits.maximum,
        field.source,
    )


def select(files: Mapping[str, bytes], root: str) -> dict[str, bytes]:
    """Return the files that one procedure needs: diagrams, tables, forms, papers, clauses."""
    paths = set(closure(files, root))
    processes = {PurePosixPath(path).stem for path in paths if path.endswith(".bpmn")}
    paths |= {p for p in files if p.startswith("forms/") and p.split("/")[1] in processes}
    paths |= {p for p in files if p.startswith(PRINTS) and _is_paper_of(files[p], root)}
    paths |= {p for p in files if p.startswith(CLAUSES)} | {ROLES}
    return {path: files[path] for path in sorted(paths & set(files))}


def _is_paper_of(source: bytes, root: str) -> bool:
    """Whether a paper names the procedure, or cannot be read, so that loading it says why."""
    try:
        content = orjson.loads(source)
    except orjson.JSONDecodeError:
        return True
    return not isinstance(content, dict) or content.get("procedure", root) == root


def _papers(
    files: Mapping[str, bytes], forms: Mapping[str, Form]
) -> tuple[dict[str, Layout], list[Problem]]:
    papers: dict[str, Layout] = {}
    problems: list[Problem] = []
    for path in (path for path in files if path.startswith(PRINTS)):
        key = PurePosixPath(path).stem
        try:
            papers[key] = load_layout(key, files[path], forms=forms)
        except BrokenFormError as error:
            problems.append(_broken("bad_paper", error, files))
    return papers, problems


def _broken(code: str, error: BrokenFormError, files: Mapping[str, bytes]) -> Problem:
    where = place(files.get(error.file, b""), error.pointer)
    return Problem(error.file, None, code, where.zh + error.zh, where.en + error.en)


def prepare(
    files: Mapping[str, bytes], root: str, *, calendars: Collection[str] | None = None
) -> Bundle:
    """Check one procedure's files and make it ready to run.

    `calendars` are the codes that timers may name, None if that is not known here. Raises
    BrokenFilesError with every problem found in diagrams, tables and forms together.
    """
    own = select(files, root)
    roles, clauses = read_roles(own), clause_ids(own)
    forms, problems = _forms(own)
    fields: dict[str, Mapping[str, Asked] | None]
    fields = {_key(each.file): None for each in problems}
    fields |= {key: {f.name: _asked(f) for f in form.fields} for key, form in forms.items()}
    problems += misread(forms, fields)
    try:
        compiled = compile_procedure(
            files,
            root=root,
            roles=roles,
            clauses=clauses,
            forms=fields,
            operators=operators(),
            calendars=calendars,
            shows={key: form.shows for key, form in forms.items()},
        )
    except BrokenFilesError as error:
        found = at_their_steps((*problems, *error.problems), own)
        raise BrokenFilesError(tuple(found)) from None
    papers, unprintable = ({}, []) if problems else _papers(own, forms)
    problems += [*unprintable, *uncalled(papers, compiled.diagrams)]
    if problems:
        raise BrokenFilesError(tuple(at_their_steps(problems, own)))
    return Bundle(compiled, forms, papers, own, roles)


def load(files: Mapping[str, bytes], root: str) -> Bundle:
    """Make published files ready to run; what publishing checks is not asked again.

    Raises BrokenFilesError for a file that cannot be read at all.
    """
    roles = read_roles(files)
    forms, problems = _forms(files)
    papers, unprintable = _papers(files, forms)
    if problems or unprintable:
        raise BrokenFilesError((*problems, *unprintable))
    fields = {key: frozenset(field.name for field in form.fields) for key, form in forms.items()}
    compiled = compile_published(files, root=root, roles=roles, forms=fields)
    return Bundle(compiled, forms, papers, files, roles)


def prepare_all(
    files: Mapping[str, bytes], roots: Iterable[str], *, calendars: Collection[str] | None = None
) -> list[Bundle]:
    """Prepare every procedure among the files. Raises BrokenFilesError with all problems."""
    large = [path for path, content in files.items() if len(content) > LIMIT]
    if large:
        raise BrokenFilesError(tuple(map(_too_large, large)))
    copies = list(same_processes(files))
    bundles, problems = [], dict.fromkeys([*same_names(files), *copies])
    copied = {PurePosixPath(problem.file).stem for problem in copies}
    for root in roots:
        if root in copied:
            continue
        try:
            bundles.append(prepare(files, root, calendars=calendars))
        except BrokenFilesError as error:
            problems.update(dict.fromkeys(error.problems))
    problems.update(dict.fromkeys([*shared(bundles), *misspelt(bundles)]))
    if problems:
        raise BrokenFilesError(tuple(problems))
    return bundles
