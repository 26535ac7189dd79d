"""What engine.spiff raises, each with words for a Chinese and an English reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from engine.spiff.model import Names, Problem


class BrokenFilesError(Exception):
    """The files of a procedure cannot be published; every problem found is listed."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{p.file} {p.element or ''}: {p.en}" for p in problems))
        self.problems = problems


class NotPossibleError(Exception):
    """What was asked for cannot be done as the case stands."""


class TaskNotReadyError(NotPossibleError):
    """The task was completed, cancelled by the diagram, or never existed."""

    def __init__(self, task: UUID) -> None:
        super().__init__(f"Task {task} does not wait for anybody.")
        self.task = task


class NotAwaitedError(NotPossibleError):
    """Nothing in the case waits for this any more, or ever did."""

    def __init__(self, wait: UUID) -> None:
        super().__init__(f"Nothing waits for {wait}.")
        self.wait = wait


class ScopeGoneError(Exception):
    """The called process has ended, or never ran."""

    def __init__(self, scope: int) -> None:
        super().__init__(f"No called process runs at {scope}.")
        self.scope = scope


class NoWayBackError(NotPossibleError):
    """A case cannot go back to a step; the words say why, and what to do instead."""

    def __init__(self, target: UUID, zh: str, en: str) -> None:
        super().__init__(f"{target}: {zh} {en}")
        self.target = target
        self.zh = zh
        self.en = en


class NoPlaceError(NotPossibleError):
    """A token cannot be moved to a place, since that can only be opened from inside."""

    zh = "这一步在多实例或循环活动之内，不能直接移到其中。请移到该活动本身。"
    en = "The step is inside an activity that runs several times. Move to that activity itself."

    def __init__(self, path: tuple[str, ...], element: str) -> None:
        super().__init__(f"{'/'.join((*path, element))}: {self.zh} {self.en}")
        self.path = path
        self.element = element


class InterruptedPlaceError(NoPlaceError):
    """A token cannot be moved into an activity that an event at its border ends at once."""

    zh = "这一步所在的活动一开始就会被其边界事件中断。请先改变该事件的条件，或移到别的步骤。"
    en = (
        "An event at its border interrupts that activity as soon as it begins. "
        "Change what its condition asks for first, or move to another step."
    )


class JoinLeftError(NoPlaceError):
    """A token cannot be moved to a place: what follows would wait for ever, or be done twice."""

    def __init__(self, path: tuple[str, ...], element: str, why: Names) -> None:
        self.zh = f"{why.zh}请逐一“跳过”要略去的步骤；要重办以前的步骤，请“退回”。"
        self.en = (
            f"{why.en} Skip the steps that are to be left out, one after the other; to do an "
            "earlier step again, return the task."
        )
        super().__init__(path, element)


class CaseOverError(NotPossibleError):
    """The case has ended, and what was asked for needs an open one."""

    zh = "案件已经结束。如需继续，请选择一步重新打开。"
    en = "The case is over. To go on with it, open it again at a step."


class CaseOpenError(NotPossibleError):
    """The case has not ended, and what was asked for needs one that has."""

    zh = "案件尚未结束，不用重新打开。请在现在的任务上退回。"
    en = "The case is not over and need not be opened again. Return the task that is open now."


class RunError(Exception):
    """The diagram asked for something that cannot be done with this case's data.

    `expression` is the text that failed and `variable` the name to look at, where there is one.
    """

    def __init__(
        self,
        *,
        process: str,
        element: str,
        zh: str,
        en: str,
        expression: str | None = None,
        variable: str | None = None,
    ) -> None:
        super().__init__(f"{process}:{element}: {zh} {en}")
        self.process = process
        self.element = element
        self.expression = expression
        self.variable = variable
        self.zh = zh
        self.en = en


class ValueRefusedError(RunError):
    """A variable holds what nobody can make sense of, so that whoever gave it can mend it."""
