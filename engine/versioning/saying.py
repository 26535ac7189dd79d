"""Sentences on what is different, of whatever part of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NONE: Final = Names("（无）", "(none)")


def added(called: Names) -> Names:
    """Say that something is new; `called` as in a sentence."""
    return Names(f"新增{called.zh}", f"{_first(called.en)} is new")


def removed(called: Names) -> Names:
    """Say that something is gone."""
    return Names(f"删除{called.zh}", f"{_first(called.en)} is gone")


def renamed(was: Names, now: Names) -> Names:
    """Say that something has another name; both as in a sentence."""
    if was.zh == now.zh:
        return Names(
            f"{now.zh}的英文名由{was.en}改为{now.en}", f"{_first(was.en)} is now called {now.en}"
        )
    return Names(f"{was.zh}改名为{now.zh}", f"{_first(was.en)} is now called {now.en}")


def turned(whose: Names, label: Names, was: Names | None, now: Names | None) -> Names:
    """Say that a setting changed, is new (`was` is None) or is gone; at least one is there."""
    zh, en = f"{whose.zh}的{label.zh}", f"{_first(whose.en)}: {label.en}"
    old, new = (was or NONE).quoted, (now or NONE).quoted
    if was is None:
        return Names(f"{zh}：新增{new.zh}", f"{en} {new.en} is new")
    if now is None:
        return Names(f"{zh}：不再有（原为{old.zh}）", f"{en} {old.en} is gone")
    return Names(f"{zh}由{old.zh}改为{new.zh}", f"{en} changes from {old.en} to {new.en}")


def all_turned(
    whose: Names, was: Mapping[Names, Names], now: Mapping[Names, Names]
) -> Iterator[Names]:
    """Say which settings changed, are new or gone, in the order of the labels as they are now."""
    for label in {**now, **was}:
        before, after = was.get(label), now.get(label)
        if before != after:
            yield turned(whose, label, before, after)


def otherwise(whose: Names) -> Names:
    """Say that something changed that has no words of its own."""
    return Names(
        f"{whose.zh}的其他设置或写法有修改",
        f"{_first(whose.en)}: other settings changed, or how they are written",
    )


def whole(was: object, now: object) -> Iterator[Names]:
    """Say that all of something is new or gone, if it is."""
    if was is None and now is not None:
        yield Names("整个是新的", "All of it is new")
    elif now is None and was is not None:
        yield Names("整个不再使用", "All of it is gone")


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
