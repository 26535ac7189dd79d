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

from engine.spiff.fixes import COMPLETED, UNFINISHED, WAITING, Token
from engine.spiff.flows import CalledFlow, CaseFlow
from engine.spiff.pruning import prune
from engine.spiff.reading import Scripts

if TYPE_CHECKING:
    from engine.spiff.flows import Instance
    from engine.spiff.plan import Plan

VERSION: Final = b"\x01"
LEVEL: Final = 3
MAX_BYTES: Final = 64 * 1024 * 1024
NO_HOST: Final = 0


class UnknownStateError(ValueError):
    """The bytes are not a state of this version of the product."""


def dump(case: CaseFlow) -> bytes:
    """Give the bytes of a case that stands still; TypeError if a variable is not JSON."""
    prune(case)
    instances = [_instance(NO_HOST, case)]
    instances += [_instance(host, called) for host, called in case.subprocesses.items()]
    raw = orjson.dumps([case.last_id, instances], option=orjson.OPT_PASSTHROUGH_DATETIME)
    return VERSION + zstandard.ZstdCompressor(level=LEVEL).compress(raw)


def load(plan: Plan, state: bytes) -> CaseFlow:
    """Give back the case that was dumped; UnknownStateError if it is none."""
    if state[:1] != VERSION:
        raise UnknownStateError(state[:1])
    try:
        if not 0 < zstandard.frame_content_size(state[1:]) <= MAX_BYTES:
            raise UnknownStateError(len(state))
        raw = zstandard.ZstdDecompressor().decompress(state[1:])
        last_id, instances = orjson.loads(raw)
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise UnknownStateError(str(error)) from error
    case = CaseFlow(plan, Scripts())
    where: dict[int, Token] = {}
    for host, name, values, written, completed, rows in instances:
        instance: Any = case
        if host != NO_HOST:
            instance = CalledFlow(where[host], plan.called[name])
            case.subprocesses[host] = instance
        if values is not None:
            instance.values, instance.written = values, set(written)
        instance.completed = completed
        _plant(case, instance, rows)
        where.update(instance.tasks)
    case.last_id = last_id
    return case


def _instance(host: int, instance: Instance) -> list[object]:
    values: dict[str, object] | None = instance.values
    written: list[str] | None = sorted(instance.written)
    if isinstance(instance, CalledFlow) and instance.spec.embedded:
        values, written = None, None
    elif instance.completed:
        values, written = {}, []
    return [host, instance.spec.name, values, written, instance.completed, _rows(instance)]


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
        passed = token._state == COMPLETED and "due" in internals
        if internals and (token._state & UNFINISHED or passed):
            row.append(internals)
        rows.append(row)
        if token._children:
            pending += [tasks[child] for child in reversed(token._children)]
    return rows


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
