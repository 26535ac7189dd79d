"""The rules of a legible drawing, each a generator of what breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final

from engine.spiff.drawings.geometry import BESIDE, INSIDE, Box, is_straight, shared_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.drawings.drawing import Arrow, Drawing, Shape

PADDING: Final = 5
ICON_HEIGHT: Final = 16
TITLE_WIDTH: Final = 30
_BESIDE: Final = ("Event", "Gateway", "ObjectReference", "StoreReference")
_ROUND: Final = 2.0


@dataclass(frozen=True)
class Fault:
    """What is wrong at one element; the texts continue a sentence that begins with its id."""

    element: str
    code: str
    zh: str
    en: str


def faults(drawing: Drawing) -> Iterator[Fault]:
    """Give the faults of a drawing, rule by rule."""
    for id_ in drawing.unreadable:
        yield Fault(
            id_, "bad_coordinates",
            "的坐标不是数字。请用建模工具重新放置。",
            "has coordinates that are no numbers. Place it again in the modeller.",
        )  # fmt: skip
    yield from _out_of_lane(drawing)
    yield from _overlaps(drawing)
    yield from _off_host(drawing)
    for arrow in drawing.arrows:
        yield from _crooked(arrow)
        yield from _loose(arrow, drawing)
        yield from _through_shapes(arrow, drawing)
    yield from _on_each_other(drawing)
    yield from _cramped_names(drawing)
    yield from _labels(drawing)


def _out_of_lane(drawing: Drawing) -> Iterator[Fault]:
    for shape in drawing.shapes.values():
        lane = drawing.shapes.get(shape.lane or "")
        if lane is not None and not lane.box.holds(shape.box):
            yield Fault(
                shape.id, "outside_lane",
                f"超出了泳道“{lane.id}”。请移入泳道或加大泳道。",
                f'lies outside its lane "{lane.id}". Move it in or enlarge the lane.',
            )  # fmt: skip
        if shape.kind == "lane" and not any(pool.holds(shape.box) for pool in drawing.pools):
            yield Fault(
                shape.id, "outside_pool",
                "超出了泳池。请加大泳池。",
                "lies outside its pool. Enlarge the pool.",
            )  # fmt: skip


def _overlaps(drawing: Drawing) -> Iterator[Fault]:
    lanes = [shape for shape in drawing.shapes.values() if shape.kind == "lane"]
    for one, other in chain(combinations(drawing.solid, 2), combinations(lanes, 2)):
        if _lies_in(one, other, drawing) or _lies_in(other, one, drawing):
            continue
        if one.box.overlaps(other.box) and one.host != other.id and other.host != one.id:
            yield Fault(
                other.id, "shapes_overlap",
                f"与“{one.id}”重叠。请移开。",
                f'overlaps "{one.id}". Move them apart.',
            )  # fmt: skip


def _lies_in(inner: Shape, outer: Shape, drawing: Drawing) -> bool:
    """Whether a lane is one of those inside another."""
    while outer.kind == "lane" and inner.kind == "lane" and inner.lane in drawing.shapes:
        inner = drawing.shapes[inner.lane]
        if inner is outer:
            return True
    return False


def _off_host(drawing: Drawing) -> Iterator[Fault]:
    for shape in drawing.shapes.values():
        host = drawing.shapes.get(shape.host or "")
        if host is not None and not host.box.touches(shape.box.middle):
            yield Fault(
                shape.id, "off_its_host",
                f"没有画在“{host.id}”的边上。请拖到它的边框上。",
                f'does not sit on the border of "{host.id}". Drag it onto that border.',
            )  # fmt: skip


def _crooked(arrow: Arrow) -> Iterator[Fault]:
    if not all(map(is_straight, arrow.lines)):
        yield Fault(
            arrow.id, "slanting_line",
            "有斜线。请只用水平和垂直的线段。",
            "has a slanting piece. Use level and upright pieces only.",
        )  # fmt: skip


def _loose(arrow: Arrow, drawing: Drawing) -> Iterator[Fault]:
    ends = zip((arrow.source, arrow.target), (arrow.points[:1], arrow.points[-1:]), strict=True)
    for end, point in ends:
        shape = drawing.shapes.get(end)
        if shape is not None and not (point and shape.box.touches(point[0])):
            yield Fault(
                arrow.id, "loose_end",
                f"的一端没有接在“{end}”的边框上。请重新连接。",
                f'does not reach the border of "{end}". Connect it again.',
            )  # fmt: skip


def _through_shapes(arrow: Arrow, drawing: Drawing) -> Iterator[Fault]:
    for shape in drawing.solid:
        if any(map(shape.box.crossed_by, arrow.lines)):
            yield Fault(
                arrow.id, "line_through_shape",
                f"穿过了“{shape.id}”。请绕开。",
                f'runs through "{shape.id}". Lead it around.',
            )  # fmt: skip


def _on_each_other(drawing: Drawing) -> Iterator[Fault]:
    """Tell each line once, of the first of those before it that it lies on."""
    for place, arrow in enumerate(drawing.arrows):
        under = next((one for one in drawing.arrows[:place] if _share(one, arrow)), None)
        if under is not None:
            yield Fault(
                arrow.id, "lines_overlap",
                f"与“{under.id}”有一段重合。请分开走线。",
                f'lies on "{under.id}" for a stretch. Lead them apart.',
            )  # fmt: skip


def _share(one: Arrow, other: Arrow) -> bool:
    return any(shared_length(a, b) > _ROUND for a in one.lines for b in other.lines)


def _cramped_names(drawing: Drawing) -> Iterator[Fault]:
    """Names inside activities, and along the left side of lanes and pools."""
    for shape in drawing.shapes.values():
        if shape.kind.endswith(_BESIDE):
            continue
        for text in shape.texts:
            if not INSIDE.fits(text, _room(shape)):
                yield Fault(
                    shape.id, "name_too_long",
                    f"放不下名称“{text}”。请缩短名称或加大图形。",
                    f'has no room for its name "{text}". Shorten it or enlarge the shape.',
                )  # fmt: skip


def _room(shape: Shape) -> Box:
    box = shape.box
    if shape.kind in {"lane", "participant"} and shape.is_frame:
        return Box(box.x, box.y, box.height - 2 * PADDING, TITLE_WIDTH)
    if shape.kind == "participant":
        return box
    return Box(box.x, box.y, box.width - 2 * PADDING, box.height - 2 * ICON_HEIGHT)


def _labels(drawing: Drawing) -> Iterator[Fault]:
    """Names beside events, gateways and flows: placed, large enough, free of everything else."""
    beside = [s for s in drawing.shapes.values() if s.texts and s.kind.endswith(_BESIDE)]
    named: list[Shape | Arrow] = [*beside, *(arrow for arrow in drawing.arrows if arrow.texts)]
    placed: list[tuple[str, Box]] = []
    for piece in named:
        if piece.label is None:
            yield Fault(
                piece.id, "label_without_place",
                "的名称没有位置。请把名称拖到空白处。",
                "has a name without a place. Drag the name to a free place.",
            )  # fmt: skip
            continue
        placed.append((piece.id, piece.label))
        for text in piece.texts:
            if not BESIDE.fits(text, piece.label):
                yield Fault(
                    piece.id, "label_too_small",
                    f"的名称框放不下“{text}”。请加大名称框。",
                    f'has too small a label for "{text}". Enlarge the label.',
                )  # fmt: skip
        yield from _in_the_way(piece, piece.label, drawing)
    for (one, box), (other, other_box) in combinations(placed, 2):
        if box.overlaps(other_box):
            yield _touching(other, "名称", f"“{one}”的名称", f'the name of "{one}"')


def _in_the_way(piece: Shape | Arrow, label: Box, drawing: Drawing) -> Iterator[Fault]:
    for shape in drawing.solid:
        if label.overlaps(shape.box):
            yield _touching(piece.id, "名称", f"图形“{shape.id}”", f'the shape "{shape.id}"')
    for arrow in drawing.arrows:
        if any(map(label.crossed_by, arrow.lines)):
            yield _touching(piece.id, "名称", f"连线“{arrow.id}”", f'the line "{arrow.id}"')
    if not any(pool.holds(label) for pool in drawing.pools):
        yield Fault(
            piece.id, "label_outside_pool",
            "的名称在泳池之外。请移入。",
            "has its name outside every pool. Move it in.",
        )  # fmt: skip


def _touching(element: str, what: str, zh: str, en: str) -> Fault:
    return Fault(
        element, "label_not_free",
        f"的{what}与{zh}相交。请移到空白处。",
        f"has a name that meets {en}. Move it to a free place.",
    )  # fmt: skip
