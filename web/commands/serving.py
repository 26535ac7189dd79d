"""The web server: gunicorn with threads, on loopback unless told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from typing_extensions import override
from werkzeug.middleware.proxy_fix import ProxyFix

from web.processes import end_with

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from web.settings import Settings

THREADS = 8
"""Threads of each process; the connection pool is as large."""


class Inbox(BaseApplication):  # type: ignore[misc]
    """Our Flask app under gunicorn; each process makes its own app, so that no pool is forked.

    A configured address means that one reverse proxy stands before it: only then is the
    visitor's address taken from its X-Forwarded-For.
    """

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
            "post_fork": _end_with_master,
        }
        super().__init__()

    @override
    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    @override
    def load(self) -> WSGIApplication:
        from web import create_app

        app = create_app(self._settings)
        return ProxyFix(app, x_for=1, x_proto=1) if self._settings.url else app


def _end_with_master(_master: object, process: Any) -> None:  # noqa: ANN401 - gunicorn is untyped
    """Let no process outlive its master, whose port the next master needs.

    By itself gunicorn's notices, but goes on answering kept-alive connections for
    `graceful_timeout`, and nobody else can listen until then.
    """
    end_with(process.ppid)
