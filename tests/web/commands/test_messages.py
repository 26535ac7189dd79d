from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import cases, messages, versions
from forms.definition import COMPANY_ZONE
from tests.engine.letters import claim, claims, replies, reply, send
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed


@pytest.fixture
def ready(database: Engine) -> Engine:
    with database.begin() as conn:
        put_in_force(conn, claim())
        put_in_force(conn, reply())
    return database


def kept(database: Engine) -> list[sa.Row[tuple[object, ...]]]:
    with database.connect() as conn:
        return list(conn.execute(sa.select(messages).order_by(messages.c.sent_at)))


def test_sending_a_message(type_in: Typed, url: str, ready: Engine, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text('{"amount": 5}', encoding="utf-8")
    words = ("message", "send", "answer", "--key", "claim_no=TS-7", "--key", "customer=天=源")
    for data in ('{"amount": 5}', str(file)):
        code, said, _ = type_in(*words, "--data", data, "--id", "a-1", DATABASE_URL=url)
        assert code == 0
        assert "留存" in said
        assert "kept until" in said
    (row,) = kept(ready)
    assert (row.keys, row.payload) == ({"claim_no": "TS-7", "customer": "天=源"}, b'{"amount":5}')

    code, said, complained = type_in(*words, "--data", "{}", "--id", "a-1", DATABASE_URL=url)
    assert (code, said) == (1, "")
    assert "a-1" in complained


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("anwser",), ("生效的规程都不等待“anwser”。已知的消息名：answer、claim_opened、",
                       "No procedure in force waits for “anwser”. The names known are: answer,")),
        (("answer", "--key", "claim_no=TS-7"),
         ("按 claim_no、customer 等待“answer”，这条消息的关联键是 claim_no。",
          "by the keys claim_no and customer; this one has claim_no.")),
        (("answer",), ("这条消息没有关联键。", "this one has none.")),
    ],
)  # fmt: skip
def test_who_sends_what_nobody_is_drawn_to_wait_for_is_told(
    type_in: Typed, url: str, words: tuple[str, ...], told: tuple[str, str]
) -> None:
    code, said, complained = type_in("message", "send", *words, DATABASE_URL=url)
    listed = type_in("messages", DATABASE_URL=url)[1]
    assert (code, "留存" in said) == (0, True)
    for sentence in told:
        assert sentence in complained
        assert sentence in listed
    assert "以新的编号（--id）重发" in complained


def test_nobody_is_warned_of_a_message_that_an_older_version_waits_for(
    type_in: Typed, url: str, ready: Engine
) -> None:
    words = ("message", "send", "answer", "--key", "claim_no=TS-7", "--key", "customer=天源水务")
    assert type_in(*words, DATABASE_URL=url)[2] == ""
    with ready.begin() as conn:
        claims(conn, somebody(conn, "clerk-one", {"clerk"}))
        conn.execute(sa.update(versions).values(in_force=False))
    _, said, complained = type_in(*words, DATABASE_URL=url)
    assert "已有案件在等待，即将送达。" in said
    assert "a case waits for it; it is being delivered." in said
    assert ("留存" in said, complained) == (False, "")
    assert "已知的消息名：无" in type_in(*words, "--key", "zone=x", DATABASE_URL=url)[2]


