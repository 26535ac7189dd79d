"""What a version of a procedure guarantees, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spiff import Names
from engine.tasks.foureyes import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.procedures import Version
    from engine.spiff import Guarantee


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """One guarantee: its own words, and what is checked."""

    names: Names
    means: Names


MEANS = {
    "only-after": (
        "只有经过{after}之后，才到{what}",
        "{what} only after {after}",
    ),
    "always-after": (
        "经过{after}之后，案件结束前必经{any}",
        "after {after}, always {any} before the case ends",
    ),
    "every-end": (
        "案件结束前必经{any}",
        "no case ends without {any}",
    ),
    "not-same-person": (
        "同一案件中，办过{what}的人不办{other}，反之亦然；领取和提交时核对",
        (
            "in one case, nobody does both one of {what} and one of {other}; "
            "held when a step is claimed or sent"
        ),
    ),
    "never-by": (
        "{person}中写有姓名的人，不办{what}；领取和提交时按姓名核对",
        (
            "whoever is named in {person} does none of {what}; "
            "held by name when a step is claimed or sent"
        ),
    ),
}


def guaranteed(version: Version) -> list[Guaranteed]:
    """Return the guarantees of a version; those of a kind that is no longer known have no means."""
    return [Guaranteed(each.names, _means(version, each)) for each in version.compiled.guarantees]


def _means(version: Version, guarantee: Guarantee) -> Names:
    zh, en = MEANS.get(guarantee.kind, ("", ""))
    parts = {
        "what": _listed((_called(version, name) for name in guarantee.what), "、", ", "),
        "any": _listed((_called(version, name) for name in guarantee.what), "或", " or "),
        "after": _listed((_called(version, name) for name in guarantee.after), "或", " or "),
        "other": _listed((_called(version, name) for name in guarantee.other), "、", ", "),
        "person": _listed((title_of(version, name) for name in guarantee.person), "、", ", "),
    }
    return Names(
        zh.format(**{name: part.zh for name, part in parts.items()}),
        en.format(**{name: part.en for name, part in parts.items()}),
    )


def _called(version: Version, name: str) -> Names:
    """Name an element, or a flow by the gateway that it leaves and its own name or its end."""
    process, _, id_ = name.partition(":")
    diagram = version.compiled.diagrams[process]
    flow = diagram.flows.get(id_)
    if flow is None:
        return diagram.elements[id_].names
    start, end = diagram.elements[flow.source].names, diagram.elements[flow.target].names
    onward = flow.names if flow.names.zh else end
    return Names(f"{start.zh} → {onward.zh}", f"{start.en} → {onward.en}")


def _listed(names: Iterable[Names], zh: str, en: str) -> Names:
    """Put names in a row, in each language only once where two are called the same."""
    found = list(names)
    return Names(
        zh.join(dict.fromkeys(f"“{each.zh}”" for each in found)),
        en.join(dict.fromkeys(f"“{each.en}”" for each in found)),
    )
