"""What an intervention leaves unfilled that something reads later, in words for whoever does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import spiff
from engine.cases.casedata import title_of
from engine.going_back.bypasses import passed
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

    from engine.going_back.intervening import Ready
    from engine.procedures import Version
    from engine.spiff import Lack, Reader

_HOW: Final = {
    "condition": Names("的条件", " (a condition)"),
    "table": Names("的决策表", " (a decision table)"),
    "form": Names("的表单", " (its form)"),
    "otherwise": Names("", ""),
}


def lacks(conn: sa.Connection, ready: Ready) -> list[Names]:
    """Return a line for what each element that is left out would have filled, and who reads it."""
    version, move = ready.version, ready.move
    at = spiff.position(version.compiled, ready.case.state)
    found = spiff.lacking(
        version.compiled,
        at,
        spiff.Leap(ready.wanted.task, ready.place, move.closed, move.flows),
        passed=passed(conn, ready.case.id, version, at),
        filled=_filled(version, move.state),
        forms=asked(version),
    )
    return [_said(version, each) for each in found]


def _filled(version: Version, state: bytes) -> set[str]:
    """Return the variables that have a value: something that is neither nothing nor empty."""
    scopes = spiff.variables(version.compiled, state)
    return {name for scope in scopes for name, value in scope.values.items() if not _blank(value)}


def _blank(value: object) -> bool:
    return value is None or value in ("", [], {})


def asked(version: Version) -> dict[str, spiff.Asking]:
    """Return what the forms of a version ask and show, by "process/element"."""
    return {
        key: spiff.Asking(
            [each.name for each in form.fields],
            [each.source for each in form.fields if each.source is not None],
            form.shows,
        )
        for key, form in version.bundle.forms.items()
    }


def _said(version: Version, lack: Lack) -> Names:
    titles = [title_of(version, name) for name in lack.variables]
    step = version.element(*lack.left.split(":")).names
    readers = [_reader(version, each) for each in lack.readers]
    return Names(
        f"“{step.zh}”的{_listed(each.zh for each in titles)}没有填写，"
        f"而{'、'.join(each.zh for each in readers)}要用到",
        f"{_and(each.en for each in titles)} of “{step.en}” stay empty, and are read by "
        f"{', '.join(each.en for each in readers)}",
    )


def _listed(titles: Iterable[str]) -> str:
    return "".join(f"“{title}”" for title in titles)


def _and(titles: Iterable[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


def _reader(version: Version, each: Reader) -> Names:
    called, how = version.compiled.diagrams[each.process].called(each.element), _HOW[each.how]
    return Names(f"“{called.zh}”{how.zh}", f"“{called.en}”{how.en}")
