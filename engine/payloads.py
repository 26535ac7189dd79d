"""What comes from outside as JSON: one object, small and shallow, read only once that is known.

A name in it means nothing by itself (``typename``, ``__class__``): values are only ever taken out
by the names of a form's fields or of what a message carries.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NoReturn

from engine.control import has_control, shown
from engine.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 256 * 1024
DEEPEST: Final = 32
_LARGEST: Final = 2**63 - 1
_DIGITS: Final = len(str(_LARGEST))
_TOKENS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{}\]]', re.DOTALL)
_BLANKS: Final = {ord(blank): None for blank in "\t\r\n"}


class BadPayloadError(Refusal):
    """What was sent is no JSON object that we take; the sentences say where and why."""

    code = "bad_payload"


def read_object(raw: bytes, *, most: int = MOST_BYTES) -> dict[str, Any]:
    """Return the JSON object in ``raw``, at most ``most`` bytes long. Raises BadPayloadError.

    Refused: an object deeper than 32, a name that occurs twice in one object, NaN and Infinity,
    whole numbers beyond 64 bits, control characters and halves of characters.
    """
    if len(raw) > most:
        raise BadPayloadError(
            f"内容超过上限 {most // 1024} KB。请精简后再发。",
            f"The content is larger than the limit of {most // 1024} KB. Send less.",
        )
    _check_depth(raw)
    found = _parsed(raw)
    if not isinstance(found, dict):
        raise BadPayloadError(
            '内容应为一个 JSON 对象，如 {"name": "value"}。',
            'The content must be one JSON object, such as {"name": "value"}.',
        )
    for path, text in _texts(found, ""):
        _check_text(path, text)
    return found


def _check_depth(raw: bytes) -> None:
    depth = 0
    for token in _TOKENS.finditer(raw):
        opened = token[0]
        depth += (opened in (b"[", b"{")) - (opened in (b"]", b"}"))
        if depth > DEEPEST:
            raise BadPayloadError(
                f"内容嵌套超过 {DEEPEST} 层。请改为较平的结构。",
                f"The content is nested deeper than {DEEPEST}. Send it flatter.",
            )


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_once_each,
            parse_constant=_refuse_number,
            parse_int=_int,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise BadPayloadError(
            f"内容不是 UTF-8 编码（第 {error.start + 1} 个字节处）。请改用 UTF-8。",
            f"The content is not in UTF-8 (at byte {error.start + 1}). Encode it so.",
        ) from error
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise BadPayloadError(
            f"内容不是 JSON（{place}，行:列）。请检查引号、逗号和括号。",
            f"The content is no JSON ({place}, line:column). Check quotes, commas and brackets.",
        ) from error


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BadPayloadError(
            f"名称“{shown(name)}”出现了两次。请只写一次。",
            f"The name “{shown(name)}” occurs twice. Write it once.",
        )
    return found


def _int(text: str) -> int:
    if len(text.lstrip("-")) > _DIGITS or abs(int(text)) > _LARGEST:
        _refuse_number(text)
    return int(text)


def _float(text: str) -> float:
    if not isfinite(number := float(text)):
        _refuse_number(text)
    return number


def _refuse_number(text: str) -> NoReturn:
    raise BadPayloadError(
        f"数值 {shown(text)} 超出可用范围。请改用较小的数，或写成文字。",
        f"The number {shown(text)} cannot be kept. Send a smaller one, or a text.",
    )


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Give every text with the path to it, names included."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield path or name, name
            yield from _texts(each, f"{path}/{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts(each, f"{path}/{number}")


def _check_text(path: str, text: str) -> None:
    if has_control(text.translate(_BLANKS)):
        raise BadPayloadError(
            f"“{shown(path)}”含有无法保存的控制字符。请删去。",
            f"“{shown(path)}” holds control characters that cannot be kept. Remove them.",
        )
