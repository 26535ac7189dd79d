"""`webhook`: JSON to an endpoint that the settings name; its JSON answer becomes the result."""

from __future__ import annotations

import http.client
import ssl
from base64 import b64encode
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import orjson

from engine.connectors.calls import (
    Asked,
    Connector,
    DeclaredError,
    Outside,
    RefusedCallError,
    RetryLaterError,
)
from engine.payloads import MOST_BYTES, BadPayloadError, read_object
from engine.spiff import Names

if TYPE_CHECKING:
    from urllib.parse import SplitResult

SECONDS: Final = 20
MOST_ANSWERED: Final = 64 * 1024
REFUSED: Final = "endpoint_refused"
_BUSY: Final = frozenset({408, 425, 429})
_OK, _MOVED, _BAD, _BROKEN = 200, 300, 400, 500


def post(asked: Asked, outside: Outside) -> dict[str, Any]:
    """Post ``data`` to the ``endpoint`` of that name, and return the JSON object it answers.

    Raises RefusedCallError, RetryLaterError, and DeclaredError for an answer of 4xx.
    """
    name = asked.parameters.get("endpoint")
    url = outside.endpoints.get(name) if isinstance(name, str) else None
    if url is None:
        raise RefusedCallError(
            f"没有名为“{str(name)[:60]}”的端点。请在 BANJIE_WEBHOOKS 中设置，重启后重试。",
            f"There is no endpoint “{str(name)[:60]}”. Name it in BANJIE_WEBHOOKS, start again and "
            "retry.",
        )
    body = orjson.dumps(asked.parameters.get("data"))
    if len(body) > MOST_BYTES:
        raise RefusedCallError(
            f"发往端点的内容超过 {MOST_BYTES // 1024} KB。请在流程图中少送一些。",
            f"More than {MOST_BYTES // 1024} KB are to be sent. Let the diagram send less.",
        )
    try:
        status, answer = _exchange(urlsplit(url), body, asked.key)
    except (OSError, http.client.HTTPException) as error:
        raise _later(type(error).__name__) from error
    return _understood(status, answer)


def _exchange(url: SplitResult, body: bytes, key: str) -> tuple[int, bytes]:
    connection = _connection(url)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Idempotency-Key": key,
        "User-Agent": "banjie",
    }
    if url.username:
        who = f"{unquote(url.username)}:{unquote(url.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(who.encode()).decode()}"
    until = monotonic() + SECONDS
    try:
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", target, body, headers)
        response = connection.getresponse()
        return response.status, _read(response, until)
    finally:
        connection.close()


def _connection(url: SplitResult) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        secured = ssl.create_default_context()
        return http.client.HTTPSConnection(host, url.port, timeout=SECONDS, context=secured)
    return http.client.HTTPConnection(host, url.port, timeout=SECONDS)


def _read(response: http.client.HTTPResponse, until: float) -> bytes:
    """Read no more than is taken, and no longer than is waited for, however it trickles."""
    answer = b""
    while len(answer) <= MOST_ANSWERED and (piece := response.read1(MOST_ANSWERED)):
        answer += piece
        if monotonic() > until:
            raise TimeoutError
    return answer


def _understood(status: int, answer: bytes) -> dict[str, Any]:
    if status in _BUSY or status >= _BROKEN:
        raise _later(f"HTTP {status}")
    if status >= _BAD:
        raise DeclaredError(REFUSED)
    if not _OK <= status < _MOVED:
        raise RefusedCallError(
            f"端点答复 HTTP {status}，不会跟随转向。请改正 BANJIE_WEBHOOKS 中的地址后重试。",
            f"The endpoint answers HTTP {status}, which is not followed. Mend its address in "
            "BANJIE_WEBHOOKS and retry.",
        )
    try:
        return read_object(answer, most=MOST_ANSWERED) if answer.strip() else {}
    except BadPayloadError as error:
        raise RefusedCallError(
            f"端点的答复无法使用：{error.zh}", f"The endpoint's answer cannot be used: {error.en}"
        ) from error


def _later(reason: str) -> RetryLaterError:
    return RetryLaterError(
        f"端点没有正常答复（{reason}）。请检查对方系统后重试。",
        f"The endpoint has not answered as it should ({reason}). Check the other side and retry.",
    )


CONNECTOR: Final = Connector(
    name="webhook",
    names=Names("调用外部系统", "Call another system"),
    parameters={"endpoint": Names("对方系统", "Other system"), "data": Names("内容", "Content")},
    errors={REFUSED: Names("对方系统拒绝", "The other side refuses")},
    run=post,
)
