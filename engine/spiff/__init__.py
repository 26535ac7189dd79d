"""The only place that imports SpiffWorkflow."""

from __future__ import annotations

from engine.spiff.bundle import closure, roots
from engine.spiff.compiling import compile_procedure
from engine.spiff.drawing import check_drawings
from engine.spiff.errors import BrokenFilesError, RunError, TaskNotReadyError
from engine.spiff.expressions import Expression, ExpressionError, compile_expression
from engine.spiff.model import (
    Call,
    Compiled,
    Decision,
    Diagram,
    Element,
    Flow,
    Message,
    Move,
    Names,
    OpenTask,
    Position,
    Problem,
    Row,
    Start,
    Step,
    Table,
    Timer,
)
from engine.spiff.runner import complete, position, start, wake

__all__ = [
    "BrokenFilesError", "Call", "Compiled", "Decision", "Diagram", "Element",
    "Expression", "ExpressionError", "Flow", "Message",
    "Move", "Names", "OpenTask", "Position", "Problem", "Row", "RunError", "Start", "Step",
    "Table", "TaskNotReadyError", "Timer", "check_drawings", "closure",
    "compile_expression", "compile_procedure", "complete", "position", "roots", "start", "wake",
]  # fmt: skip
