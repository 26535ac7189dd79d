"""How one case may belong to another, and the refusals of linking what makes no sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.errors import Refusal
from engine.history.told import LINKED, UNLINKED
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

FOLLOW_UP: Final = "follow_up"


@dataclass(frozen=True, slots=True)
class Relation:
    """What the other case is to the one that it was linked from, and that one to it."""

    there: Names
    back: Names


RELATIONS: Final[Mapping[str, Relation]] = {
    FOLLOW_UP: Relation(Names("后续案件", "Follow-up"), Names("前案", "Earlier case")),
    "duplicate": Relation(
        Names("重复投诉", "Same complaint again"), Names("原投诉", "First complaint")
    ),
    "related": Relation(Names("相关案件", "Related"), Names("相关案件", "Related")),
}


class BadLinkError(Refusal):
    """The cases cannot be linked like this; the words say why."""

    code = "bad_link"


class LinkedAlreadyError(Refusal):
    """The cases are linked already, one way or the other."""

    code = "linked_already"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "这两件案件已经关联；要改关系，请先解除关联。",
            "These cases are linked already; to change how, undo that first.",
            case_id=case_id,
        )


class MayNotLinkError(Refusal):
    """Only whom the diagram names links a case."""

    code = "may_not_link"

    def __init__(self) -> None:
        super().__init__(
            "关联案件由经办本案的人办理，或由规程写明的人；请联系他们。",
            "Whoever deals with this case links it, or whom the procedure names; ask one of them.",
        )


class NotLinkedError(Refusal):
    """The link was undone already, or never there."""

    code = "not_linked"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "这两件案件现在没有关联，无需解除。",
            "These cases are not linked, so nothing is undone.",
            case_id=case_id,
        )


ITSELF: Final = Names(
    "案件不能与自己关联；请填另一件。", "A case is not linked to itself; name another."
)
NO_SUCH: Final = Names(
    "没有这个编号的案件；请照案件页写完整的编号。",
    "There is no case of that number; write it in full, as its page has it.",
)
NO_RELATION: Final = Names("请选择两件案件是什么关系。", "Choose how the cases belong together.")
CIRCLE: Final = Names(
    "那件已是本案的前案，不能又作后续；可选“相关案件”。",
    "That case comes before this one, so it is no follow-up of it; choose “Related”.",
)


def notes(body: Mapping[str, Any]) -> Iterator[Names]:
    """Give what an entry's body says of another case that was linked, or no longer is."""
    if body.get("kind") in {LINKED, UNLINKED}:
        relation = RELATIONS[body["relation"]]
        names = relation.back if body["is_back"] else relation.there
        yield Names(f"{names.zh}：{body['other']}", f"{names.en}: {body['other']}")
