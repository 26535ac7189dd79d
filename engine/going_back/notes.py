"""What an entry says of going back, of another case, and of an intervention, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.history.entrynotes import named
from engine.linking import relations
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.procedures import Version
    from engine.spiff import Return

_COMES: Final = {
    "through": ("，再逐步办理", ", then on through the steps between"),
    "straight": ("，办好后直接回来", ", then straight back here"),
    "withdrawn": ("", ""),
    "reopened": ("", ""),
}


def back_to(found: Return, way: str) -> dict[str, object]:
    """Return what an entry says of the step that a case went back to, and of what holds no more.

    ``way`` is a key of _COMES.
    """
    place = f"{found.process}:{found.element}"
    said: dict[str, object] = {
        "task": found.target.hex, "place": place, "item": found.item, "way": way,
    }  # fmt: skip
    if way != "straight":
        said["undone"] = [key.hex for key in found.undone]
    if way != "straight" and found.turns:
        said["turns"] = list(found.turns)
    return said


def notes(version: Version, body: Mapping[str, Any]) -> Iterator[Names]:
    """Give what an entry's body says of where a case went, against the drawing, and for whom."""
    if back := body.get("back"):
        step, (zh, en) = named(version, *back["place"].split(":")), _COMES[back["way"]]
        yield Names(f"回到“{step.zh}”{zh}", f"Back to “{step.en}”{en}")
    if left := body.get("left"):
        step = named(version, *left.split(":"))
        yield Names(f"从“{step.zh}”移来", f"From “{step.en}”")
    for _, zh, en in body.get("bypassed", ()):
        yield Names(f"绕过保证：“{zh}”", f"Bypassed the guarantee “{en}”")
    for id_ in body.get("passed_over", ()):
        yield _passed_over(version, id_)
    for zh, en in body.get("missing", ()):
        yield Names(f"以后会缺的内容：{zh}", f"Missing later: {en}")
    yield from relations.notes(body)
    if asked := body.get("asked_by"):
        yield Names(f"由 {asked[1]} 提出", f"Asked for by {asked[1]}")


def _passed_over(version: Version, id_: str) -> Names:
    """Say which clause of the written regulations an intervention has left unfulfilled."""
    clause = version.clauses.get(id_)
    article, called = ("", Names("", "")) if clause is None else (clause.article, clause.names)
    zh = " ".join(filter(None, (id_, article, called.zh)))
    return Names(
        f"越过的条款：{zh}", f"Clause passed over: {' '.join(filter(None, (id_, called.en)))}"
    )