def test_sending_one_that_opens_a_case(type_in: Typed, url: str, ready: Engine) -> None:
    words = ("message", "send", "claim_opened", "--data")
    code, _, complained = type_in(*words, '{"customer": "天源水务"}', DATABASE_URL=url)
    assert code == 1
    assert "claim_no项" in complained
    assert "The claim_no" in complained
    assert kept(ready) == []

    code, said, _ = type_in(*words, '{"claim_no": "TS-9"}', DATABASE_URL=url)
    assert (code, "已送达" in said, "delivered" in said) == (0, True, True)
    with ready.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(cases)) == 1


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("--key", "claim_no"), "应写成 名称=值", "NAME=VALUE"),
        (("--key", "claim_no=\udcff"), "关联键“claim_no”", "The key “claim_no”"),
        (("--data", "/no/such/file"), "“/no/such/file”：没有这个文件", "there is no such file"),
        (("--data", "/"), "“/”：这是文件夹", "it is a folder"),
        (("--data", "no\udcff"), "没有这个文件", "there is no such file"),
        (("--data", "n" * 5000), "打不开", "it cannot be opened"),
        (("--data", ""), "没有内容", "it is empty"),
        (("--data", "[1]"), "是 JSON，但不是对象", "JSON, but no object"),
        (("--key", "claim_no=R2", "--key", "claim_no=R3"), "“claim_no”给了两次", "given twice"),
        (("--data", "{,"), "内容不是 JSON", "The content is no JSON"),
        (("--data", '{"a": "\udcff"}'), "内容不是 UTF-8", "not in UTF-8"),
        (("--id", ""), "消息编号应为", "The key of a message"),
    ],
    ids=["no value", "half a character", "no file", "folder", "no name", "long name", "empty",
         "list", "twice", "no JSON", "no UTF-8", "empty id"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(
    type_in: Typed, url: str, words: tuple[str, ...], zh: str, en: str
) -> None:
    code, said, complained = type_in("message", "send", "answer", *words, DATABASE_URL=url)
    assert (code, said) == (1, "")
    first, second = complained.splitlines()
    assert (zh in first, en in second) == (True, True), complained


def test_what_is_too_large_is_told_by_the_limit(
    type_in: Typed, url: str, ready: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b'{"a": "' + b"x" * 10_000_000 + b'"}')
    words = ("message", "send", "answer", "--data", str(file))
    code, said, complained = type_in(*words, DATABASE_URL=url)
    assert (code, said) == (1, "")
    assert "超过上限 256 KB" in complained
    assert "larger than the limit of 256 KB" in complained
    assert kept(ready) == []


def test_listing_and_dropping(type_in: Typed, url: str, ready: Engine) -> None:
    assert "没有这样的消息" in type_in("messages", DATABASE_URL=url)[1]
    with ready.begin() as conn:
        clerk = somebody(conn, "clerk-one", {"clerk"})
        case_id = replies(conn, clerk, 5)
        code_of_case = conn.scalar(sa.select(cases.c.code).where(cases.c.id == case_id))
    (row,) = kept(ready)

    said = type_in("messages", "--name", "answer", DATABASE_URL=url)[1]
    assert f"{row.id}" in said
    assert f"answer  {code_of_case}" in said
    assert f"{row.sent_at.astimezone(COMPANY_ZONE):%Y-%m-%d %H:%M}  " in said
    assert "claim_no=TS-7" in said
    assert f"{row.id}" not in type_in("messages", "--name", "other", DATABASE_URL=url)[1]

    drop = ("message", "drop", f"{row.id}", "--reason")
    assert type_in(*drop, " ", DATABASE_URL=url)[0] == 1
    assert type_in(*drop, "客户撤诉", DATABASE_URL=url)[0] == 0
    assert "客户撤诉" in type_in("messages", "--status", "dropped", DATABASE_URL=url)[1]
    code, _, complained = type_in(*drop, "again", DATABASE_URL=url)
    assert code == 1
    assert "无需再处理" in complained


def test_verifying_tells_of_a_kept_message_that_was_changed(
    type_in: Typed, url: str, ready: Engine
) -> None:
    with ready.begin() as conn:
        sent = send(conn, amount=5)
    assert type_in("verify", DATABASE_URL=url)[0] == 0
    with ready.begin() as conn:
        conn.execute(sa.update(messages).values(payload=b'{"amount":9}'))
    code, said, _ = type_in("verify", DATABASE_URL=url)
    assert (code, f"消息 {sent.id} 与发出时不符" in said) == (1, True)
    assert f"Message {sent.id} is not as it was sent" in said
