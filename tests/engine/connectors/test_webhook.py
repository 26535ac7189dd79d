from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from engine.connectors import (
    REGISTRY,
    Asked,
    DeclaredError,
    Outside,
    RefusedCallError,
    RetryLaterError,
)
from tests.engine.connectors.neighbours import web_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.connectors.neighbours import Site

KEY = "0b9e4a3e-6f58-4f57-9a35-1c6e5b8a7d10"
AT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with web_server() as server:
        yield server


def post(site: Site, endpoint: object = "erp", data: object = None) -> dict[str, Any]:
    outside = Outside(endpoints={"erp": site.url})
    return REGISTRY["webhook"].run(Asked({"endpoint": endpoint, "data": data}, KEY, AT), outside)


def test_json_goes_out_and_comes_back(site: Site) -> None:
    site.answer = '{"order": "4711", "paid": true, "客户": ["甲"]}'.encode()
    assert post(site, data={"claim": "TS-7", "amount": 5}) == {
        "order": "4711", "paid": True, "客户": ["甲"],
    }  # fmt: skip
    ((path, headers, body),) = site.asked
    assert path == "/hooks/erp?v=1"
    assert orjson.loads(body) == {"claim": "TS-7", "amount": 5}
    assert headers["Idempotency-Key"] == KEY
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers


def test_an_address_with_a_user_signs_in(site: Site) -> None:
    site.url = site.url.replace("//", "//banjie:s%40fe@")
    post(site)
    assert site.asked[0][1]["Authorization"] == "Basic YmFuamllOnNAZmU="


@pytest.mark.parametrize("status", [200, 201, 204])
def test_an_empty_answer_is_an_empty_result(site: Site, status: int) -> None:
    site.status, site.answer = status, b""
    assert post(site) == {}


@pytest.mark.parametrize(
    "endpoint", ["http://evil.example/", "crm", "", None, {"erp": 1}, "__class__"]
)
def test_only_endpoints_of_the_settings_are_reached(site: Site, endpoint: object) -> None:
    with pytest.raises(RefusedCallError) as refused:
        post(site, endpoint)
    assert "BANJIE_WEBHOOKS" in refused.value.zh
    assert site.asked == []


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_refusal_is_the_diagrams_business(site: Site, status: int) -> None:
    site.status = status
    with pytest.raises(DeclaredError) as refused:
        post(site)
    assert refused.value.code == "endpoint_refused"
    assert refused.value.code in REGISTRY["webhook"].errors


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_busy_endpoint_is_tried_later(site: Site, status: int) -> None:
    site.status = status
    with pytest.raises(RetryLaterError) as told:
        post(site)
    assert str(status) in told.value.zh


def test_an_endpoint_that_is_away_is_tried_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = Outside(endpoints={"erp": f"http://127.0.0.1:{taken.getsockname()[1]}/"})
        with pytest.raises(RetryLaterError):
            REGISTRY["webhook"].run(Asked({"endpoint": "erp", "data": 1}, KEY, AT), away)


def test_a_redirect_is_not_followed(site: Site) -> None:
    site.status = 302
    with pytest.raises(RefusedCallError) as refused:
        post(site)
    assert "302" in refused.value.zh
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [b"<html>", b"[1]", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a":' * 100 + b"1" + b"}" * 100,
     b'{"a": "' + b"x" * 65 * 1024 + b'"}'],
    ids=["no JSON", "list", "NaN", "twice", "deep", "large"],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_waits_for_somebody(site: Site, answer: bytes) -> None:
    site.answer = answer
    with pytest.raises(RefusedCallError) as refused:
        post(site)
    assert refused.value.zh.startswith("端点的答复无法使用")


def test_too_much_is_not_sent(site: Site) -> None:
    with pytest.raises(RefusedCallError):
        post(site, data="x" * 300_000)
    assert site.asked == []
