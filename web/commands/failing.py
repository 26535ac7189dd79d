"""How a command fails: in Chinese and English on the error stream, with exit code 1."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from web.commands.say import complain

if TYPE_CHECKING:
    from collections.abc import Iterator

_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def told() -> Iterator[None]:
    """Tell what went wrong if both its sentences are known; let SIGTERM unwind, not cut off.

    An embedded server that the command has started is stopped on the way out.
    """
    signal.signal(signal.SIGTERM, _unwind)
    try:
        yield
    except Exception as error:
        if not _tell(error):
            raise
        sys.exit(1)


def _tell(error: Exception) -> bool:
    problems = getattr(error, "problems", ())
    for problem in problems:
        place = f"{problem.file}#{problem.element}" if problem.element else problem.file
        complain(f"{place} [{problem.code}]", f"    {problem.zh}\n    {problem.en}")
    if problems:
        complain(
            f"{len(problems)} 个问题，未发布。",
            f"{len(problems)} problem{'s'[: len(problems) > 1]}; nothing is published.",
        )
        return True
    return _tell_sentences(error) or _tell_database(error)


def _tell_sentences(error: Exception) -> bool:
    zh, en = getattr(error, "zh", None), getattr(error, "en", None)
    if not (isinstance(zh, str) and isinstance(en, str)):
        return False
    complain(zh, en)
    return True


def _tell_database(error: Exception) -> bool:
    from sqlalchemy.exc import OperationalError

    if not isinstance(error, OperationalError):
        return False
    complain("无法连接数据库：", f"The database cannot be reached:\n{error.orig}")
    return True


def _unwind(_number: int, _frame: object) -> NoReturn:
    sys.exit(_TERMINATED)
