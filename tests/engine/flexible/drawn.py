"""Random procedures and random edits of them, with a form for every step, to be published."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from lxml import etree
from typing_extensions import override

from engine.spiff.files.xml import BPMNDI
from tests.engine.small import form, roles_file
from tests.engine.spiff.drawing import NAMESPACES, Process, edge, files_of, shape, variable
from tests.engine.spiff.edits import XML, Editor, tag
from tests.engine.spiff.random_diagrams import ALL, Artist

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.engine.spiff.drawing import Scope

DEPTH, MOST_EDITS = 2, 3
NUMBERED = form("n", n={"type": "integer"})


class Asker(Artist):
    """Draws services that an installation has."""

    @override
    def ask(self, scope: Scope, _depth: int) -> tuple[str, str]:
        id_ = scope.service(self.id("ask"), "webhook", "answer", endpoint="'erp'", data="n + 1")
        return id_, id_


def drawn(seed: int) -> dict[str, bytes]:
    """Draw a procedure `demo` in which every third element is another role's."""
    processes = Asker(Random(seed)).procedure(DEPTH)
    for process in processes:
        process.lane("品管部", *process.ids[1::3])
    return complete(files_of(*processes))


def shouting() -> dict[str, bytes]:
    """Draw a procedure of which each case is a signal to all the others."""
    process = Process("shouting")
    process.extra = variable("n", "0")
    process.message_start()
    process.shout("shout", process.signal(ALL, carries="n", name="all"))
    process.end()
    process.chain("opened", "shout", "done")
    return complete(files_of(process))


def edited(files: Mapping[str, bytes], seed: int) -> dict[str, bytes]:
    """Change one to three things in its diagrams, as an owner does."""
    random = Random(seed)
    diagrams = {path: xml for path, xml in files.items() if path.endswith(".bpmn")}
    for _ in range(random.randint(1, MOST_EDITS)):
        path = random.choice(sorted(diagrams))
        editor = Editor(etree.fromstring(diagrams[path]), random, f"v{random.randrange(10**6)}_")
        editor.edit()
        _draw(editor.root)
        diagrams[path] = etree.tostring(editor.root)
    return complete(diagrams)


def _draw(root: XML) -> None:
    """Draw what is in the procedure after an edit, and only that."""
    (process,), (plane,) = root.iter(tag("process")), root.iter(f"{{{BPMNDI}}}BPMNPlane")
    flows = [flow.get("id") for flow in process.iter(tag("sequenceFlow"))]
    lanes = [lane.get("id") for lane in process.iter(tag("lane"))]
    nodes = [ref.text for ref in process.iter(tag("flowNodeRef"))]
    shapes = [shape(id_, n) for n, id_ in enumerate(["pool", *lanes, *nodes])]
    drawn = etree.fromstring(f"<all {NAMESPACES}>{''.join([*shapes, *map(edge, flows)])}</all>")
    plane[:] = list(drawn)


def complete(diagrams: Mapping[str, bytes]) -> dict[str, bytes]:
    """Lay a form beside each step, and the roles."""
    return {
        **diagrams,
        **{f"forms/{place}.json": NUMBERED for xml in diagrams.values() for place in _places(xml)},
        "bpmn/roles.yaml": roles_file(),
    }


def _places(xml: bytes) -> list[str]:
    root = etree.fromstring(xml)
    (process,) = root.iter(tag("process"))
    steps = [each.get("id") for each in root.iter(tag("userTask"), tag("manualTask"))]
    starts = [e.get("id") for e in process.findall(tag("startEvent")) if len(e)]
    return [f"{process.get('id')}/{id_}" for id_ in (*starts, *steps)]
