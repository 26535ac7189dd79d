"""What bpmn/README.md shows of files can be put into a diagram as it stands and is published."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.connectors import operators
from engine.spiff import BrokenFilesError, Names, compile_procedure
from tests.engine.spiff.drawing import ROLES, Process, compiled, files_of, table, variable

GUIDE = Path(__file__).parents[3] / "bpmn/README.md"
PIECES = re.findall(r"```xml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
PROMISES = next(piece for piece in PIECES if piece.startswith("<banjie:guarantee"))
SHOWN = [piece for piece in PIECES if piece != PROMISES]
COMPANY = {**ROLES, **{code: Names(code, code) for code in ("gm-office", "sales", "process-owner")}}
KNOWN = "complaint_number customer_mail reply departments reason owner_role quantity"


def attribute(text: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]+)"', text.split(">", 1)[0])
    return found[1] if found else ""


def declare(p: Process, kind: str, text: str) -> bool:
    """Put what is no element of the flow where it belongs; say whether it was such."""
    if kind in {"message", "error"}:
        p.declared.append(text)
    elif kind == "property":
        p.hands += text
    elif kind == "lane":
        inside = re.findall(r"<bpmn:flowNodeRef>(\w+)<", text)
        p.lane(attribute(text, "name"), *inside, role_from=attribute(text, "banjie:roleFrom"))
    else:
        return False
    return True


def drawn(shown: str, process: str) -> Process:
    """Draw a process around a piece of the guide: its activities in a row, events with an end."""
    p = Process(process, extra="".join(variable(name, "[]") for name in KNOWN.split()))
    begun = p.message_start() if process == "demo" else p.start(f"{process}_begun")
    row: list[str] = [begun]
    ends: list[str] = []
    for text in re.split(r"^(?=<bpmn:)", shown, flags=re.MULTILINE)[1:]:
        kind, id_ = re.findall(r'^<bpmn:(\w+) id="(\w+)"', text)[0]
        if declare(p, kind, text):
            continue
        host = attribute(text, "attachedToRef")
        if host and host not in p.ids:
            row.append(p.user(host))
        p.xml.append(text)
        p.ids.append(id_)
        (ends if host or kind == "endEvent" else row).append(id_)
    finish(p, row, ends)
    return p


def finish(p: Process, row: list[str], events: list[str]) -> None:
    """Draw the flows: a throwing end is chosen after the row, a boundary event has its own end."""
    whole = "".join(p.xml)
    done = p.end(f"{p.process}_done")
    for event in events:
        if f'<bpmn:boundaryEvent id="{event}"' in whole:
            p.flow(event, p.end(f"{event}_seen"))
        else:
            row.append(p.xor("fits", default=f"fits_to_{done}"))
            p.flow("fits", event, 'reason == "bad"')
    p.chain(*row, done)


def files(shown: str) -> dict[str, bytes]:
    first, *others = re.split(r"<!-- ([\w-]+)\.bpmn -->\n", shown)
    processes = [drawn(first, "demo")]
    processes += [drawn(text, name) for name, text in zip(others[::2], others[1::2], strict=True)]
    named = {each.process for each in processes}
    for called in set(re.findall(r'calledElement="([^"]+)"', shown)) - named:
        processes.append(
            drawn(f'<bpmn:userTask id="{called}_step" name="步" banjie:nameEn="Step"/>\n', called)
        )
    tables = {
        id_: table(id_, ["reason"], ["authority"], [(["-"], ['"gm"'])])
        for id_ in re.findall(r"calledDecisionId>([^<]+)<", shown)
    }
    return files_of(*processes) | {f"bpmn/decisions/{i}.dmn": data for i, data in tables.items()}


@pytest.mark.parametrize("shown", SHOWN, ids=[re.findall(r'id="(\w+)"', s)[0] for s in SHOWN])
def test_what_the_guide_shows_is_published_as_it_stands(shown: str) -> None:
    laid = files(shown)
    ids = re.findall(rb' id="(\w+)"', b"".join(laid.values()))
    procedure = compile_procedure(
        laid,
        root="demo",
        roles=COMPANY,
        clauses=set(),
        forms={
            f"{Path(name).stem}/{id_.decode()}": ("view", "quantity", "reason")
            for name in laid
            for id_ in ids
        },
        operators=operators(),
    )
    elements = {id_ for each in procedure.diagrams.values() for id_ in each.elements}
    steps = re.findall(r"^<bpmn:\w+(?:Task|Activity|Event) id=\"(\w+)\"", shown, re.MULTILINE)
    assert set(steps) <= elements


def test_the_guarantees_of_the_guide_are_kept_by_what_they_speak_of() -> None:
    p, closing = Process("demo", extra=PROMISES), Process("close-and-archive")
    p.message_start()
    p.xor("merge")
    p.xor("is_sent_back", "sent_back")
    p.chain("opened", "merge", p.user("investigate"), p.user("decide"), "is_sent_back")
    p.flow("is_sent_back", "merge", id_="sent_back")
    p.flow("is_sent_back", p.user("tell_customer"), "yes", "approved")
    p.chain("tell_customer", p.call("close", "close-and-archive"), p.end())
    closing.chain(closing.start("closing"), closing.user("archive_case"), closing.end("archived"))
    kept = compiled(p, closing, fields=("yes", "complained_about")).guarantees
    assert len({guarantee.kind for guarantee in kept}) == 5
    p.without("approved")
    p.flow("is_sent_back", "tell_customer", id_="waved_through")
    p.flow("is_sent_back", "merge", "yes", "approved")
    with pytest.raises(BrokenFilesError):
        compiled(p, closing, fields=("yes", "complained_about"))


def test_the_guide_shows_what_the_editors_do_not() -> None:
    assert len(SHOWN) == 10
