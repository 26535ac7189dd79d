"""Who may, by the diagram of a procedure: the words of its steps, or the defaults, for reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.flexible.allowed import DEFAULTS, words_for, words_for_case
from engine.spiff import Names
from engine.spiff.files.actions import CASE_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.procedures import Version

_WORDS: Final[Mapping[str, Names]] = {
    "role": Names("这一步的岗位", "the step's own role"),
    "supervisor": Names("该岗位的主管或经理", "a supervisor or manager of that role"),
    "anyone": Names("任何人", "anybody"),
    "nobody": Names("没有人", "nobody"),
    "concerned": Names(
        "经办过本案或有待办在手的人", "whoever has done something in the case, or has a task of it"
    ),
    "yes": Names("可以", "allowed"),
    "no": Names("不可以", "not allowed"),
}
ON_CASES: Final[Mapping[str, Names]] = {
    **_WORDS,
    "role": Names("立案岗位", "the role that opens cases"),
    "supervisor": Names(
        "立案岗位的主管或经理", "a supervisor or manager of the role that opens cases"
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """By or to whom something may be done; ``steps`` are those that it holds for, all if empty."""

    who: Names
    steps: tuple[Names, ...]


def rules(version: Version, action: str) -> list[Rule]:
    """Return what holds for an action of ``banjie:actions``: by most steps first, then the others.

    ``steps`` are only named where steps differ.
    """
    if action in CASE_ACTIONS:
        return [Rule(_said(version, words_for_case(version, action), ON_CASES), ())]
    found: dict[tuple[str, ...], list[Names]] = {DEFAULTS[action]: []}
    for diagram in version.compiled.diagrams.values():
        for step in diagram.steps.values():
            found.setdefault(words_for(step, action), []).append(step.names)
    drawn = sorted((item for item in found.items() if item[1]), key=lambda item: -len(item[1]))
    alone = len(drawn) == 1
    return [Rule(_said(version, w, _WORDS), () if alone else tuple(each)) for w, each in drawn]


def _said(version: Version, words: Iterable[str], known: Mapping[str, Names]) -> Names:
    roles = version.bundle.roles
    each = [known.get(word) or roles.get(word) or Names(word, word) for word in words]
    return Names("、".join(one.zh for one in each), ", ".join(one.en for one in each))
