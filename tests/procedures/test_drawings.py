"""Every shipped diagram is legible, and the check would notice if one were not."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from lxml import etree

from engine.spiff.drawings.drawing import MOST_PIECES, check_drawing, check_drawings
from engine.spiff.drawings.geometry import BESIDE, Box
from engine.spiff.files.xml import BPMN, BPMNDI, DC, NAMESPACES, read_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Root

    from engine.spiff.drawings.geometry import Line

FOLDER = Path(__file__).parents[2] / "bpmn"
SHIPPED = sorted(FOLDER.rglob("*.bpmn"))
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"

Change: TypeAlias = "Callable[[Root], None]"


def read(path: Path) -> Root:
    return read_root(path.name, path.read_bytes(), namespace=BPMN)


def drawn(root: Root, element: str) -> Root:
    return next(piece for piece in root.iter("{*}*") if piece.get("bpmnElement") == element)


def bounds(root: Root, element: str, *, of: str = "dc:Bounds") -> Root:
    found = drawn(root, element).find(of, NAMESPACES)
    assert found is not None
    return found


def label(root: Root, element: str) -> Root:
    return bounds(root, element, of="di:BPMNLabel/dc:Bounds")


def shift(piece: Root, *, x: float = 0, y: float = 0) -> None:
    piece.set("x", str(float(piece.get("x", "")) + x))
    piece.set("y", str(float(piece.get("y", "")) + y))


def codes(root: Root) -> set[tuple[str | None, str]]:
    return {(problem.element, problem.code) for problem in check_drawing("drawing.bpmn", root)}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_diagram_is_legible(path: Path) -> None:
    assert [problem.en for problem in check_drawing(path.name, read(path))] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_diagram_has_a_shape_for_every_node_and_a_line_for_every_flow(path: Path) -> None:
    root = read(path)
    process = root.find("bpmn:process", NAMESPACES)
    assert process is not None
    drawn_ids = {piece.get("bpmnElement") for piece in root.iter("{*}BPMNShape", "{*}BPMNEdge")}
    parts = {xml.get("id") for xml in process.iter(f"{{{BPMN}}}*") if _is_drawn(xml)}
    assert len(parts) > 5
    assert parts - drawn_ids == set()


def _is_drawn(xml: Root) -> bool:
    kind = etree.QName(xml).localname
    endings = ("Task", "Event", "Gateway", "callActivity", "sequenceFlow", "lane")
    return xml.get("id") is not None and kind.endswith(endings)


def _out_of_lane(root: Root) -> None:
    shift(bounds(root, "decide_petition"), y=-80)


def _lane_out_of_pool(root: Root) -> None:
    shift(bounds(root, "lane_superior"), y=40)


def _on_another_task(root: Root) -> None:
    shift(bounds(root, "decide_petition"), x=100)


def _lanes_on_each_other(root: Root) -> None:
    shift(bounds(root, "lane_superior"), y=-30)


def _slanting(root: Root) -> None:
    shift(drawn(root, "petition_started_to_submit_petition").findall(WAYPOINT)[1], y=9)


def _loose_end(root: Root) -> None:
    shift(drawn(root, "decide_petition_to_tell_petitioner").findall(WAYPOINT)[-1], x=-12)


def _no_line_at_all(root: Root) -> None:
    edge = drawn(root, "decide_petition_to_tell_petitioner")
    for point in edge.findall(WAYPOINT):
        edge.remove(point)


def _line_through_task(root: Root) -> None:
    points = drawn(root, "petition_started_to_submit_petition").findall(WAYPOINT)
    goal = drawn(root, "submit_petition_to_decide_petition").findall(WAYPOINT)[0]
    points[1].set("x", goal.get("x", ""))


def _line_on_line(root: Root) -> None:
    yes = drawn(root, "granted_yes").findall(WAYPOINT)
    for point, like in zip(drawn(root, "granted_no").findall(WAYPOINT), yes, strict=False):
        point.set("x", like.get("x", ""))
        point.set("y", like.get("y", ""))


def _long_name(root: Root) -> None:
    found = root.find(".//bpmn:userTask[@id='submit_petition']", NAMESPACES)
    assert found is not None
    found.set("name", "呈报签呈给上级主管部门并附上客户异议的全部证据材料和往来信函")


def _long_lane(root: Root) -> None:
    found = root.find(".//bpmn:lane[@id='lane_petitioner']", NAMESPACES)
    assert found is not None
    found.set("name", "签呈人" * 12)


def _long_english(root: Root) -> None:
    found = root.find(".//bpmn:endEvent[@id='petition_granted']", NAMESPACES)
    assert found is not None
    found.set("{urn:banjie:bpmn:1}nameEn", "Granted unconditionally")


def _no_label(root: Root) -> None:
    gateway = drawn(root, "is_granted")
    gateway.remove(gateway.findall("di:BPMNLabel", NAMESPACES)[0])


def _label_on_line(root: Root) -> None:
    shift(label(root, "granted_yes"), y=12)


def _label_on_shape(root: Root) -> None:
    shift(label(root, "is_granted"), y=30)


def _label_on_label(root: Root) -> None:
    for key in ("x", "y"):
        label(root, "granted_no").set(key, label(root, "granted_yes").get(key, ""))


def _label_outside(root: Root) -> None:
    label(root, "is_granted").set("y", "-90")


def _no_number(root: Root) -> None:
    bounds(root, "is_granted").set("x", "NaN")


def _no_bounds(root: Root) -> None:
    shape = drawn(root, "is_granted")
    shape.remove(bounds(root, "is_granted"))


BROKEN: list[tuple[Change, str, str]] = [
    (_out_of_lane, "decide_petition", "outside_lane"),
    (_lane_out_of_pool, "lane_superior", "outside_pool"),
    (_on_another_task, "tell_petitioner", "shapes_overlap"),
    (_lanes_on_each_other, "lane_superior", "shapes_overlap"),
    (_slanting, "petition_started_to_submit_petition", "slanting_line"),
    (_loose_end, "decide_petition_to_tell_petitioner", "loose_end"),
    (_no_line_at_all, "decide_petition_to_tell_petitioner", "loose_end"),
    (_line_through_task, "petition_started_to_submit_petition", "line_through_shape"),
    (_line_on_line, "granted_no", "lines_overlap"),
    (_long_name, "submit_petition", "name_too_long"),
    (_long_lane, "lane_petitioner", "name_too_long"),
    (_long_english, "petition_granted", "label_too_small"),
    (_no_label, "is_granted", "label_without_place"),
    (_label_on_line, "granted_yes", "label_not_free"),
    (_label_on_shape, "is_granted", "label_not_free"),
    (_label_on_label, "granted_no", "label_not_free"),
    (_label_outside, "is_granted", "label_outside_pool"),
    (_no_number, "is_granted", "bad_coordinates"),
    (_no_bounds, "is_granted", "bad_coordinates"),
]


@pytest.mark.parametrize(
    ("change", "element", "code"), BROKEN, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_spoilt_drawing_is_noticed(change: Change, element: str, code: str) -> None:
    root = read(FOLDER / "shared" / "petition.bpmn")
    change(root)
    assert (element, code) in codes(root)


def test_lines_that_all_lie_on_one_stretch_are_told_once_each() -> None:
    root = read(FOLDER / "shared" / "petition.bpmn")
    arrows = list(root.iter(f"{{{BPMNDI}}}BPMNEdge"))
    for arrow in arrows:
        for point, (x, y) in zip(arrow.findall(WAYPOINT), ((0, 0), (500, 0)), strict=False):
            point.set("x", str(x))
            point.set("y", str(y))
    told = [
        problem.element
        for problem in check_drawing("drawing.bpmn", root)
        if problem.code == "lines_overlap"
    ]
    assert len(told) == len(set(told)) == len(arrows) - 1


def nested(root: Root) -> Root:
    """Put all of the superior's lane into one inside it, and give that one's place."""
    outer = root.find(".//bpmn:lane[@id='lane_superior']", NAMESPACES)
    assert outer is not None
    lanes = etree.SubElement(outer, f"{{{BPMN}}}childLaneSet", id="inner_lanes")
    inner = etree.SubElement(lanes, f"{{{BPMN}}}lane", id="lane_inner")
    for ref in outer.findall("bpmn:flowNodeRef", NAMESPACES):
        etree.SubElement(inner, f"{{{BPMN}}}flowNodeRef").text = ref.text
    shape = deepcopy(drawn(root, "lane_superior"))
    shape.set("bpmnElement", "lane_inner")
    drawn(root, "lane_superior").addnext(shape)
    place = bounds(root, "lane_inner")
    shift(place, x=30)
    place.set("width", str(float(place.get("width", "")) - 30))
    return place


def test_a_lane_may_lie_within_another() -> None:
    root = read(FOLDER / "shared" / "petition.bpmn")
    nested(root)
    assert codes(root) == set()


def test_a_lane_that_leaves_the_one_around_it_is_noticed() -> None:
    root = read(FOLDER / "shared" / "petition.bpmn")
    shift(nested(root), x=30)
    assert ("lane_inner", "outside_lane") in codes(root)


def test_a_timer_beside_its_activity_is_noticed() -> None:
    root = read(FOLDER / "shared" / "approve-by-authority.bpmn")
    shift(bounds(root, "decide_late"), y=25)
    assert ("decide_late", "off_its_host") in codes(root)


def test_a_fault_names_element_reason_and_cure_in_both_languages() -> None:
    root = read(FOLDER / "shared" / "petition.bpmn")
    _slanting(root)
    slanting = [p for p in check_drawing("petition.bpmn", root) if p.code == "slanting_line"]
    assert [problem.file for problem in slanting] == ["petition.bpmn"]
    assert "petition_started_to_submit_petition" in slanting[0].zh
    assert "斜线" in slanting[0].zh
    assert "level and upright" in slanting[0].en


def test_all_files_are_looked_over_and_an_unreadable_one_is_named() -> None:
    shown = read(FOLDER / "shared" / "petition.bpmn")
    _slanting(shown)
    files = {
        "bpmn/b.bpmn": b"<no bpmn",
        "bpmn/a.bpmn": etree.tostring(shown),
        "bpmn/x.dmn": b"no drawing at all",
    }
    found = [(problem.file, problem.code) for problem in check_drawings(files)]
    assert ("bpmn/a.bpmn", "slanting_line") in found
    assert found[-1] == ("bpmn/b.bpmn", "not_xml")


def test_a_flood_of_shapes_is_refused_before_they_are_compared() -> None:
    root = read(FOLDER / "shared" / "petition.bpmn")
    plane = root.find(".//di:BPMNPlane", NAMESPACES)
    process = root.find("bpmn:process", NAMESPACES)
    assert plane is not None
    assert process is not None
    for number in range(MOST_PIECES):
        etree.SubElement(process, f"{{{BPMN}}}userTask", id=f"flood_{number}")
        shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", bpmnElement=f"flood_{number}")
        size = {"x": "0", "y": "0", "width": "9", "height": "9"}
        etree.SubElement(shape, f"{{{DC}}}Bounds", size)
    assert codes(root) == {(None, "drawing_too_large")}


@pytest.mark.parametrize(
    "line",
    [((0, 50), (200, 50)), ((0, 0), (200, 100)), ((60, 0), (60, 40))],
    ids=["level", "slanting", "ending inside"],
)
def test_a_line_through_the_inside_crosses_a_box(line: Line) -> None:
    assert Box(50, 30, 100, 40).crossed_by(line)


@pytest.mark.parametrize(
    "line",
    [((0, 0), (50, 200)), ((0, 30), (200, 30)), ((0, 50), (50, 50))],
    ids=["beside", "along the border", "up to the border"],
)
def test_a_line_that_only_touches_does_not_cross_a_box(line: Line) -> None:
    assert not Box(50, 30, 100, 40).crossed_by(line)


def test_chinese_breaks_anywhere_and_english_between_words() -> None:
    assert BESIDE.lines("转告最终决定", 40) == 2
    assert BESIDE.lines("Closed without loss", 60) == 3
    assert BESIDE.lines("Unconditionally", 60) is None
