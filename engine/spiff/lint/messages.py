"""Messages: correlated alike on both sides, and offered to roles that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.files.eventful import SIGNAL
from engine.spiff.files.xml import NAMESPACES
from engine.spiff.language.expressions import is_name
from engine.spiff.lint.told import meant
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources

WAITING: Final = frozenset({"receiveTask", "intermediateCatchEvent", "boundaryEvent"})


def messages_exist(sources: Sources) -> Iterator[Problem]:
    """Let every message that is thrown or waited for have a name."""
    for sheet, node in sources.nodes():
        if not node.has_message:
            continue
        if not sheet.message(node).name:
            yield Problem(
                sheet.file, node.id, "no_message",
                f"“{node.id}”没有引用有名称的消息。请定义 message 并选择它。",
                f'"{node.id}" refers to no message with a name. Define one and choose it.',
            )  # fmt: skip
        if node.xml.find("bpmn:extensionElements/spiff:messagePayload", NAMESPACES) is not None:
            yield Problem(
                sheet.file, node.id, "unsupported",
                f"“{node.id}”的 messagePayload 不会执行。请删去，并在消息上写 banjie:carries。",
                f'The messagePayload of "{node.id}" would not run. Delete it; write banjie:carries '
                "on the message.",
            )  # fmt: skip


def signals_exist(sources: Sources) -> Iterator[Problem]:
    """Let every signal that is thrown or waited for have a name, and no keys: all hear it."""
    for sheet, node in sources.nodes():
        if SIGNAL in node.events and not sheet.signal(node).name:
            yield Problem(
                sheet.file, node.id, "no_signal",
                f"“{node.id}”没有引用有名称的信号。请定义 signal 并选择它。",
                f'"{node.id}" refers to no signal with a name. Define one and choose it.',
            )  # fmt: skip
    for sheet in sources.sheets.values():
        for id_, parcel in sheet.signals.items():
            if parcel.keys:
                yield Problem(
                    sheet.file, id_, "keyed_signal",
                    f"信号“{parcel.name or id_}”发给所有等待的案件，banjie:keys 不会生效。"
                    "请删去，或改用消息。",
                    f'Signal "{parcel.name or id_}" goes to every case that waits, so its '
                    "banjie:keys would be ignored. Delete them, or draw a message.",
                )  # fmt: skip


def named_by_variables(sources: Sources) -> Iterator[Problem]:
    """Let keys, and what messages and signals carry, be names of variables."""
    for sheet in sources.sheets.values():
        for id_, parcel in (*sheet.messages.items(), *sheet.signals.items()):
            for name in (*parcel.keys, *parcel.carries):
                if not is_name(name):
                    yield Problem(
                        sheet.file, id_, "bad_name",
                        f"“{parcel.name or id_}”的“{name}”不能作变量名。"
                        "名称用小写字母和下划线，以空格分开。",
                        f'"{parcel.name or id_}": "{name}" is no name of a variable. '
                        "Write snake_case names with blanks between.",
                    )  # fmt: skip


def waits_are_told_apart(sources: Sources) -> Iterator[Problem]:
    """Let who waits for a message have keys, or be offered to people: else anybody's would do."""
    for sheet, node in sources.nodes():
        if node.has_message and node.kind in WAITING:
            parcel = sheet.message(node)
            if parcel.name and not parcel.keys and not node.offered:
                yield Problem(
                    sheet.file, node.id, "no_keys",
                    f"“{node.id}”等待的消息“{parcel.name}”没有关联键，分不清是哪个案件的。"
                    "请在消息上写 banjie:keys，或用 banjie:offeredTo 交给某个角色发起。",
                    f'"{node.id}" waits for "{parcel.name}", which has no keys: nobody can tell '
                    "whose it is. Write banjie:keys on the message, or offer the event to roles "
                    "by banjie:offeredTo.",
                )  # fmt: skip


def keys_agree(sources: Sources) -> Iterator[Problem]:
    """Let a message have the same keys wherever it is drawn."""
    first: dict[str, tuple[str, tuple[str, ...]]] = {}
    for sheet in sources.sheets.values():
        for id_, parcel in sheet.messages.items():
            file, keys = first.setdefault(parcel.name, (sheet.file, parcel.keys))
            if set(keys) != set(parcel.keys):
                here, there = " ".join(parcel.keys) or "—", " ".join(keys) or "—"
                yield Problem(
                    sheet.file, id_, "keys_differ",
                    f"消息“{parcel.name}”的关联键在这里是 {here}，在 {file} 是 {there}。"
                    "请写成一样。",
                    f'The keys of message "{parcel.name}" are {here} here and {there} in {file}. '
                    "Make them the same.",
                )  # fmt: skip


def offered_to_roles(sources: Sources) -> Iterator[Problem]:
    """Let only who waits for a message be offered to people, by roles that there are."""
    for sheet, node in sources.nodes():
        if node.offered and not (node.has_message and node.kind in WAITING):
            yield Problem(
                sheet.file, node.id, "misplaced_offer",
                f"“{node.id}”的 banjie:offeredTo 不会生效。"
                "请写在等待消息的中间事件、边界事件或接收任务上。",
                f'The banjie:offeredTo of "{node.id}" would be ignored. It belongs on a message '
                "catch event, boundary event or receive task.",
            )  # fmt: skip
        yield from _unknown_roles(sources, sheet, node)


def _unknown_roles(sources: Sources, sheet: Sheet, node: Node) -> Iterator[Problem]:
    for entry in node.offered:
        known = is_name(entry[1:]) if entry.startswith("=") else entry in sources.roles
        if not known:
            zh, en = meant(entry, sources.roles)
            yield Problem(
                sheet.file, node.id, "unknown_role",
                f"“{node.id}”交给“{entry}”发起，但它不是 roles.yaml 中的角色代码，也不是“=变量”。"
                f"{zh}",
                f'"{node.id}" is offered to "{entry}", which is no role code of roles.yaml and no '
                f'"=variable".{en}',
            )  # fmt: skip
