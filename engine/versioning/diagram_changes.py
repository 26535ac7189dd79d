"""What changed in a diagram: elements and what is set there, flows with their conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff import Names
from engine.versioning.saying import (
    NONE,
    added,
    all_turned,
    otherwise,
    removed,
    renamed,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff import Diagram, Drawn, Element, Piece, Way

    Both = tuple[Diagram, Drawn]

_NAME = Names("名称", "name")
_CONDITION = Names("条件", "condition")
_DEFAULT = Names("其他条件都不成立时走此路", "taken when no other condition holds")


def diagram_changes(was: Both | None, now: Both | None) -> Iterator[Names]:
    """Say what changed between two diagrams, each as it runs and as it is drawn."""
    if was is None or now is None:
        yield from whole(was, now)
        return
    said = [*_said(was, now)]
    yield from said
    if said or was[1].whole == now[1].whole:
        return
    if was[1].means == now[1].means:
        yield Names(
            "只改了画法（位置和线条），流程不变",
            "Only the layout changed (positions and lines); it runs as before",
        )
    else:
        yield otherwise(Names("流程图", "the diagram"))


def _said(was: Both, now: Both) -> Iterator[Names]:
    if was[0].names != now[0].names:
        yield renamed(was[0].names.quoted, now[0].names.quoted)
    yield from _lanes(was[0], now[0])
    before, after = was[0].elements, now[0].elements
    for key in sorted(before.keys() | after.keys()):
        yield from _element(
            (before.get(key), was[1].pieces.get(key)), (after.get(key), now[1].pieces.get(key))
        )
    yield from _ways(was[1].ways, now[1].ways)
    yield from all_turned(
        Names("案件数据", "data of the case"), _spelt(was[1].variables), _spelt(now[1].variables)
    )


def _lanes(was: Diagram, now: Diagram) -> Iterator[Names]:
    """Say which steps are in another lane, and that a lane is called otherwise, each once."""
    before, after = _filled(was), _filled(now)
    turns: dict[tuple[str, str], list[Names]] = {}
    for key, one in now.elements.items():
        if key in was.elements and was.elements[key].lane != one.lane:
            steps = turns.setdefault((was.elements[key].lane or "", one.lane or ""), [])
            steps += [one.names.quoted] if key in now.steps else []
    for (old, new), steps in turns.items():
        lanes = Names(old or NONE.zh, old or NONE.en), Names(new or NONE.zh, new or NONE.en)
        if old not in after and new not in before:
            yield Names(
                f"泳道“{lanes[0].zh}”改为“{lanes[1].zh}”，其中 {len(steps)} 个步骤",
                f"Lane “{lanes[0].en}” is now “{lanes[1].en}”; steps in it: {len(steps)}",
            )
        elif steps:
            zh, en = "、".join(s.zh for s in steps), ", ".join(s.en for s in steps)
            yield Names(
                f"{zh}由泳道“{lanes[0].zh}”改归“{lanes[1].zh}”",
                f"{en}: from lane “{lanes[0].en}” to “{lanes[1].en}”",
            )


def _filled(diagram: Diagram) -> set[str]:
    return {one.lane or "" for one in diagram.elements.values()}


def _element(
    was: tuple[Element | None, Piece | None], now: tuple[Element | None, Piece | None]
) -> Iterator[Names]:
    (element, piece), (fresh, new) = was, now
    if piece is None and new is not None:
        yield added(new.called)
        yield from all_turned(new.called, {}, new.settings)
    elif new is None and piece is not None:
        yield removed(piece.called)
    elif element and fresh and piece and new:
        yield from _same_element(element, fresh, piece, new)
        settings = [*all_turned(new.called, piece.settings, new.settings)]
        yield from settings
        if piece.rest != new.rest and not settings and element.kind == fresh.kind:
            yield otherwise(new.called)


def _same_element(was: Element, now: Element, piece: Piece, new: Piece) -> Iterator[Names]:
    if was.names != now.names:
        yield renamed(piece.called, new.called)
    if was.kind != now.kind:
        yield Names(f"{new.called.zh}换了类型", f"{new.called.en} is of another kind")
    if was.clauses != now.clauses:
        yield Names(
            f"{new.called.zh}的条款：{'、'.join(now.clauses) or NONE.zh}"
            f"（原为 {'、'.join(was.clauses) or NONE.zh}）",
            f"{new.called.en} fulfils {', '.join(now.clauses) or NONE.en} "
            f"(before: {', '.join(was.clauses) or NONE.en})",
        )


def _ways(was: Mapping[str, Way], now: Mapping[str, Way]) -> Iterator[Names]:
    """Compare flows by what they join; ids tell apart those that join the same."""
    before = {_joined(key, way, was): way for key, way in was.items()}
    after = {_joined(key, way, now): way for key, way in now.items()}
    for key, way in after.items():
        if key not in before:
            yield added(_called(way))
            yield from all_turned(_called(way), {}, _set(way))
        else:
            yield from all_turned(_called(way), _set(before[key]), _set(way))
    for key, way in before.items():
        if key not in after:
            yield removed(_called(way))


def _joined(key: str, way: Way, ways: Mapping[str, Way]) -> tuple[str, ...]:
    alone = sum(each.ends == way.ends for each in ways.values()) == 1
    return way.ends if alone else (*way.ends, key)


def _set(way: Way) -> dict[Names, Names]:
    said = {
        _NAME: way.names if way.names.zh or way.names.en else None,
        _CONDITION: way.condition and Names(way.condition, way.condition),
        _DEFAULT: Names("是", "yes") if way.is_default else None,
    }
    return {label: value for label, value in said.items() if value}


def _called(way: Way) -> Names:
    """Say which flow it is: from where to where, and its own name where one is drawn."""
    (source, target), own = way.leads, way.names.quoted
    zh, en = (own.zh, f" {own.en}") if way.names.zh or way.names.en else ("", "")
    return Names(
        f"从{source.zh}到{target.zh}的连线{zh}", f"the flow{en} from {source.en} to {target.en}"
    )


def _spelt(variables: Mapping[str, str]) -> dict[Names, Names]:
    return {Names(f"“{n}”", f"“{n}”"): Names(text, text) for n, text in variables.items()}
