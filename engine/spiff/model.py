"""What crosses the border of engine.spiff about diagrams and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from engine.spiff.plan import Plan


@dataclass(frozen=True)
class Names:
    """What people read: the Chinese name, and the English one for the switch."""

    zh: str
    en: str

    @property
    def quoted(self) -> Names:
        """Both in quotation marks; where one is missing, the other stands for it."""
        return Names(f"“{self.zh or self.en}”", f"“{self.en or self.zh}”")


@dataclass(frozen=True)
class Asked:
    """What a form's field asks for.

    `text`, `number` (whole), `decimal` (money too, kept as text), `date`, `date_time`, `boolean`,
    `choice`, `choices`, `list`, `any`. `least` and `most` are limits of its number, if it has them;
    `source` is the variable that it shows at first.
    """

    kind: str = "any"
    choices: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    source: str | None = None


@dataclass(frozen=True)
class Guarantee:
    """A sentence that a procedure must keep (红线); `names` are its words.

    `kind` is one of ONLY_AFTER, ALWAYS_AFTER, EVERY_END, NOT_SAME_PERSON, NEVER_BY. Elements and
    flows are named "process:id"; `person` are variables that hold the names of people.
    """

    id: str
    kind: str
    names: Names
    what: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    person: tuple[str, ...] = ()


ONLY_AFTER: Final = "only-after"
ALWAYS_AFTER: Final = "always-after"
EVERY_END: Final = "every-end"
NOT_SAME_PERSON: Final = "not-same-person"
NEVER_BY: Final = "never-by"


@dataclass(frozen=True)
class Problem:
    """One reason why files cannot be published; the texts name element, reason and cure."""

    file: str
    element: str | None
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Element:
    """A flow node; `kind` is its BPMN tag, `lane` the text on its lane."""

    id: str
    kind: str
    names: Names
    clauses: tuple[str, ...]
    source: str | None
    lane: str | None


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    names: Names


@dataclass(frozen=True)
class Step:
    """A place where somebody works.

    `role` (a code) or `role_from` (a variable that holds a code) is set, or neither where every
    call of the diagram says whose it is: `roles` are all codes that may be known beforehand.
    `default_tables` are the tables of our own defaults that set its role or its timers.
    `actions` are the words that the drawing has for who may do what with it (files.actions).
    """

    process: str
    element: str
    names: Names
    role: str | None
    role_from: str | None
    clauses: tuple[str, ...]
    default_tables: tuple[str, ...]
    roles: tuple[str, ...] = ()
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Filling:
    """Who works, in this procedure, in a lane that the callers of a diagram fill.

    `names` is None for a diagram without lanes. `roles` are codes; `varies`: or whoever a case
    says.
    """

    names: Names | None
    roles: tuple[str, ...]
    varies: bool


@dataclass(frozen=True)
class Diagram:
    """One BPMN file; `calls` maps its call activities to the processes that they call.

    `actions` are the words that it has for who may do what with a whole case of it.
    """

    process: str
    file: str
    names: Names
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    steps: Mapping[str, Step]
    calls: Mapping[str, str]
    xml: bytes = field(repr=False)
    fillings: tuple[Filling, ...] = ()
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def called(self, id_: str) -> Names:
        """Return what people call an element: without a name what comes next tells, else its id."""
        known = self.elements.get(id_)
        if known is None or known.names.zh:
            return Names(id_, id_) if known is None else known.names
        ahead = (self.elements[f.target].names for f in self.flows.values() if f.source == id_)
        after = next((names for names in ahead if names.zh), None)
        if after is None:
            return Names(id_, id_)
        zh, en = ("网关", "gateway") if known.kind.endswith("Gateway") else ("一步", "element")
        return Names(f"{after.zh}之前的{zh}", f"the {en} before {after.en}")


@dataclass(frozen=True)
class Row:
    """One rule of a table, as typed; `id` is what a decision names as its rule.

    `note` is its description in words; `our_default` marks a figure that no regulation gives.
    """

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: Names
    our_default: bool


@dataclass(frozen=True)
class Table:
    """A decision table as people read it; `our_default` marks figures that no regulation gives.

    `input_names` and `output_names` are the headings of its columns, `policy` says in words how
    many rows count, `default` is what the columns say when none fits, empty if nothing is said.
    `requires` are the tables whose answers it reads.
    """

    id: str
    file: str
    names: Names
    our_default: bool
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    input_names: tuple[Names, ...]
    output_names: tuple[Names, ...]
    rules: tuple[Row, ...]
    policy: Names = Names("恰有一行适合", "Exactly one row fits")
    default: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()

    def rows(self, rule: str | None) -> list[Row]:
        """Give the rules that a decision named, with a blank between their ids."""
        named = (rule or "").split()
        return [row for row in self.rules if row.id in named]


@dataclass(frozen=True)
class Start:
    """The start event of a procedure and the role that may open a case, or whose duty it is.

    `kind` is "message", "none", "timer" or "signal"; `message` and `signal` are names, empty for
    other kinds, and `schedule` is the date or cycle drawn on a timer start, which may name a
    `calendar` by its code.
    """

    process: str
    element: str
    message: str
    role: str
    kind: str = "message"
    signal: str = ""
    schedule: str | None = None
    calendar: str | None = None


@dataclass(frozen=True)
class Compiled:
    """A procedure that passed every check; read-only, shared by threads.

    `variables` are the names that enter a case's state, `awaits` the messages that its cases
    wait for, by name, with the keys that correlate them, `takes` what these may carry, and `sends`
    what those that they send by keys do; `guarantees` are those of all diagrams. `numbers` are the
    variables that the case's number goes into.
    """

    id: str
    names: Names
    start: Start
    diagrams: Mapping[str, Diagram]
    tables: Mapping[str, Table]
    roles: frozenset[str]
    variables: frozenset[str]
    awaits: Mapping[str, tuple[str, ...]]
    takes: Mapping[str, frozenset[str]]
    sends: Mapping[str, frozenset[str]]
    guarantees: tuple[Guarantee, ...]
    plan: Plan = field(repr=False, compare=False)
    numbers: frozenset[str] = frozenset()
