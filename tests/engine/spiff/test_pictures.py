"""A diagram as a picture without script: all that is drawn is on it, whatever it is called."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from engine.procedures.bundles import read_folder
from engine.spiff import picture
from engine.spiff.drawings.drawing import Arrow, Shape, read_drawing
from engine.spiff.drawings.geometry import Font
from tests.engine.spiff.drawing import Process, alarm, holding, messaging
from tests.engine.spiff.random_diagrams import Artist

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = {path: data for path, data in read_folder().items() if path.endswith(".bpmn")}
KINDS: dict[str, Callable[[Process], object]] = {
    "call": lambda p: p.call("other", "x"),
    "script": lambda p: p.script("other", "x = 1"),
    "service": lambda p: p.service("other", "ping"),
    "send": lambda p: p.send("other"),
    "receive": lambda p: p.receive("other"),
    "rule": lambda p: p.rule("other", "x"),
    "loop": lambda p: p.again("step", "x"),
    "each": lambda p: p.each("step", "items", "item"),
    "conditional": lambda p: p.beside("other", "step", holding("x")),
    "message": lambda p: p.beside("other", "step", messaging("m_told")),
    "error": lambda p: p.beside("other", "step", alarm("error", "e")),
    "cancel": lambda p: p.beside("other", "step", alarm("cancel", "")),
    "escalation": lambda p: p.beside("other", "step", alarm("escalation", "e")),
    "signal": lambda p: p.hear("other", "s"),
    "inclusive": lambda p: p.inclusive("other"),
    "parallel": lambda p: p.parallel("other"),
    "events": lambda p: p.choice("other"),
    "data": lambda p: p.data("other"),
}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(data: bytes, lang: str = "zh") -> etree._Element:
    return etree.fromstring(picture("x.bpmn", data, lang))


def said(svg: etree._Element) -> str:
    """Give all that is written, without its line breaks."""
    return re.sub(r"\s", "", "".join(text.text or "" for text in svg.iter(f"{SVG}text")))


@pytest.mark.parametrize("path", sorted(SHIPPED))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_shipped_diagram_is_drawn_whole(path: str, lang: str) -> None:
    svg, read = drawn(SHIPPED[path], lang), read_drawing(etree.fromstring(SHIPPED[path]))
    written = said(svg)
    named: list[Shape | Arrow] = [*read.shapes.values(), *read.arrows]
    assert len(named) > 5
    for piece in named:
        name = piece.texts[lang == "en"] if len(piece.texts) > 1 else "".join(piece.texts)
        assert re.sub(r"\s", "", name) in written, name
    nodes = [shape for shape in read.shapes.values() if not shape.is_frame]
    assert len(list(svg.iter(f"{SVG}title"))) == len(nodes)
    left, top, width, height = map(float, svg.get("viewBox", "").split())
    for shape in read.shapes.values():
        assert left <= shape.box.x
        assert top <= shape.box.y
        assert shape.box.right <= left + width
        assert shape.box.bottom <= top + height


@given(st.integers(0, 2**32), st.integers(1, 3))
def test_whatever_is_drawn_has_a_picture(seed: int, depth: int) -> None:
    for process in Artist(Random(seed)).procedure(depth):
        data = process.bytes()
        svg, read = drawn(data), read_drawing(etree.fromstring(data))
        heads = [group for group in svg.iter(f"{SVG}g") if "rotate" in group.get("transform", "")]
        assert len(heads) >= len(read.arrows)
        solid = [shape for shape in read.shapes.values() if not shape.is_frame]
        assert len(list(svg.iter(f"{SVG}title"))) == len(solid)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_it_is_called_it_stays_text(name: str) -> None:
    p = Process("errand")
    p.message_start()
    p.user("step")
    root = etree.fromstring(p.bytes())
    (step,) = (each for each in root.iter() if each.get("id") == "step")
    kept = "".join(char for char in name if char.isprintable())
    step.set("name", kept)
    svg = drawn(etree.tostring(root))
    assert {etree.QName(each).localname for each in svg.iter()} <= {
        *("svg", "g", "rect", "path", "circle", "text", "title"),
    }
    assert re.sub(r"\s", "", kept) in said(svg) + "step in English".replace(" ", "")


def paths(draw: Callable[[Process], object]) -> int:
    """Count the strokes of a small diagram with something more."""
    p = Process("errand")
    p.message_start()
    p.user("step")
    draw(p)
    return len(list(drawn(p.bytes()).iter(f"{SVG}path")))


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_its_sign(kind: str) -> None:
    assert paths(KINDS[kind]) > paths(lambda _: None)


def test_a_figure_that_is_no_number_is_left_out() -> None:
    p = Process("errand")
    p.message_start()
    p.user("step")
    p.chain("opened", "step")
    data = p.bytes().replace(b'<di:waypoint x="9"', b'<di:waypoint x="wide"')
    assert "step名" in said(drawn(data))


@given(st.text(max_size=60), st.floats(20, 200))
def test_text_is_broken_without_losing_any(text: str, width: float) -> None:
    font = Font(han=12, latin=6, line=14)
    broken = font.broken(text, width)
    assert re.sub(r"\s", "", "".join(broken)) == re.sub(r"\s", "", text)
    assert font.lines(text, width) in {len(broken), None}
