"""Correlation: a message finds who waits for the same name with equal values of the same keys."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import orjson

from engine.control import has_control, shown
from engine.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME: Final = 100
LONGEST_KEY: Final = 500
MOST_KEYS: Final = 20


class BadKeysError(Refusal):
    """A message's name or keys are none that anybody could wait for."""

    code = "bad_keys"


def correlation(kind: str, name: str, keys: Mapping[str, object]) -> bytes:
    """Return the digest that a message and who waits for it have in common.

    A number equals the text that writes it, since what comes from outside is often all text.
    """
    said = [kind, name, written(keys)]
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def written(keys: Mapping[str, object]) -> dict[str, str]:
    """Return keys in the one form that does not depend on how a database keeps numbers."""
    return {key: _written(value) for key, value in keys.items()}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def check_keys(name: str, keys: Mapping[str, object]) -> None:
    """Refuse a name or keys that no diagram can have (BadKeysError)."""
    if not 1 <= len(name) <= LONGEST_NAME or has_control(name):
        raise BadKeysError(
            f"消息名应为 1 至 {LONGEST_NAME} 个可见字符。",
            f"The name of a message has 1 to {LONGEST_NAME} visible characters.",
        )
    if len(keys) > MOST_KEYS:
        raise BadKeysError(
            f"关联键有 {len(keys)} 个，上限 {MOST_KEYS}。", f"At most {MOST_KEYS} keys are taken."
        )
    for key, value in keys.items():
        if not _is_name(key) or not _is_key(value):
            named = shown(key)
            raise BadKeysError(
                f"关联键“{named}”应为变量名，其值应为数或 1 至 {LONGEST_KEY} 个字的文字。",
                f"The key “{named}” must have the name of a variable, and as its value a number or "
                f"a text of 1 to {LONGEST_KEY} characters.",
            )


def _is_name(key: str) -> bool:
    return key.isidentifier() and len(key) <= LONGEST_NAME


def _is_key(value: object) -> bool:
    if isinstance(value, str):
        return 1 <= len(value) <= LONGEST_KEY and not has_control(value)
    return isinstance(value, int | float)
