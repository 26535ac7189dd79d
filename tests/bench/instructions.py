"""Instructions that processes execute, as the processor counts them: the same on a busy machine.

Milliseconds of CPU grow with whatever else empties the caches, and not alike for large programs and
small ones. Linux counts for root, and for others as far as perf_event_paranoid lets them.
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tests.bench.counting import family

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYSCALLS: Final = {"x86_64": 298, "aarch64": 241}
_SIZE: Final = 128
_INSTRUCTIONS: Final = 1
_INHERIT, _WITHOUT_KERNEL, _WITHOUT_HYPERVISOR = 1 << 1, 1 << 5, 1 << 6
_ALL: Final = _INHERIT | _WITHOUT_HYPERVISOR


class Instructions:
    """A count of what a process, all below it and what they start from now on execute."""

    def __init__(self, root: int) -> None:
        """Begin at nought; where nothing can be counted it stays so."""
        self._events: list[int] = []
        for thread in _threads(root):
            event = _open(thread, _ALL)
            self._events.append(_open(thread, _ALL | _WITHOUT_KERNEL) if event < 0 else event)

    def read(self) -> int:
        """Give how many there were so far, 0 if they cannot be counted."""
        if any(event < 0 for event in self._events):
            return 0
        return sum(int.from_bytes(os.read(event, 8), "little") for event in self._events)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for event in self._events:
            if event >= 0:
                os.close(event)


def _threads(root: int) -> Iterator[int]:
    for pid in (root, *family(root)):
        yield from (int(thread.name) for thread in Path(f"/proc/{pid}/task").iterdir())


def _open(thread: int, flags: int) -> int:
    """Ask the kernel to count; a file descriptor, or -1."""
    number = _SYSCALLS.get(os.uname().machine)
    if number is None:
        return -1
    attributes = struct.pack("<IIQQQQQ", 0, _SIZE, _INSTRUCTIONS, 0, 0, 0, flags)
    libc = ctypes.CDLL(None, use_errno=True)
    wanted = ctypes.create_string_buffer(attributes, _SIZE)
    return int(libc.syscall(number, wanted, thread, -1, -1, 0))
