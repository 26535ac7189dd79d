"""Four eyes: who may not do a step, since they did another in the same case or it is about them.

What somebody did stands in the chained entries. Every completed step of the case counts, of any
round, also one that was sent back: who has once investigated has formed a view, and their paper is
still in the file, so the stricter reading is taken. Who acts for another is held by what either of
them did, for themselves or for somebody.

People whom a form names are compared by name, since forms take names as text: whoever's name is
found in it is meant. Of two colleagues with one name both keep out, and 王伟 keeps out where 王伟明
is written; a name in Latin letters counts as a whole word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from engine import spiff
from engine.direct import Direct
from engine.errors import Refusal
from engine.history import read
from engine.spiff import NEVER_BY, NOT_SAME_PERSON, Names
from engine.tables import Key, entries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Guarantee


class Placed(Protocol):
    """A task, as a move or a row tells of it."""

    @property
    def process(self) -> str:
        """The process that it stands in."""
        ...

    @property
    def element(self) -> str:
        """Its step there."""
        ...


class FourEyesError(Refusal):
    """A guarantee of the procedure keeps this person from the step."""

    code = "four_eyes"

    def __init__(self, guarantee: Names, step: Names, why: Names) -> None:
        super().__init__(
            f"“{guarantee.zh}”：{why.zh}，“{step.zh}”须由该岗位的其他人办理。",
            f"“{guarantee.en}”: {why.en}, so somebody else of the role does “{step.en}”.",
        )
        self.guarantee = guarantee
        self.step = step


_DONE = Direct(
    sa.select(entries.c.body).where(
        entries.c.case_id == sa.bindparam("case"),
        entries.c.kind == sa.bindparam("kind"),
        sa.or_(
            entries.c.actor == sa.any_(sa.bindparam("people", type_=ARRAY(Key))),
            entries.c.body.op("~~")(
                sa.any_(sa.bindparam("acted_for", type_=ARRAY(sa.LargeBinary)))
            ),
        ),
    )
)


@dataclass
class Eyes:
    """What the guarantees of a case's version let people do: ``people`` act together.

    They are who acts and, if there is one, whom they act for. The database is asked once at most,
    and only about steps that a guarantee names.
    """

    conn: sa.Connection
    version: Version
    case_id: UUID
    people: tuple[Person, ...]
    _read: set[tuple[UUID, str]] | None = field(default=None, init=False)

    def check(self, task: Placed, state: bytes) -> None:
        """Refuse a task that may not be theirs (FourEyesError); ``state`` is the case's."""
        if (hindrance := self.hindrance(task, state)) is not None:
            raise hindrance

    def allow(self, task: Placed, state: bytes, *, just: Collection[str] = ()) -> bool:
        """Whether they may do an open task."""
        return self.hindrance(task, state, just=just) is None

    def hindrance(
        self, task: Placed, state: bytes, *, just: Collection[str] = ()
    ) -> FourEyesError | None:
        """Return why a task may not be theirs, None if it may.

        ``just`` are steps ("process:element") that they are completing in this transaction.
        """
        place = f"{task.process}:{task.element}"
        for guarantee in self.version.compiled.guarantees:
            for why in self._reasons(guarantee, place, state, just):
                return FourEyesError(guarantee.names, self._named(place), why)
        return None

    def _reasons(
        self, guarantee: Guarantee, place: str, state: bytes, just: Collection[str]
    ) -> Iterator[Names]:
        if guarantee.kind == NOT_SAME_PERSON:
            if place in guarantee.what:
                yield from self._did(guarantee.other, just)
            if place in guarantee.other:
                yield from self._did(guarantee.what, just)
        elif guarantee.kind == NEVER_BY and place in guarantee.what:
            yield from self._are_named(guarantee.person, state)

    def _did(self, places: Collection[str], just: Collection[str]) -> Iterator[Names]:
        for person in self.people:
            for place in places:
                if place in just or (person.id, place) in self._done():
                    done = self._named(place)
                    who = self._told(person)
                    yield Names(
                        f"{who.zh}在本案办理过“{done.zh}”",
                        f"{who.en} did “{done.en}” in this case",
                    )

    def _done(self) -> set[tuple[UUID, str]]:
        """Return which of the people did which steps, for themselves or for each other."""
        if self._read is None:
            acted_for = [f'%"for":"{person.id.hex}"%'.encode() for person in self.people]
            asked = {
                "case": self.case_id,
                "kind": "step_completed",
                "people": [person.id for person in self.people],
                "acted_for": acted_for,
            }
            bodies = [read(body) for (body,) in _DONE.rows(self.conn, asked)]
            self._read = {
                (person.id, f"{body.get('process')}:{body.get('element')}")
                for body in bodies
                for person in self.people
                if person.id.hex in {body.get("by"), body.get("for")}
            }
        return self._read

    def _are_named(self, variables: Collection[str], state: bytes) -> Iterator[Names]:
        scopes = spiff.variables(self.version.compiled, state)
        for variable in variables:
            title = title_of(self.version, variable)
            for person in self.people:
                if any(is_named(person.name, scope.values.get(variable)) for scope in scopes):
                    who = self._told(person)
                    yield Names(f"“{title.zh}”写有{who.zh}的姓名", f"“{title.en}” names {who.en}")

    def _told(self, person: Person) -> Names:
        if person is self.people[0]:
            return Names("您", "you")
        return Names(f"您所代理的{person.name}", f"{person.name} (for whom you act)")

    def _named(self, place: str) -> Names:
        return self.version.step(*place.split(":")).names


def title_of(version: Version, variable: str) -> Names:
    """Return what a variable is called on the form that fills it."""
    fields = (field for form in version.bundle.forms.values() for field in form.fields)
    title = next((each.title for each in fields if each.name == variable), None)
    return Names(variable, variable) if title is None else Names(title.zh, title.en)


def is_named(name: str, value: object) -> bool:
    """Whether a person's name occurs in what a form took: a text, or a list of them."""
    if isinstance(value, list):
        return any(is_named(name, each) for each in value)
    if not isinstance(value, str):
        return False
    sought, text = (" ".join(each.casefold().split()) for each in (name, value))
    if not sought.isascii():
        return "".join(sought.split()) in "".join(text.split())
    return re.search(rf"(?<![a-z0-9]){re.escape(sought)}(?![a-z0-9])", text) is not None
