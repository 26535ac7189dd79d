"""How a command fails: in Chinese and English on the error stream, with exit code 1."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

import click

from web.commands.say import complain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CURES: Final[Mapping[type[object], str]] = {
    click.DateTime: "日期请写成 2027-01-31 这样",
    click.types.IntParamType: "请写整数，并在允许的范围内",
    click.Choice: "请写所列的词之一",
    click.Path: "请写存在的文件或文件夹",
    click.types.UUIDParameterType: "请写列出的编号",
}
_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def told() -> Iterator[None]:
    """Tell what went wrong if both its sentences are known; let SIGTERM unwind, not cut off.

    An embedded server that the command has started is stopped on the way out.
    """
    signal.signal(signal.SIGTERM, _unwind)
    try:
        yield
    except click.Abort:
        complain("已中止。", "Stopped.")
        sys.exit(1)
    except click.ClickException as error:
        complain(_mistyped(error), error.format_message())
        sys.exit(error.exit_code)
    except Exception as error:
        if not _tell(error):
            raise
        sys.exit(1)


def _mistyped(error: click.ClickException) -> str:
    """Say in Chinese what is wrong with what was typed after a command."""
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}；加 --help 可看用法。"
    if not isinstance(error, click.BadParameter) or error.param is None:
        return "命令的写法不对；加 --help 可看用法。"
    hint = error.param.get_error_hint(error.ctx) if error.ctx else error.param.name
    if isinstance(error, click.MissingParameter):
        return f"缺少 {hint}；加 --help 可看用法。"
    cure = next((zh for kind, zh in _CURES.items() if isinstance(error.param.type, kind)), "请改正")
    return f"{hint} 的写法不对，{cure}。"


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
