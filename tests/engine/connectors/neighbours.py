"""The outside, on loopback: a mail server and a web server that do what a test tells them."""

from __future__ import annotations

import socketserver
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from socketserver import BaseServer


@dataclass
class Post:
    """A mail server's doings: what it has taken, and the codes that it answers to RCPT and DATA."""

    url: str = ""
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    data: str = "354 go on"


@dataclass
class Site:
    """A web server's doings: what it was asked, and how it answers."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b"{}"
    meanwhile: Callable[[bytes], object] = lambda _: None


class _Smtp(socketserver.StreamRequestHandler):
    post: Post

    @override
    def handle(self) -> None:
        self._say("220 neighbour")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            self._say(self._answer(verb.upper(), rest))

    def _answer(self, verb: str, rest: str) -> str:
        if verb == "RCPT":
            return self._recipient(rest)
        return self._data() if verb == "DATA" else "250 ok"

    def _recipient(self, rest: str) -> str:
        address = rest.partition(":")[2].strip().strip("<>")
        if address in self.post.refused:
            return self.post.refused[address]
        self.post.recipients.append(address)
        return "250 ok"

    def _data(self) -> str:
        self._say(self.post.data)
        if not self.post.data.startswith("354"):
            return "250 nothing to take"
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".").replace(b"\r\n", b"\n"))
        self.post.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
        return "250 taken"

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Http(BaseHTTPRequestHandler):
    site: Site

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.site.asked.append((self.path, dict(self.headers), body))
        self.site.meanwhile(body)
        with suppress(ConnectionError):  # who has asked may be dead by now
            self.send_response(self.site.status)
            self.send_header("Content-Length", str(len(self.site.answer)))
            self.end_headers()
            self.wfile.write(self.site.answer)

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server() -> Iterator[Post]:
    """Give a mail server that takes everything until told otherwise."""
    post = Post()
    handler = type("Handler", (_Smtp,), {"post": post})
    with _Server(("127.0.0.1", 0), handler) as server, _serving(server):
        post.url = f"smtp://127.0.0.1:{server.server_address[1]}?from=cases@factory.example"
        yield post


@contextmanager
def web_server() -> Iterator[Site]:
    """Give a web server that answers {} until told otherwise."""
    site = Site()
    handler = type("Handler", (_Http,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, _serving(server):
        site.url = f"http://127.0.0.1:{server.server_address[1]}/hooks/erp?v=1"
        yield site


@contextmanager
def _serving(server: BaseServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
