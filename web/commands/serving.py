"""The web server: gunicorn with threads, on loopback unless told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from typing_extensions import override

if TYPE_CHECKING:
    from flask import Flask

    from web.settings import Settings

THREADS = 8
"""Threads of each process; the connection pool is as large."""


class Inbox(BaseApplication):  # type: ignore[misc]
    """Our Flask app under gunicorn; each process makes its own app, so that no pool is forked."""

    def __init__(self, settings: Settings, *, host: str, port: int) -> None:
        """Take the address to listen on; nothing is opened yet."""
        self._settings = settings
        self._options: dict[str, Any] = {
            "bind": f"{host}:{port}",
            "workers": settings.processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 15,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    @override
    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    @override
    def load(self) -> Flask:
        from web import create_app

        return create_app(self._settings)
