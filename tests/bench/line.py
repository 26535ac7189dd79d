"""HTTP over one kept-alive socket, with next to no work of its own: the machine is the servers'."""

from __future__ import annotations

import re
import socket
from html import unescape
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urlencode

from web.commands.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Sequence

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=]+)=([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
_FORM = re.compile(r'<form\b[^>]*\bid="answers"[^>]*>.*?</form>', re.DOTALL)
_ENCODING = re.compile(r'enctype="([^"]*)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_URL_ENCODED = "application/x-www-form-urlencoded"
_BOUNDARY = b"----bench----"
_CHUNK = 256 * 1024


class UnexpectedAnswerError(Exception):
    """The server said something that is no step of the bench."""


class Answer(NamedTuple):
    """One response; `location` is empty unless it redirects."""

    status: int
    head: bytes
    body: bytes

    @property
    def location(self) -> str:
        """Where it redirects to."""
        found = _LOCATION.search(self.head)
        return found[1].decode() if found else ""


class Line:
    """One connection to a server on loopback."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._socket = socket.create_connection((LOOPBACK, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> Answer:
        """Send one request and wait for its whole response."""
        self._socket.sendall(request)
        data = self._more(b"")
        while (end := data.find(b"\r\n\r\n")) < 0:
            data = self._more(data)
        head, length = data[:end], _LENGTH.search(data, 0, end)
        whole = end + 4 + int(length[1]) if length else end + 4
        while len(data) < whole:
            data = self._more(data)
        return Answer(int(head[9:12]), head, data[end + 4 : whole])

    def _more(self, data: bytes) -> bytes:
        received = self._socket.recv(_CHUNK)
        if not received:
            message = f"the server hung up after {data!r}"
            raise UnexpectedAnswerError(message)
        return data + received

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


class Form(NamedTuple):
    """What a browser would send: the type of the content, and the content."""

    kind: str
    body: bytes


class Session:
    """A signed-in person: the cookies and the token that each request carries."""

    def __init__(self, port: int, login: str, password: str) -> None:
        """Sign in as a browser does."""
        self.port = port
        self._cookies: dict[bytes, bytes] = {}
        with Line(port) as line:
            page = self._ask(line, get("/sign-in", self.cookie), 200)
            typed = {"login": login, "password": password, "csrf_token": _token(page)}
            sent = Form(_URL_ENCODED, urlencode(typed).encode())
            self._ask(line, post("/sign-in", sent, self.cookie), 303)
            self._ask(line, get("/", self.cookie), 200)

    @property
    def cookie(self) -> bytes:
        """The Cookie header's value."""
        return b"; ".join(name + b"=" + value for name, value in self._cookies.items())

    def fill(self, task: str, typed: Sequence[tuple[str, str]]) -> Form:
        """Look at a task's page, and write these answers as its form would send them."""
        with Line(self.port) as line:
            page = self._ask(line, get(f"/tasks/{task}", self.cookie), 200).body.decode()
        form = _FORM.search(page)
        if form is None:
            message = f"no form on the page of {task}"
            raise UnexpectedAnswerError(message)
        hidden = [(name, unescape(value)) for name, value in _HIDDEN.findall(form[0])]
        encoding = _ENCODING.search(form[0])
        return _encoded(encoding[1] if encoding else _URL_ENCODED, [*hidden, *typed])

    def _ask(self, line: Line, request: bytes, status: int) -> Answer:
        answer = line.ask(request)
        self._cookies.update(_COOKIE.findall(answer.head))
        return expected(answer, status)


def expected(answer: Answer, status: int) -> Answer:
    """Give the answer back if it has this status. Raises UnexpectedAnswerError."""
    if answer.status != status:
        message = (
            f"{status} expected: {(answer.head + answer.body[:4000]).decode(errors='replace')}"
        )
        raise UnexpectedAnswerError(message)
    return answer


def _token(page: Answer) -> str:
    found = _TOKEN.search(page.body)
    if found is None:
        message = "a page without a form"
        raise UnexpectedAnswerError(message)
    return found[1].decode()


def get(path: str, cookie: bytes) -> bytes:
    """Write a GET request."""
    return b"GET %b HTTP/1.1\r\nHost: localhost\r\nCookie: %b\r\n\r\n" % (path.encode(), cookie)


def post(path: str, form: Form, cookie: bytes) -> bytes:
    """Write a POST request with a filled form."""
    return (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nCookie: %b\r\n"
        b"Content-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
    ) % (path.encode(), cookie, form.kind.encode(), len(form.body), form.body)


def _encoded(kind: str, pairs: Sequence[tuple[str, str]]) -> Form:
    if kind == _URL_ENCODED:
        return Form(kind, urlencode(pairs).encode())
    part = b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    parts = [part % (_BOUNDARY, name.encode(), text.encode()) for name, text in pairs]
    whole = b"".join(parts) + b"--%b--\r\n" % _BOUNDARY
    return Form(f"{kind}; boundary={_BOUNDARY.decode()}", whole)
