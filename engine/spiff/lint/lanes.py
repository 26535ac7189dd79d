"""Lanes: each is a role, names who holds one, or is filled by every call of its process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements.lanes import entries, lane_called, places, whose
from engine.spiff.files.sheet import STEPS, own
from engine.spiff.language.expressions import is_name
from engine.spiff.lint.told import meant
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources


def lanes_are_roles(sources: Sources) -> Iterator[Problem]:
    """Let a lane of the procedure itself be a role, or its roleFrom a variable."""
    roles = sources.lanes
    for process, sheet in sources.sheets.items():
        for lane in sheet.lanes:
            if lane.role_from is not None and not is_name(lane.role_from):
                yield Problem(
                    sheet.file, lane.id, "role_from",
                    f"泳道“{lane.name}”的 banjie:roleFrom“{lane.role_from}”不是变量名。",
                    f'The roleFrom "{lane.role_from}" of lane "{lane.name}" is no variable.',
                )  # fmt: skip
            if process != sources.root or lane.is_frame:
                continue
            if whose(lane, roles).lane is not None:
                zh, en = meant(lane.name, roles)
                yield Problem(
                    sheet.file, lane.id, "unknown_role",
                    f"泳道“{lane.name}”不是 roles.yaml 中的角色，规程也没有调用者可以指定。"
                    f"请用角色的中文名或代码，或加 banjie:roleFrom。{zh}",
                    f'Lane "{lane.name}" is no role of roles.yaml, and nobody calls a procedure to '
                    "fill it. Name it by a role's Chinese name or code, or give it "
                    f"banjie:roleFrom.{en}",
                )  # fmt: skip


def one_lane_each(sources: Sources) -> Iterator[Problem]:
    """Let no element lie in two lanes of which neither lies in the other."""
    for sheet in sources.sheets.values():
        for element in sheet.twice_in_lanes:
            yield Problem(
                sheet.file, element, "two_lanes",
                f"“{element}”同时列在两个泳道里。请只放进一个。",
                f'"{element}" is listed in two lanes. Put it into one of them.',
            )  # fmt: skip


def steps_have_lanes(sources: Sources) -> Iterator[Problem]:
    """Let every step lie in a lane, or be called from one where its process has no lanes at all."""
    for process, sheet in sources.sheets.items():
        free = process != sources.root and not sheet.lanes
        for node in sheet.nodes.values():
            if node.kind in STEPS and node.lane is None and not free:
                yield Problem(
                    sheet.file, node.id, "no_lane",
                    f"任务“{node.id}”不在任何泳道里。请放进负责角色的泳道。",
                    f'Step "{node.id}" lies in no lane. Put it into the lane of its role.',
                )  # fmt: skip
            called = sources.sheets.get(node.called or "")
            if called is not None and not called.lanes and node.lane is None and not free:
                yield Problem(
                    sheet.file, node.id, "no_lane",
                    f"“{node.id}”调用的流程“{called.process_id}”没有泳道，由调用处的泳道决定办理角色；"
                    f"请把“{node.id}”放进泳道。",
                    f'"{node.id}" calls "{called.process_id}", which has no lanes: its steps belong'
                    f' to the lane of the call. Put "{node.id}" into one.',
                )  # fmt: skip


def start_has_a_role(sources: Sources) -> Iterator[Problem]:
    """Let the procedure's start lie in a lane with a fixed role."""
    for sheet, node in sources.nodes():
        starts = node.kind == "startEvent" and node.scope == sources.root
        if starts and whose(node.lane, sources.lanes).role is None:
            yield Problem(
                sheet.file, node.id, "start_lane",
                f"开始事件“{node.id}”应在固定角色的泳道里，以确定谁可以发起。",
                f'Start event "{node.id}" must lie in a lane with a fixed role: who may start.',
            )  # fmt: skip


def calls_fill_lanes(sources: Sources) -> Iterator[Problem]:
    """Let every call say who works in each lane of the called process that is no role."""
    for sheet, node in sources.nodes():
        called = sources.sheets.get(node.called or "")
        said = entries(node)
        if own(node.xml, "lanes") is not None and node.kind != "callActivity":
            yield _problem(
                sheet, node, "只有调用活动才能写 banjie:lanes。请删去。",
                "only a call activity may have banjie:lanes. Delete it.",
            )  # fmt: skip
        elif called is not None:
            filled = {lane.id for name, _ in said if (lane := lane_called(called, name))}
            yield from _wrong_entries(sheet, node, called, sources)
            for place in places(called, sources):
                if place and place not in filled:
                    yield _unfilled(sheet, node, called, place, sources.lanes)


def _wrong_entries(sheet: Sheet, node: Node, called: Sheet, sources: Sources) -> Iterator[Problem]:
    free = places(called, sources)
    own_places = set(places(sheet, sources)) if sheet is not sources.sheets[sources.root] else set()
    seen: set[str] = set()
    for name, who in entries(node):
        lane, mine = lane_called(called, name), lane_called(sheet, who)
        if lane is None or lane.id not in free or lane.id in seen:
            names = "、".join(place for place in free if place) or "—"
            yield _problem(
                sheet, node,
                f"banjie:lanes 里的“{name}”不是“{called.process_id}”等待指定的泳道，或写了两次。"
                f"可指定的泳道：{names}。",
                f'"{name}" of banjie:lanes is no lane of "{called.process_id}" that a call fills, '
                f"or stands there twice. There are: {names.replace('、', ', ')}.",
            )  # fmt: skip
            continue
        seen.add(lane.id)
        if who not in sources.roles and (mine is None or mine.id not in own_places):
            zh, en = meant(who, sources.roles)
            yield _problem(
                sheet, node,
                f"banjie:lanes 把泳道“{name}”指定为“{who or '—'}”，它不是角色代码，也不是本图等待"
                f"指定的泳道。请改为 roles.yaml 的代码。{zh}",
                f'banjie:lanes fills "{name}" with "{who or "—"}", which is no role code and no '
                f"lane that callers of this diagram fill. Write a code of roles.yaml.{en}",
            )  # fmt: skip


def _unfilled(sheet: Sheet, node: Node, called: Sheet, lane: str, roles: Iterable[str]) -> Problem:
    found = lane_called(called, lane)
    name = found.name if found is not None else lane
    zh, en = meant(name, roles)
    return Problem(
        sheet.file, node.id, "lane_not_filled",
        f"“{sheet.process_id}”的“{node.id}”调用“{called.process_id}”，没有指定泳道“{name}”"
        f'（{lane}）由谁办理。请在调用活动上写 banjie:lanes="{lane}=角色代码"；'
        f"如果它应是固定角色，请用角色名给泳道命名。{zh}",
        f'"{node.id}" of "{sheet.process_id}" calls "{called.process_id}" without saying whose '
        f'lane "{name}" ({lane}) is. Write banjie:lanes="{lane}=role code" on the call; if it is '
        f"always the same role, name the lane by that role.{en}",
    )  # fmt: skip


def _problem(sheet: Sheet, node: Node, zh: str, en: str) -> Problem:
    return Problem(sheet.file, node.id, "bad_lanes", f"“{node.id}”：{zh}", f'"{node.id}": {en}')
