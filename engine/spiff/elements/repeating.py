"""Activities that run several times: multi-instance ones and loops.

The token that comes to such an activity becomes the host of its turns; boundary events hang on
the host, so on all of them.

Each instance of a multi-instance activity has its own copy of the variables, and leaves behind
only its result. Upstream merges what the instances wrote: stale values win and lists lose items.
The turns of a loop share the variables around them, one after the other.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

from engine.spiff.elements.repeats import COUNTER, COUNTERS, Many
from engine.spiff.elements.turns import Turn, forget, told, turns
from engine.spiff.fixes import READY, STARTED
from engine.spiff.language.expressions import compile_expression
from engine.spiff.reading import evaluate, failure

if TYPE_CHECKING:
    from engine.spiff.elements.repeats import Again
    from engine.spiff.fixes import Token
    from engine.spiff.language.expressions import Expression

MOST: Final = 1_000
MOST_IN_CASE: Final = 5_000
_EACH: Final = "{} [each]"


class _Repeated(SpiffBpmnTask):
    """An activity whose turns run inside the token that has come to it."""

    shares = False

    def __init__(self, wf_spec: Any, name: str, each: str) -> None:
        super().__init__(wf_spec, name)
        self.each = each

    def _update_hook(self, my_task: Token) -> bool:
        if my_task._state == STARTED:
            return False
        super()._update_hook(my_task)
        return not self._begin(my_task)

    def _plant(self, host: Token, number: int, label: str | None, **values: object) -> None:
        top = host.workflow.top_workflow
        turn = Turn(host, top.next_id(), number, label)
        for name, value in values.items():
            turn.assign(name, value)
        top.subprocesses[turn.key] = turn
        turn.grow()

    def _leave(self, host: Token) -> None:
        """Let the token go on, without the turns that are still open."""
        self._stop(host)
        host.workflow.top_workflow.journal.entered.add(host.id)
        host._set_state(READY)

    def _stop(self, host: Token) -> None:
        for turn in list(turns(host)):
            turn.cancel()
            forget(turn)

    def _on_cancel(self, my_task: Token) -> None:
        self._stop(my_task)
        super()._on_cancel(my_task)


class MultiInstance(_Repeated):
    """Runs its activity once for each item of a list, at a time or one after the other."""

    def __init__(
        self, wf_spec: Any, name: str, each: str, drawn: Many, texts: dict[str, Expression]
    ) -> None:
        super().__init__(wf_spec, name, each)
        self.drawn = drawn
        self.count = texts.get(drawn.count or "")
        self.until = texts.get(drawn.until or "")

    def _begin(self, my_task: Token) -> bool:
        items = self._items(my_task)
        self._say_results(my_task, [])
        if not items:
            return False
        my_task._set_state(STARTED)
        my_task.internal_data.update(of=len(items), turned=0, ended=[], left=[])
        if self.drawn.sequential:
            my_task.internal_data["items"] = items
            items = items[:1]
        for number, item in enumerate(items, 1):
            self._instance(my_task, number, item)
        return True

    def _items(self, host: Token) -> list[object]:
        items = self._counted(host) if self.count is not None else self._listed(host)
        open_now = len(host.workflow.top_workflow.subprocesses)
        if len(items) > MOST or open_now + len(items) > MOST_IN_CASE:
            raise failure(
                host,
                f"多实例有 {len(items)} 个实例，上限 {MOST}（全案件同时 {MOST_IN_CASE}）。请分批。",
                f"There would be {len(items)} instances; the limit is {MOST}, and {MOST_IN_CASE} "
                "at a time in a case. Split the list.",
                variable=self.drawn.items,
            )  # fmt: skip
        return items

    def _listed(self, host: Token) -> list[object]:
        name = self.drawn.items or ""
        items = host.data.get(name)
        if not isinstance(items, list):
            raise failure(
                host,
                f"变量“{name}”应为列表，现为 {_shown(items)}。请检查给它赋值的表单或脚本。",
                f'Variable "{name}" must hold a list, but is {_shown(items)}. '
                "Check the form or script that sets it.",
                variable=name,
            )
        return list(items)

    def _counted(self, host: Token) -> list[object]:
        assert self.count is not None  # noqa: S101 - for the type checker
        count = evaluate(host, self.count)
        if not _is_whole(count):
            raise failure(
                host,
                f"实例个数应为非负整数，现为 {_shown(count)}。",
                f"The number of instances must be a whole number from 0, but is {_shown(count)}.",
                expression=self.count.text, variable=next(iter(self.count.names), None),
            )  # fmt: skip
        return [None] * int(min(count, MOST + 1))

    def _instance(self, host: Token, number: int, item: object) -> None:
        label = f"{number}/{host.internal_data['of']}"
        given: dict[str, object] = {COUNTER: number}
        if self.drawn.item is not None and self.drawn.items is not None:
            label = " · ".join(part for part in (label, told(item)) if part)
            given[self.drawn.item] = item
        self._plant(host, number, label, **given)

    def turned(self, host: Token, turn: Turn) -> None:
        """Take what an instance leaves behind, and go on if it was the last one to wait for."""
        kept = host.internal_data
        forget(turn)
        kept["turned"] += 1
        if self.drawn.result is not None:
            place = bisect(kept["ended"], turn.number)
            kept["ended"].insert(place, turn.number)
            kept["left"].insert(place, turn.values.get(self.drawn.result))
            self._say_results(host, list(kept["left"]))
        if kept["turned"] == kept["of"] or self._enough(host, turn):
            self._leave(host)
        elif self.drawn.sequential:
            self._instance(host, kept["turned"] + 1, kept["items"][kept["turned"]])

    def _say_results(self, host: Token, results: list[object]) -> None:
        if self.drawn.results is not None:
            host.workflow.assign(self.drawn.results, results)

    def _enough(self, host: Token, turn: Turn) -> bool:
        if self.until is None:
            return False
        of, turned = host.internal_data["of"], host.internal_data["turned"]
        counted = (of, turned, 0 if self.drawn.sequential else of - turned)
        seen = {name: turn.values[name] for name in turn.written}
        return bool(evaluate(host, self.until, seen | dict(zip(COUNTERS, counted, strict=True))))


class Loop(_Repeated):
    """Runs its activity again while a condition holds."""

    shares = True

    def __init__(
        self, wf_spec: Any, name: str, each: str, drawn: Again, texts: dict[str, Expression]
    ) -> None:
        super().__init__(wf_spec, name, each)
        self.condition = texts.get(drawn.condition or "")
        self.most = int(drawn.most) if drawn.most is not None else None
        self.before = drawn.before

    def _begin(self, my_task: Token) -> bool:
        if self.before and not self._again(my_task, 0):
            return False
        my_task._set_state(STARTED)
        my_task.internal_data["turned"] = 0
        self._plant(my_task, 1, None)
        return True

    def turned(self, host: Token, turn: Turn) -> None:
        """Turn again, or go on."""
        forget(turn)
        host.internal_data["turned"] = turn.number
        if self._again(host, turn.number):
            self._plant(host, turn.number + 1, None)
        else:
            self._leave(host)

    def _again(self, host: Token, turned: int) -> bool:
        if self.most is not None and turned >= self.most:
            return False
        return self.condition is None or bool(evaluate(host, self.condition, {COUNTER: turned}))


def repeat(task_spec: Any, drawn: Many | Again) -> None:
    """Put a host of turns in the place of an activity's spec, which becomes that of each turn."""
    texts = {text: compile_expression(text) for text in drawn.texts}
    process, name = task_spec._wf_spec, task_spec.name
    del process.task_specs[name]
    each = _EACH.format(name)
    kind: Any = MultiInstance if isinstance(drawn, Many) else Loop
    host = kind(process, name, each, drawn, texts)
    host._inputs, host._outputs = task_spec._inputs, task_spec._outputs
    task_spec.name, task_spec._inputs, task_spec._outputs = each, [name], []
    process.task_specs[each] = task_spec
    host.mark = task_spec.mark
    task_spec.mark = replace(host.mark, exits={}, arrives=False)
    if not (isinstance(drawn, Many) and drawn.on_each):
        for script in ("prescript", "postscript"):
            if hasattr(task_spec, script):
                setattr(host, script, getattr(task_spec, script))
                setattr(task_spec, script, None)


def _is_whole(count: object) -> TypeGuard[int | float | Decimal]:
    if isinstance(count, bool) or not isinstance(count, int | float | Decimal):
        return False
    return count >= 0 and count == count // 1


def _shown(value: object) -> str:
    return repr(value)[:80]
