"""The tabs of a drawing: each diagram's address, and on a case the path that was taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from web.language import t

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.history.path import DiagramView
    from engine.procedures import Version
    from engine.spiff import Diagram, Names


@dataclass(frozen=True, slots=True)
class Tab:
    """One diagram; ``taken`` are flows, ``done``, ``current`` and ``undone`` elements, by id."""

    process: str
    names: Names
    xml: str
    taken: Collection[str] = ()
    done: Collection[str] = ()
    current: Collection[str] = ()
    undone: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Whose:
    """Who works in a lane of a called diagram that this procedure's calls fill.

    ``lane`` is None for a diagram without lanes; ``varies``: whoever a case says, too.
    """

    diagram: Names
    lane: Names | None
    roles: list[Names]
    varies: bool


def whose(version: Version) -> list[Whose]:
    """Return what a version's calls say of lanes, diagram by diagram."""
    return [
        Whose(
            diagram.names,
            filling.names,
            [version.bundle.roles[role] for role in filling.roles],
            filling.varies,
        )
        for _, diagram in sorted(version.compiled.diagrams.items())
        for filling in diagram.fillings
    ]


def path_tab(view: DiagramView, version: Version) -> Tab:
    """Return the tab of a diagram that a case has been in."""
    return Tab(
        view.process,
        view.names,
        _address(version, view.process),
        list(dict.fromkeys(view.taken)),
        sorted(view.done),
        sorted(view.current),
        sorted(view.undone),
    )


def plain_tab(diagram: Diagram, version: Version) -> Tab:
    """Return the tab of a diagram by itself."""
    return Tab(diagram.process, diagram.names, _address(version, diagram.process))


def clause_titles(version: Version) -> dict[str, str]:
    """Return where each clause stands in the regulation, and its title, in the reader's language.

    An article is numbered in Chinese, and so left out of English.
    """
    return {
        key: t(f"{clause.article} {clause.names.zh}".strip(), clause.names.en)
        for key, clause in version.clauses.items()
    }


def _address(version: Version, process: str) -> str:
    return url_for("procedures.diagram", version_id=version.id, process=process)
