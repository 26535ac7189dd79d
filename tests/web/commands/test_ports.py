from __future__ import annotations

import socket

from web.commands.ports import LOOPBACK, answers, is_free, next_free


def test_a_port_that_somebody_listens_on_is_passed_over() -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        assert not is_free(port)
        assert answers(port)
        assert next_free(port) > port
    assert is_free(port)
    assert not answers(port)
