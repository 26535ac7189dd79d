"""Four eyes: who may not do a step, for they took part in another one, or it is about them.

What somebody did stands in the chained entries. Who did a step took part in it, and so did who
prepared it, signed it, returned the case from it, or skipped it as an operator: engine.tasks.deeds.
Each round counts, also one that was sent back: who has once investigated has formed a view, and
their paper is still in the file, so the stricter reading is taken. Who acts for another is held by
what either of them did, for themselves or for somebody.

It is asked when a step is claimed, completed, returned or skipped (of both operators, if two have
to agree), when it is assigned, transferred or delegated to somebody and given back, when somebody
is asked to sign it and signs.

People whom a form names are compared by name, since forms take names as text: whoever's name is
found in it is meant. Of two colleagues with one name both keep out, and 王伟 keeps out where 王伟明
is written; a name in Latin letters counts as a whole word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine import procedures, spiff
from engine.errors import Refusal
from engine.spiff import NEVER_BY, NOT_SAME_PERSON, Names
from engine.tasks.deeds import DID, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Guarantee
    from engine.tasks.deeds import Parts
    from engine.tasks.waiting import Waiting


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
        self.why = why


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
    _read: Parts | None = None

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
        for _, guarantee, why in self._whys(task, state, just, self._told):
            return FourEyesError(guarantee.names, self._named(_place(task)), why)
        return None

    def barred(self, task: Placed, state: bytes) -> dict[UUID, Names]:
        """Return which of the people, each for themselves, may not do a task, and why."""
        found: dict[UUID, Names] = {}
        for person, guarantee, why in self._whys(task, state, (), _by_name):
            zh, en = guarantee.names.zh, guarantee.names.en
            found.setdefault(person.id, Names(f"{zh}（{why.zh}）", f"{en} ({why.en})"))
        return found

    def _whys(
        self, task: Placed, state: bytes, just: Collection[str], told: Callable[[Person], Names]
    ) -> Iterator[tuple[Person, Guarantee, Names]]:
        for guarantee in self.version.compiled.guarantees:
            for person, why in self._did(_others(guarantee, _place(task)), just, told):
                yield person, guarantee, why
            for person, why in self._are_named(guarantee, _place(task), state, told):
                yield person, guarantee, why

    def did_another(self, task: Placed) -> bool:
        """Whether they did a step that keeps them from a task, whatever forms say of them."""
        others = (
            _others(guarantee, _place(task)) for guarantee in self.version.compiled.guarantees
        )
        return any(True for each in others for _ in self._did(each, (), _by_name))

    def _did(
        self, places: Collection[str], just: Collection[str], told: Callable[[Person], Names]
    ) -> Iterator[tuple[Person, Names]]:
        for person in self.people:
            for place in places:
                how = DID if place in just else self._parts().get((person.id, place))
                if how is not None:
                    step, who = self._named(place), told(person)
                    zh = f"{who.zh}在本案{how.zh}“{step.zh}”"
                    yield person, Names(zh, f"{who.en} {how.en} “{step.en}” in this case")

    def _parts(self) -> Parts:
        """Return what the people did at which steps, for themselves or for each other."""
        if self._read is None:
            self._read = parts(self.conn, [self.case_id], self.people).get(self.case_id, {})
        return self._read

    def _are_named(
        self, guarantee: Guarantee, place: str, state: bytes, told: Callable[[Person], Names]
    ) -> Iterator[tuple[Person, Names]]:
        if guarantee.kind != NEVER_BY or place not in guarantee.what:
            return
        scopes = spiff.variables(self.version.compiled, state)
        for variable in guarantee.person:
            title = title_of(self.version, variable)
            for person in self.people:
                if any(is_named(person.name, scope.values.get(variable)) for scope in scopes):
                    who = told(person)
                    zh = f"“{title.zh}”写有{who.zh}的姓名"
                    yield person, Names(zh, f"“{title.en}” names {who.en}")

    def _told(self, person: Person) -> Names:
        if person is self.people[0]:
            return Names("您", "you")
        return Names(f"您所代理的{person.name}", f"{person.name} (for whom you act)")

    def _named(self, place: str) -> Names:
        return self.version.step(*place.split(":")).names


def _place(task: Placed) -> str:
    return f"{task.process}:{task.element}"


def _by_name(person: Person) -> Names:
    return Names(person.name, person.name)


def _others(guarantee: Guarantee, place: str) -> tuple[str, ...]:
    """Return the steps that nobody does who does a step."""
    if guarantee.kind != NOT_SAME_PERSON:
        return ()
    mine = guarantee.other if place in guarantee.what else ()
    return (*mine, *(guarantee.what if place in guarantee.other else ()))


def eyes_on(conn: sa.Connection, waiting: Waiting, *others: Person) -> Eyes:
    """Return what is held of who acts on a locked task, or of ``others`` instead, each alone."""
    version = procedures.version(conn, waiting.case.version_id)
    return Eyes(conn, version, waiting.case.id, others or waiting.by.both)


class Listed(Placed, Protocol):
    """A task in a list of several cases."""

    @property
    def case_id(self) -> UUID:
        """The case that it belongs to."""
        ...

    @property
    def task_id(self) -> UUID:
        """The task itself."""
        ...


def kept_from(conn: sa.Connection, listed: Collection[tuple[Listed, Version, Person]]) -> set[UUID]:
    """Return the tasks of a list that their persons may not do, having done another of the case.

    Each stands with who would do it, for themselves or for somebody. What forms say of them is not
    looked at, since it stands in the states of all the cases.
    """
    named = [(task, version, by) for task, version, by in listed if _concerns(version, task)]
    if not named:
        return set()
    people = {person.id: person for _, _, by in named for person in by.both}
    did = parts(conn, {task.case_id for task, _, _ in named}, people.values())
    return {
        task.task_id
        for task, version, by in named
        if Eyes(conn, version, task.case_id, by.both, did.get(task.case_id, {})).did_another(task)
    }


def _concerns(version: Version, task: Placed) -> bool:
    return any(_others(guarantee, _place(task)) for guarantee in version.compiled.guarantees)


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
