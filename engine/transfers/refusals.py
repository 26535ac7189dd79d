"""Why a batch of cases does not move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED: Final = 5
"""So many cases are named by a refusal; the others are counted."""


class NothingToMoveError(Refusal):
    """No open case is in another version of the procedure."""

    code = "nothing_to_move"

    def __init__(self, procedure: str, number: int) -> None:
        super().__init__(
            f"“{procedure}”没有在其他版本上办理的案件，都已在第 {number} 版。",
            f"No open case of “{procedure}” is in another version than {number}.",
        )


class NotInForceError(Refusal):
    """Cases go to a version that is or was in force, not to one that is planned or withdrawn."""

    code = "not_in_force"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"第 {number} 版尚未生效或已撤回；请等它生效后再迁移。",
            f"Version {number} is not in force yet, or was withdrawn; move cases once it is.",
        )


class NotForeseenError(Refusal):
    """A batch moves only after each of its cases was looked at."""

    code = "not_foreseen"

    def __init__(self, left: int) -> None:
        super().__init__(
            f"还有 {left} 个案件没有预演；请先完成预演。",
            f"{left} cases are still to be looked at; do that first.",
        )


class SomeCannotError(Refusal):
    """Some cases of a batch cannot move, so none does."""

    code = "some_cannot"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} 个案件不能迁移，本批一个也没有迁移。请修改新版本，或选择让它们留在原版本。",
            f"{count} cases cannot be moved, so none was. Change the new version, or let those "
            "stay where they are.",
        )


class OtherwiseError(Refusal):
    """Cases of a batch would not go where its preview says, so none moves."""

    code = "otherwise"

    def __init__(self, codes: Sequence[str]) -> None:
        named, more = codes[:_NAMED], len(codes) - _NAMED
        zh, en = (f" 等 {len(codes)} 件", f" and {more} more") if more > 0 else ("", "")
        super().__init__(
            f"案件 {'、'.join(named)}{zh}此后有了变化，与预演不同，本批一个也没有迁移。"
            "请重新预演。",
            f"Cases {', '.join(named)}{en} have changed and would not go where they were shown to "
            "go, so none was moved. Look at the cases anew.",
        )


class OverError(Refusal):
    """The batch was carried out or given up already."""

    code = "over"

    def __init__(self) -> None:
        super().__init__(
            "这一批已经迁移或放弃，请重新预演。",
            "This batch was carried out or given up already; look at the cases anew.",
        )
