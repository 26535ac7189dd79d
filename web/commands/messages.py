"""Messages on the command line: sending one, listing what is kept, giving one up."""

from __future__ import annotations

from errno import EACCES, EISDIR, ENOENT
from typing import TYPE_CHECKING

import click
import orjson

from engine.control import shown
from engine.errors import Refusal
from engine.messages import mailbox, outside
from engine.messages.expecting import expected
from engine.messages.intake import receiver_of
from engine.payloads import MOST_BYTES
from engine.settings import company
from web.commands.hand import whoever_types
from web.commands.say import complain, local, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from engine.messages.mailbox import Letter

_STATES = {
    "kept": ("留存，等待接收", "kept until somebody waits for it"),
    "delivered": ("已送达", "delivered"),
    "stuck": ("受阻，见 banjie incidents", "stuck, see banjie incidents"),
    "dropped": ("已作废", "dropped"),
}
_AWAITED = ("已有案件在等待，即将送达", "a case waits for it; it is being delivered")
_UNREADABLE = {
    ENOENT: ("没有这个文件", "there is no such file"),
    EACCES: ("没有读取权限", "you may not read it"),
    EISDIR: ("这是文件夹", "it is a folder"),
}


class BadDataError(Refusal):
    """The data or keys on the command line cannot be read."""

    code = "bad_data"


def send(
    connection: Connection,
    name: str,
    keys: Iterable[str],
    *,
    data: str,
    idempotency: str | None,
    now: datetime,
) -> None:
    """Send a message and say what has become of it; the caller commits, here and below."""
    given = _keys(keys)
    sent = outside.send(
        connection,
        name,
        keys=given,
        payload=_read(data),
        idempotency=idempotency,
        by=None,
        now=now,
    )
    receiver = receiver_of(connection, sent.id) if sent.status == "kept" else None
    zh, en = _STATES[sent.status] if receiver is None else _AWAITED
    say(f"消息 {sent.id}：{zh}。", f"Message {sent.id}: {en}.")
    doubt = expected(connection).doubt(name, given) if sent.status == "kept" else None
    if doubt is not None and receiver is None:
        complain(doubt.zh, doubt.en)


def _keys(said: Iterable[str]) -> dict[str, str]:
    given = dict[str, str]()
    for name, value in map(_pair, said):
        if name in given:
            raise BadDataError(
                f"关联键“{shown(name)}”给了两次。请只留一个。",
                f"The key “{shown(name)}” is given twice. Keep one of them.",
            )
        given[name] = value
    return given


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise BadDataError(
            f"关联键“{shown(given)}”应写成 名称=值。",
            f"Write the key “{shown(given)}” as NAME=VALUE.",
        )
    return name, value


def _read(data: str) -> bytes:
    """Return a JSON object as given, or no more of the file that holds it than is taken."""
    if data.lstrip().startswith("{"):
        return data.encode(errors="surrogateescape")
    try:
        with click.open_file(data, "rb") as file:
            read: bytes = file.read(MOST_BYTES + 1)
            return read
    except OSError as error:
        zh, en = _unreadable(data, error.errno or 0)
        raise BadDataError(
            f"无法读取 --data 的“{shown(data)}”：{zh}。请写 JSON 对象、文件路径或 -。",
            f"--data “{shown(data)}” cannot be read: {en}. Give a JSON object, a file, or -.",
        ) from error


def _unreadable(data: str, errno: int) -> tuple[str, str]:
    if not data.strip():
        return "没有内容", "it is empty"
    try:
        orjson.loads(data.encode(errors="surrogateescape"))
    except orjson.JSONDecodeError:
        return _UNREADABLE.get(errno, ("打不开", "it cannot be opened"))
    return "是 JSON，但不是对象", "it is JSON, but no object"


def show(connection: Connection, *, status: str, name: str) -> None:
    """Print messages of one status, oldest first, a page at most."""
    found, more = mailbox.letters(connection, status=status, name=name)
    zone = company(connection).zone
    for letter in found:
        click.echo(_lines(letter, zone))
    if not found:
        say("没有这样的消息。", "There are no such messages.")
    if more:
        say("还有更多，未列出。", "There are more.")


def _lines(letter: Letter, zone: ZoneInfo) -> str:
    keys = " ".join(f"{name}={value}" for name, value in letter.keys.items())
    source = letter.sent_from.code if letter.sent_from else letter.sender or "-"
    head = f"{letter.id}  {local(letter.sent_at, zone)}  {letter.name}  {source}"
    doubt = (letter.doubt.zh, letter.doubt.en) if letter.doubt else ()
    more = [text for text in (keys, letter.reason, *doubt) if text]
    return "\n    ".join([head, *more])


def give_up(connection: Connection, key: UUID, reason: str, *, now: datetime) -> None:
    """Drop a message."""
    outside.drop(connection, key, reason, by=whoever_types(connection, now=now), now=now)
    say("消息已作废。", "The message is dropped.")
