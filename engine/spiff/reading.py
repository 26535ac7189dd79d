"""Reading a case's variables through expressions, with errors that say where on the diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.errors import RunError
from engine.spiff.language.arithmetic import storable
from engine.spiff.language.expressions import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from engine.spiff.fixes import Token
    from engine.spiff.language.expressions import Expression


_SHOWN: Final = 60
"""Characters of a value that a message shows."""


class Scripts:
    """Stands in for SpiffWorkflow's script engine: expressions compiled at publishing, no others.

    Upstream's engine evaluates Python with full builtins, and its error paths fail themselves
    (non-text arguments, syntax errors without a line, str() of its own exception).
    """

    def evaluate(self, task: Token, expression: str, external_context: object = None) -> object:
        """Evaluate a condition of the diagram with the token's data; RunError if it cannot be."""
        del external_context
        return evaluate(task, task.workflow.top_workflow.plan.expressions[expression.strip()])

    def execute(self, task: Token, script: str, external_context: object = None) -> bool:
        """Assign what a script says; RunError if it cannot be computed."""
        del external_context
        for name, expression in task.workflow.top_workflow.plan.scripts[script.strip()].lines:
            value = evaluate(task, expression)
            try:
                task.workflow.assign(name, storable(value))
            except TypeError as error:
                raise failure(
                    task,
                    f"“{name}”的值不能保存。", f'The value of "{name}" cannot be kept.',
                    expression=expression.text, variable=name,
                ) from error  # fmt: skip
        return True


def evaluate(
    token: Token, expression: Expression, more: Mapping[str, object] | None = None
) -> object:
    """Evaluate with the token's data, and `more`; RunError naming its element if it cannot be."""
    try:
        return expression.evaluate({**token.data, **more} if more else token.data)
    except EvaluationError as error:
        raise failure(
            token, error.zh, error.en, expression=error.text, variable=error.variable
        ) from error


def read_role(token: Token, variable: str, roles: AbstractSet[str]) -> str:
    """Read a role code from a variable; RunError naming the variable if it holds none."""
    value = token.data.get(variable)
    if isinstance(value, str) and value in roles:
        return value
    zh, en = in_words(value)
    raise failure(
        token,
        f"变量“{variable}”应为角色代码，现在{zh}。请检查给它赋值的表单或决策表。",
        f'Variable "{variable}" must hold a role code, but {en}. Check what sets it.',
        variable=variable,
    )


def in_words(value: object) -> tuple[str, str]:
    """Say what a variable holds, in Chinese and English, as the end of a sentence."""
    if value is None or value == "":
        return "没有值", "has no value"
    if isinstance(value, bool):
        return ("是“是”", "is yes") if value else ("是“否”", "is no")
    written = " ".join(str(value).split())
    short = f"{written[:_SHOWN]}…" if len(written) > _SHOWN else written
    return f"是“{short}”", f'is "{short}"'


def read_roles(token: Token, entries: Iterable[str], roles: AbstractSet[str]) -> tuple[str, ...]:
    """Read role codes written as `code` or `=variable`, each once, in order."""
    found: dict[str, None] = {}
    for entry in entries:
        found[read_role(token, entry[1:], roles) if entry.startswith("=") else entry] = None
    return tuple(found)


def failure(
    token: Token, zh: str, en: str, *, expression: str | None = None, variable: str | None = None
) -> RunError:
    """Make the RunError of what went wrong at a token."""
    mark = token.mark
    return RunError(
        process=mark.process,
        element=mark.element,
        zh=zh,
        en=en,
        expression=expression,
        variable=variable,
    )
