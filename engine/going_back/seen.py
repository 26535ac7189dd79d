"""What somebody has read of what follows: a digest of it comes back with their confirmation."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from engine.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.spiff import Names


class PreviewChangedError(Refusal):
    """What was shown of what follows is no longer what would happen."""

    code = "going_back_changed"

    def __init__(self) -> None:
        super().__init__(
            "您看过之后情况有了变化，什么都还没有办。请再看一遍下面的后果，然后再确认。",
            "Things have changed since you looked, and nothing was done. Read once more what "
            "would follow, and confirm again.",
        )


def digest(*parts: Iterable[Names]) -> str:
    """Return what stands for lines that were shown, part by part."""
    told = [[[line.zh, line.en] for line in part] for part in parts]
    return sha256(orjson.dumps(told)).hexdigest()[:16]


def check_seen(seen: str | None, shown: str) -> None:
    """Refuse what was confirmed after reading something else (PreviewChangedError); None: unread.

    ``seen`` is the digest that came back, ``shown`` that of what would happen now.
    """
    if seen is not None and seen != shown:
        raise PreviewChangedError
