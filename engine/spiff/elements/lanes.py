"""Who works in a lane: a role, whoever a variable names, or whom the caller of the process says.

A lane of a called process that is no role is a place that every call fills (`banjie:lanes`). The
steps of a called process without lanes belong to whoever works where it is called; upstream leaves
them to nobody (arena 1131).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import words_of
from engine.spiff.flows import drawn_around
from engine.spiff.model import Filling
from engine.spiff.reading import failure, read_role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.sheet import Lane, Node, Sheet
    from engine.spiff.files.sources import Sources
    from engine.spiff.fixes import Token

Place = tuple[str, str]
"""A process, and the id of a lane that its callers fill; empty if the process has no lanes."""
PREFIX = "lane_"


@dataclass(frozen=True)
class Whose:
    """A `role` (code), a `variable` that holds one, or the id of a `lane` that callers fill.

    None of them: whoever works where the process is called.
    """

    role: str | None = None
    variable: str | None = None
    lane: str | None = None


NOBODY: Final = Whose()


def whose(lane: Lane | None, roles: Mapping[str, str]) -> Whose:
    """Say who works in a lane; `roles` maps what a lane may say to a role code."""
    if lane is None:
        return NOBODY
    if lane.role_from:
        return Whose(variable=lane.role_from)
    role = roles.get(lane.name)
    return Whose(role=role) if role is not None else Whose(lane=lane.id)


def entries(node: Node) -> list[tuple[str, str]]:
    """Give what a call activity says of lanes: the lane of the called process, and who it is."""
    found = (word.partition("=") for word in words_of(node.xml, "lanes"))
    return [(lane, who) for lane, _, who in found]


def lane_called(sheet: Sheet | None, name: str) -> Lane | None:
    """Find a lane by its id, with or without `lane_`, or by its Chinese name."""
    for lane in sheet.lanes if sheet is not None else ():
        if name in {lane.id, lane.id.removeprefix(PREFIX), lane.name}:
            return lane
    return None


def fills(node: Node, sheet: Sheet, sources: Sources) -> dict[str, Whose]:
    """Give what a call activity fills the lanes of the called process with, by their ids."""
    called = sources.sheets.get(node.called or "")
    found: dict[str, Whose] = {}
    for name, who in entries(node):
        lane, own = lane_called(called, name), lane_called(sheet, who)
        if lane is not None:
            filling = Whose(role=who) if who in sources.roles else whose(own, sources.lanes)
            found[lane.id] = filling
    return found


def places(sheet: Sheet, sources: Sources) -> list[str]:
    """Give the lanes of a diagram that its callers fill; one empty for a diagram without lanes."""
    if not sheet.lanes:
        return [""]
    leaves = (lane for lane in sheet.lanes if not lane.is_frame)
    return [lane.id for lane in leaves if whose(lane, sources.lanes).lane is not None]


def filled(sources: Sources) -> dict[Place, set[Whose]]:
    """Give who may work in each place that callers fill, through all calls of a procedure."""
    found: dict[Place, set[Whose]] = {}
    ways = list(_ways(sources))
    before = -1
    while before < (before := sum(map(len, found.values()))):
        for place, who, process in ways:
            here = found.setdefault(place, set())
            if who.role is not None or who.variable is not None:
                here.add(who)
            else:
                here |= found.get((process, who.lane or ""), set())
    return found


def _ways(sources: Sources) -> Iterator[tuple[Place, Whose, str]]:
    """Give each place, who a call fills it with, and in which process the call stands."""
    for sheet, node in sources.nodes():
        called = sources.sheets.get(node.called or "")
        if called is None:
            continue
        given, own = fills(node, sheet, sources), whose(node.lane, sources.lanes)
        for lane in places(called, sources):
            yield (called.process_id, lane), given.get(lane, own), sheet.process_id


def who_works(node: Node, sheet: Sheet, sources: Sources) -> set[Whose]:
    """Give all who may work at an element, as far as the drawings say."""
    own = whose(node.lane, sources.lanes)
    if own.role is not None or own.variable is not None:
        return {own}
    return sources.filled.get((sheet.process_id, own.lane or ""), set())


def fillings(sheet: Sheet, sources: Sources) -> Iterator[Filling]:
    """Say of each lane that callers fill who works in it, for people to read."""
    for lane in places(sheet, sources):
        holders = sources.filled.get((sheet.process_id, lane))
        if holders:
            found = lane_called(sheet, lane) if lane else None
            yield Filling(
                found.names if found is not None else None,
                tuple(sorted(holder.role for holder in holders if holder.role is not None)),
                any(holder.variable is not None for holder in holders),
            )


def role_at(token: Token) -> str:
    """Give the role (code) whose work a token waits for; RunError if a variable holds none."""
    who, place = decided_at(token)
    return who.role or read_role(place, who.variable or "", place.workflow.top_workflow.plan.roles)


def decided_at(token: Token) -> tuple[Whose, Token]:
    """Give who works where a token is, and the place that says so; RunError if none does."""
    who, place = token.mark.whose, token
    while who.role is None and who.variable is None:
        around = _call_around(place)
        if around is None or around.mark.lanes is None:
            raise failure(
                token,
                "没有人指定这一步由谁办理。请让调用它的活动在泳道里，或写 banjie:lanes。",
                "Nobody says whose this step is. Put its call into a lane, or give it"
                " banjie:lanes.",
            )
        who = around.mark.lanes.get(who.lane or "", around.mark.whose)
        place = around
    return who, place


def _call_around(token: Token) -> Token | None:
    """Give the call activity that a token runs in."""
    return next((each for each in drawn_around(token) if each.mark.lanes is not None), None)
