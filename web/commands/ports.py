"""Ports of the loopback address: which are free, and which answer."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of the loopback address."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def next_free(port: int) -> int:
    """Give the first free port from this one on; raises OSError when there is none."""
    for candidate in range(port, 65_536):
        if is_free(candidate):
            return candidate
    raise OSError(port)


def answers(port: int) -> bool:
    """Say whether somebody takes connections on this port of the loopback address."""
    with socket.socket() as visitor:
        visitor.settimeout(0.5)
        return visitor.connect_ex((LOOPBACK, port)) == 0
