from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from engine.connectors import (
    REGISTRY,
    Asked,
    DeclaredError,
    Outside,
    RefusedCallError,
    RetryLaterError,
)
from tests.engine.connectors.neighbours import mail_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.connectors.neighbours import Post

KEY = "0b9e4a3e-6f58-4f57-9a35-1c6e5b8a7d10"
AT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
GIVEN = {"to": "anna@customer.example", "subject": "投诉 TS-7 已结案", "text": "您好，\n已结案。"}


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as server:
        yield server


def send(post: Post, **given: object) -> dict[str, Any]:
    return REGISTRY["mail"].run(Asked({**GIVEN, **given}, KEY, AT), Outside(smtp=post.url))


def test_a_letter_arrives_as_it_was_asked_for(post: Post) -> None:
    result = send(post)
    assert result == {"message_id": f"<{KEY}@banjie>", "refused": []}
    (letter,) = post.taken
    assert letter["Message-ID"] == f"<{KEY}@banjie>"
    assert letter["Date"] == "Mon, 09 Nov 2026 02:00:00 +0000"
    assert (letter["From"], letter["To"]) == ("cases@factory.example", "anna@customer.example")
    assert letter["Subject"] == "投诉 TS-7 已结案"
    assert letter.get_content() == "您好，\n已结案。\n"


def test_a_second_try_has_the_same_id(post: Post) -> None:
    send(post)
    send(post)
    assert {letter["Message-ID"] for letter in post.taken} == {f"<{KEY}@banjie>"}


def test_several_recipients_as_a_text_or_a_list(post: Post) -> None:
    send(post, to="a@x.example, Bert <b@x.example>")
    send(post, to=["c@x.example", "d@x.example"])
    assert post.recipients == ["a@x.example", "b@x.example", "c@x.example", "d@x.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("subject", "ok\r\nBcc: all@x.example"), ("subject", "ok\nBcc: all@x.example"),
     ("subject", ""), ("subject", None), ("subject", "x" * 501), ("subject", "a\0b"),
     ("to", "a@x.example\r\nBcc: all@x.example"), ("to", "nobody"), ("to", ""), ("to", None),
     ("to", []), ("to", "a@x.example>\nRCPT TO:<b@x.example"), ("to", {"a": 1}),
     ("to", ["a@x.example", "b"]), ("to", [f"a{n}@x.example" for n in range(51)]),
     ("to", "@x.example"), ("to", "a@"), ("text", None), ("text", 7), ("text", "x" * 300_000)],
)  # fmt: skip
def test_what_would_break_out_of_the_letter_is_refused(
    post: Post, name: str, value: object
) -> None:
    with pytest.raises(RefusedCallError) as refused:
        send(post, **{name: value})
    assert f"“{name}”" in refused.value.zh
    assert post.taken == []
    assert post.recipients == []


def test_a_text_cannot_end_the_letter(post: Post) -> None:
    send(post, text="one\n.\nRCPT TO:<b@x.example>\n..\n")
    assert post.taken[0].get_content() == "one\n.\nRCPT TO:<b@x.example>\n..\n"
    assert post.recipients == ["anna@customer.example"]


def test_an_address_that_is_refused_is_the_diagrams_business(post: Post) -> None:
    post.refused = {"anna@customer.example": "550 no such user"}
    with pytest.raises(DeclaredError) as refused:
        send(post)
    assert refused.value.code == "address_refused"
    assert refused.value.code in REGISTRY["mail"].errors

    assert send(post, to="anna@customer.example, b@x.example")["refused"] == [
        "anna@customer.example"
    ]


def test_a_server_that_is_busy_or_away_is_tried_later(post: Post) -> None:
    post.refused = {"anna@customer.example": "450 try again"}
    with pytest.raises(RetryLaterError):
        send(post)
    post.refused = {}
    post.data = "451 busy"
    with pytest.raises(RetryLaterError):
        send(post)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = Outside(smtp=f"smtp://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(RetryLaterError) as told:
            REGISTRY["mail"].run(Asked(GIVEN, KEY, AT), away)
    assert "ConnectionRefusedError" in told.value.en


def test_a_letter_that_is_refused_for_good_waits_for_somebody(post: Post) -> None:
    post.data = "554 this looks like spam"
    with pytest.raises(RefusedCallError) as refused:
        send(post)
    assert "554" in refused.value.zh


def test_without_a_server_the_setting_is_named() -> None:
    with pytest.raises(RefusedCallError) as refused:
        REGISTRY["mail"].run(Asked(GIVEN, KEY, AT), Outside())
    assert "BANJIE_SMTP_URL" in refused.value.zh
