"""Starting everything by one command: database, preparation, web and worker."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from engine import embedded
from engine.embedded import DatabaseStartError
from web.commands.ports import LOOPBACK, answers, is_free, next_free
from web.commands.say import complain, say
from web.processes import Child, banjie, keep_alive, stop_signal

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from engine.embedded import Server
    from web.settings import Settings


def serve_demo(settings: Settings, port: int | None, *, cases: int = 0) -> None:
    """Serve the demo company, on the next free port if the wanted one is taken.

    With so many `cases` of the last year, if it has none yet.
    """
    wanted = port or settings.port
    free = next_free(wanted)
    if free != wanted:
        complain(f"端口 {wanted} 已被占用，改用 {free}。", f"Port {wanted} is taken; using {free}.")
    _serve(settings, free, "demo", "--cases", str(cases))


def serve_company(settings: Settings, port: int | None) -> None:
    """Serve a real company; a taken port is refused, for the reverse proxy points at it."""
    wanted = port or settings.port
    if not is_free(wanted):
        complain(f"端口 {wanted} 已被占用。", f"Port {wanted} is taken.")
        sys.exit(1)
    _serve(settings, wanted, "own")


def serve_database(settings: Settings) -> None:
    """Hold the embedded PostgreSQL until SIGTERM or SIGINT, its address printed."""
    with stop_signal() as stopping, embedded.start(settings.folder) as server:
        print(server.url, flush=True)  # noqa: T201 - the one thing that scripts read
        while not stopping.wait(1):
            server.keep()


def _serve(settings: Settings, port: int, *company: str) -> None:
    with _database(settings) as server:
        url = settings.database_url or (server.url if server else "")
        environment = {**os.environ, "DATABASE_URL": url, "BANJIE_PORT": str(port)}
        prepared = subprocess.run(banjie("prepare", *company), env=environment, check=False)  # noqa: S603
        if prepared.returncode != 0:
            sys.exit(prepared.returncode)
        children = [Child(name, banjie(name), environment) for name in ("web", "worker")]
        keep_alive(children, meanwhile=_Watch(settings, server, port))


def _database(settings: Settings) -> AbstractContextManager[Server | None]:
    return nullcontext() if settings.database_url else embedded.start(settings.folder)


class _Watch:
    """What the parent does between looks at its children: keep the database, announce the web."""

    def __init__(self, settings: Settings, server: Server | None, port: int) -> None:
        self._address = settings.url or f"http://{LOOPBACK}:{port}"
        self._server = server
        self._port = port
        self._announced = False

    def __call__(self) -> None:
        if self._server is not None:
            try:
                self._server.keep()
            except DatabaseStartError as error:
                complain(error.zh, error.en)
        if not self._announced and answers(self._port):
            self._announced = True
            say(
                f"办结已就绪：{self._address}",
                f"Banjie is ready: {self._address} (Ctrl-C stops it)",
            )
