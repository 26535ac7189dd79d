"""What procedures write to each other: a message carries what those who wait for it take."""

from __future__ import annotations

from collections import defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from engine.spiff import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.procedures.bundles import Bundle

_NEARLY_THE_SAME: Final = 0.8  # as difflib counts; what is not alike may be for somebody else


def misspelt(bundles: Sequence[Bundle]) -> Iterator[Problem]:
    """Refuse a name that a message carries where those who wait for it take one nearly the same."""
    taken: dict[str, set[str]] = defaultdict(set)
    for bundle in bundles:
        for name, names in bundle.compiled.takes.items():
            taken[name] |= names
    for bundle in bundles:
        for name, carried in bundle.compiled.sends.items():
            missed = taken[name] - carried
            for stray in sorted(carried - taken[name]):
                for close in get_close_matches(stray, missed, n=1, cutoff=_NEARLY_THE_SAME):
                    yield _problem(bundle, name, stray, close)


def _problem(bundle: Bundle, message: str, stray: str, close: str) -> Problem:
    compiled = bundle.compiled
    return Problem(
        compiled.diagrams[compiled.id].file,
        None,
        "misspelt_content",
        f"发出的消息“{message}”带有“{stray}”，等待它的规程都不接收。是否为“{close}”？"
        "请把两边的 banjie:carries 写成一样。",
        f'The message "{message}" that is sent carries "{stray}", which no procedure that waits '
        f'for it takes. Did you mean "{close}"? Write the same banjie:carries on both sides.',
    )
