"""JSON from people we do not trust: read strictly, every value knowing where it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from forms.errors import BrokenFormError
from forms.names import Names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MOST_BYTES = 1_000_000
DEEPEST = 50
HIGHEST_COUNT = 1_000_000
_NEAR = 0.7  # as difflib counts
_QUOTE, _BACKSLASH = b'"\\'


class _Repeated(dict[str, object]):
    """An object of the file that says one key twice; plain JSON readers keep the last."""

    def __init__(self, pairs: list[tuple[str, object]], key: str) -> None:
        super().__init__(pairs)
        self.key = key


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON value with its file and pointer, so that a refusal can name the place."""

    value: object
    file: str
    pointer: str = ""

    def broken(self, zh: str, en: str) -> BrokenFormError:
        return BrokenFormError(self.file, self.pointer, zh, en)

    def mapping(self) -> dict[str, object]:
        if isinstance(self.value, dict):
            return self.value
        raise self.broken("这里应当是一个对象 {…}", "Write an object {…} here")

    def at(self, key: str) -> Node:
        """Step into a key that is known to be there."""
        return Node(self.mapping()[key], self.file, f"{self.pointer}/{_escaped(key)}")

    def get(self, key: str) -> Node | None:
        return self.at(key) if key in self.mapping() else None

    def children(self) -> Iterator[tuple[str, Node]]:
        return ((key, self.at(key)) for key in self.mapping())

    def elements(self) -> list[Node]:
        if not isinstance(self.value, list):
            raise self.broken("这里应当是一个列表 […]", "Write a list […] here")
        return [Node(v, self.file, f"{self.pointer}/{i}") for i, v in enumerate(self.value)]

    def text(self) -> str:
        if isinstance(self.value, str) and self.value.strip():
            return self.value
        raise self.broken("这里应当是一段不空的文字", "Write a text that is not empty here")

    def count(self) -> int:
        if type(self.value) is int and 0 <= self.value <= HIGHEST_COUNT:
            return self.value
        raise self.broken("这里应当是 0 到 1000000 的整数", "Write a whole number up to 1000000")

    def number(self) -> Decimal:
        if isinstance(self.value, int | Decimal) and not isinstance(self.value, bool):
            return Decimal(self.value)
        raise self.broken("这里应当是数字", "Write a number here")

    def flag(self) -> bool:
        if isinstance(self.value, bool):
            return self.value
        raise self.broken("这里应当是 true 或 false", "Write true or false here")

    def said(self, key: str) -> str | None:
        found = self.get(key)
        return found.text() if found else None

    def flagged(self, key: str) -> bool:
        found = self.get(key)
        return found.flag() if found else False

    def names(self) -> Names:
        self.only({"zh", "en"})
        for lang in ("zh", "en"):
            self.needs(lang)
        return Names(self.at("zh").text(), self.at("en").text())

    def needs(self, key: str) -> Node:
        found = self.get(key)
        if found is None:
            raise self.broken(f"缺少“{key}”，请补上", f'"{key}" is missing here: add it')
        return found

    def only(self, allowed: Collection[str]) -> None:
        """Refuse keys that would be without effect: usually a slip of the pen."""
        for key, child in self.children():
            if key not in allowed:
                if key == "enum":
                    raise child.broken(
                        "选项不写 enum，请写 oneOf，每项有 const、title 和 x-i18n",
                        "Choices are no enum: write oneOf, each with const, title and x-i18n",
                    )
                close = _meant(key, allowed)
                zh, en = close.zh or "；", close.en or ";"
                known = ", ".join(sorted(allowed))
                raise child.broken(
                    f"不认识“{key}”{zh}这里可以写：{known}",
                    f'"{key}" is not known{en} possible here: {known}',
                )

    def unknown(self, known: Collection[str], zh: str, en: str) -> BrokenFormError:
        """Say that this text is none of those that are known, and which may be meant."""
        close = _meant(self.text(), known)
        return self.broken(zh.format(self.value) + close.zh, en.format(self.value) + close.en)


def _meant(said: str, known: Collection[str]) -> Names:
    close = get_close_matches(said, known, n=1, cutoff=_NEAR)
    if not close:
        return Names("", "")
    return Names(f"，是否为“{close[0]}”？", f'; did you mean "{close[0]}"?')


def parse(file: str, source: bytes) -> Node:
    """Read one file; duplicate keys, other encodings, great depth or size are refused."""
    root = Node(None, file)
    if len(source) > MOST_BYTES:
        raise root.broken("文件超过 1 MB，请精简", "The file is over 1 MB: make it smaller")
    if _depth(source) > DEEPEST:
        raise root.broken("嵌套超过 50 层，请展平", "Nested deeper than 50 levels: flatten it")
    try:
        value = json.loads(
            source.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_float=Decimal,
            parse_constant=_no_constant,
        )
    except ValueError as error:
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        place = f"第{line}行第{column}个字符处" if line else ""
        raise root.broken(
            f"{place}不是有效的 UTF-8 JSON，请检查引号、逗号和括号",
            f"Not valid JSON in UTF-8: {error}",
        ) from error
    tree = Node(value, file)
    _refuse_repeated(tree)
    return tree


def _depth(source: bytes) -> int:
    """Count brackets outside strings, before the recursive reader meets them."""
    depth = deepest = 0
    in_string = escaped = False
    for byte in source:
        if in_string:
            in_string, escaped = (byte != _QUOTE or escaped), (byte == _BACKSLASH and not escaped)
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
        else:
            in_string = byte == _QUOTE
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            return _Repeated(pairs, key)
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not a JSON number"
    raise ValueError(message)


def _refuse_repeated(node: Node) -> None:
    if isinstance(node.value, _Repeated):
        raise node.broken(
            f"“{node.value.key}”写了两次，请删去一个",
            f'"{node.value.key}" is written twice here: remove one',
        )
    if isinstance(node.value, dict):
        for _, child in node.children():
            _refuse_repeated(child)
    elif isinstance(node.value, list):
        for child in node.elements():
            _refuse_repeated(child)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
