"""Problems in the words of those who drew: an element by its name, with its id behind it."""

from __future__ import annotations

import re
from collections import ChainMap, Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import BANJIE, BPMN
from engine.spiff.model import Names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from lxml import etree

    from engine.spiff.model import Problem

_SHOWN: Final = 80  # characters of a text that a sentence can hold
_QUOTED: Final = re.compile("“([^“”]+)”")
_SAID_ZH: Final = re.compile("(?<!id)(?<!是否为)(?<!”或)“([^“”]+)”")
_NOT_EN: Final = '(?<!id )(?<!mean )(?<!" or )'


def labelled(
    problems: Iterable[Problem], roots: Mapping[str, etree._Element], taken: Collection[str] = ()
) -> list[Problem]:
    """Give the problems with the elements that they quote by id named: “受理（receive）”.

    `roots` are the `definitions` of diagrams by file; `taken` are ids that are the names of
    variables as well, which mean the element only where a problem is about it.
    """
    drawn = {file: dict(_labels(root)) for file, root in roots.items()}
    return [
        _named(each, ChainMap(drawn[each.file], *drawn.values()), taken)
        if each.file in drawn
        else each
        for each in problems
    ]


def shown(text: str) -> str:
    """Give a text as far as a sentence can hold it."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def label(names: Names, id_: str) -> Names:
    """Give what an element is called, with its id behind; the id alone if it has no name."""
    if not (names.zh or names.en):
        return Names(id_, id_)
    zh, en = shown(names.zh or names.en), shown(names.en or names.zh)
    return Names(f"{zh}（{id_}）", f"{en} ({id_})")


def quoted(problem: Problem) -> list[str]:
    """Give what a problem puts between quotation marks, elements and all else."""
    return _QUOTED.findall(problem.zh)


def _labels(root: etree._Element) -> Iterator[tuple[str, Names]]:
    """Name the elements that have a name, and flows by what they leave or join."""
    known = {xml.get("id", ""): xml for xml in root.iter(f"{{{BPMN}}}*")}
    once = Counter(xml.get("id", "") for xml in root.iter(f"{{{BPMN}}}*"))
    for id_, xml in known.items():
        names = _names(xml)
        source, target = (known.get(xml.get(end, "")) for end in ("sourceRef", "targetRef"))
        if source is not None and target is not None:
            names = _flow(_names(source), names, _names(target))
        if id_ and names.zh and once[id_] == 1:
            yield id_, label(names, id_)


def _flow(source: Names, own: Names, target: Names) -> Names:
    """Name a flow: 投诉成立？ 否, or 登记→调查 if it has no name of its own."""
    if own.zh:
        return Names(f"{source.zh} {own.zh}".strip(), f"{source.en} {own.en}".strip())
    if source.zh and target.zh:
        return Names(f"{source.zh}→{target.zh}", f"{source.en} → {target.en}")
    return own


def _names(xml: etree._Element) -> Names:
    zh, en = (" ".join((xml.get(key) or "").split()) for key in ("name", f"{{{BANJIE}}}nameEn"))
    return Names(zh or en, en or zh)


def _named(problem: Problem, labels: Mapping[str, Names], taken: Collection[str]) -> Problem:
    said = [id_ for id_ in _SAID_ZH.findall(problem.zh) if id_ in labels]
    meant = {id_ for id_ in said if id_ == problem.element or id_ not in taken}
    if not meant:
        return problem
    said_en = f'{_NOT_EN}"({"|".join(map(re.escape, meant))})"'
    return replace(
        problem,
        zh=_SAID_ZH.sub(
            lambda found: f"“{labels[found[1]].zh}”" if found[1] in meant else found[0], problem.zh
        ),
        en=re.sub(said_en, lambda found: f'"{labels[found[1]].en}"', problem.en),
    )
