"""The stored state of a case: a version byte, then zstd over a flat JSON list of places.

Variables are stored once per process instance and never walked, so no key in them can mean
anything (upstream's state becomes unloadable through a form field called `typename`, and loses
all data when a database sorts its keys). Compressor and decompressor are made for each call:
shared ones crash the process under threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
import zstandard

from engine.spiff.elements.arming import CASE, SUSPENSION
from engine.spiff.elements.timers import BEGUN
from engine.spiff.elements.turns import Turn
from engine.spiff.fixes import COMPLETED, TAKEN, TASK, UNFINISHED, WAITING, Token
from engine.spiff.flows import CalledFlow, CaseFlow, InnerFlow
from engine.spiff.going_back.detours import Detour
from engine.spiff.pruning import prune
from engine.spiff.reading import Scripts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.flows import Instance
    from engine.spiff.plan import Plan

VERSION: Final = b"\x01"
LEVEL: Final = 3
MAX_BYTES: Final = 64 * 1024 * 1024
NO_HOST: Final = 0
_HELD: Final = {CASE: "paused", SUSPENSION: "suspended"}
FOR_GOING_BACK: Final = (TASK, TAKEN, BEGUN)
_ABSENT: Final = object()


class UnknownStateError(ValueError):
    """The bytes are not a state of this version of the product."""


def dump(case: CaseFlow) -> bytes:
    """Give the bytes of a case that stands still; TypeError if a variable is not JSON."""
    prune(case)
    instances = [_instance(NO_HOST, case)]
    instances += [_instance(inner.host.id, inner) for inner in case.subprocesses.values()]
    facts = [{_HELD[whole]: True for whole in sorted(case.held)}] if case.held else []
    whole = [case.last_id, instances, *facts]
    raw = orjson.dumps(whole, option=orjson.OPT_PASSTHROUGH_DATETIME)
    return VERSION + zstandard.ZstdCompressor(level=LEVEL).compress(raw)


def load(plan: Plan, state: bytes) -> CaseFlow:
    """Give back the case that was dumped; UnknownStateError if it is none."""
    if state[:1] != VERSION:
        raise UnknownStateError(state[:1])
    try:
        if not 0 < zstandard.frame_content_size(state[1:]) <= MAX_BYTES:
            raise UnknownStateError(len(state))
        raw = zstandard.ZstdDecompressor().decompress(state[1:])
        last_id, instances, *facts = orjson.loads(raw)
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise UnknownStateError(str(error)) from error
    case = CaseFlow(plan, Scripts())
    where: dict[int, Token] = {}
    for row in instances:
        where.update(_revive(case, where, *row).tasks)
    case.last_id = last_id
    case.held = {whole for whole, name in _HELD.items() if facts and facts[0].get(name)}
    return case


def _revive(case: CaseFlow, where: Mapping[int, Token], host: int, name: str, *row: Any) -> Any:
    """Give back one process instance, those around it being there already."""
    values, written, completed, rows, *lean = row
    instance: Any = case
    if host != NO_HOST:
        instance = _inner(case, where[host], name, *lean[1:])
    if values is not None:
        instance.values, instance.written = values, set(written)
        if lean:
            instance.values = _whole(values, lean[0], instance.parent_workflow.values)
    instance.completed = bool(completed)
    instance.cut = completed if isinstance(completed, list) else []
    _plant(case, instance, rows)
    return instance


def _inner(case: CaseFlow, host: Token, name: str, *more: Any) -> InnerFlow:
    inner: InnerFlow
    match more:
        case ():
            inner = CalledFlow(host, case.plan.called[name])
        case (origin,):
            spec = case.plan.spec if name == case.plan.spec.name else case.plan.called[name]
            inner = Detour(host, spec, origin)
        case _:
            inner = Turn(host, *more)
    case.subprocesses[inner.key] = inner
    return inner


def _instance(host: int, instance: Any) -> list[object]:
    """Give what is stored of a process instance; of a lean one only what differs around it."""
    values: dict[str, object] | None = instance.values
    written: list[str] | None = sorted(instance.written)
    lean: list[object] = []
    if instance.shares:
        values, written = None, None
    elif instance.completed and not _may_go_on(instance):
        values, written = {}, []
    elif instance.lean:
        around = instance.parent_workflow.values
        values = {k: v for k, v in instance.values.items() if around.get(k, _ABSENT) is not v}
        lean = [[name for name in around if name not in instance.values]]
    if isinstance(instance, Turn):
        lean = [*(lean or [[]]), instance.key, instance.number, instance.label]
    elif isinstance(instance, Detour):
        lean = [*(lean or [[]]), instance.origin]
    completed = (instance.completed and instance.cut) or instance.completed
    return [host, instance.spec.name, values, written, completed, _rows(instance), *lean]


def _may_go_on(instance: Any) -> bool:
    """Whether a case that has ended, or what was cut off with it, needs its variables again."""
    if instance is instance.top_workflow:
        return True
    return instance.host.id in instance.host.workflow.cut


def _whole(
    values: dict[str, object], lacking: list[str], around: dict[str, object]
) -> dict[str, object]:
    """Give the variables of a lean instance: the very ones around it where they do not differ."""
    return {**{k: v for k, v in around.items() if k not in lacking}, **values}


def _rows(instance: Instance) -> list[list[object]]:
    """List tokens, parents first: id, place of the parent in the list, spec, state, internals."""
    tasks = instance.tasks
    rows: list[list[object]] = []
    places = {None: -1}
    pending = [instance.task_tree]
    while pending:
        token = pending.pop()
        places[token.id] = len(rows)
        row = [token.id, places[token._parent], token.task_spec.name, token._state]
        internals = token.internal_data
        if internals:
            kept = internals if token._state & UNFINISHED else _kept(token._state, internals)
            if kept:
                row.append(kept)
        rows.append(row)
        if token._children:
            pending += [tasks[child] for child in reversed(token._children)]
    return rows


def _kept(state: int, internals: dict[str, Any]) -> dict[str, Any]:
    """Give what the token of a finished place still knows of itself: what going back asks for."""
    if state != COMPLETED:
        return {}
    if "due" in internals:
        return internals
    return {name: internals[name] for name in FOR_GOING_BACK if name in internals}


def _plant(case: CaseFlow, instance: Any, rows: list[Any]) -> None:
    specs, tasks = instance.spec.task_specs, instance.tasks
    planted: list[Token] = []
    for id_, place, name, state, *internals in rows:
        token = Token.__new__(Token)
        token.id, token.workflow, token.task_spec = id_, instance, specs[name]
        token.triggered, token._children, token._state = False, [], state
        token.internal_data = internals[0] if internals else {}
        if place < 0:
            token._parent = None
            instance.task_tree = token
        else:
            token._parent = planted[place].id
            planted[place]._children.append(id_)
        tasks[id_] = token
        planted.append(token)
        if state == WAITING and token.mark.parks:
            case.parked.append(token)
