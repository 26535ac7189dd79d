"""Whatever is posted, reading answers with values and problems, never with an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms import Answered, Kind

if TYPE_CHECKING:
    from forms import Field, Form

NAMES = [
    "customer", "phone", "email", "zone", "accepted_on", "visited_at", "complaint_class",
    "other_reason", "qty_delivered", "qty_defective", "amount", "ratio", "urgent", "injury",
    "remedies", "channel", "reason", "parts", "photos", "samples_sealed",
]  # fmt: skip
CELLS = [f"parts.{i}.{c}" for i in range(3) for c in ("lot", "qty", "made_on", "price", "sealed")]
KNOWN = [
    "", " ", "true", "false", "return",
    "compensation", "china", "quality", "other", "phone", "-1", "0",
    "4,000", "1e9", "NaN", "٣", "9" * 30, "0.07", "2026-11-09", "2026年11月9日", "2026-02-30",
    "2026-11-09T10:00", "0000-00-00", "9999-12-31T23:59:59-23:59", "13800138000", "li@example.com",
    "11111111-1111-4111-8111-111111111111", "合格品外观完好但功能失效", "\x00", "\ud800", "a\r\nb",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(KNOWN), st.text(max_size=40))
POSTED = st.dictionaries(
    st.one_of(
        st.sampled_from(NAMES + CELLS),
        st.from_regex(r"(parts|_add|_del|_show)(\.[0-9]{0,6}){0,2}\.?[a-z_]{0,8}", fullmatch=True),
        st.text(max_size=12),
    ),
    st.lists(TEXTS, max_size=4),
    max_size=30,
)
SHARED = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Raw:
    """A posted form, duplicates and nonsense included."""

    def __init__(self, texts: dict[str, list[str]]) -> None:
        self.texts = texts

    def keys(self) -> list[str]:
        return list(self.texts)

    def getlist(self, key: str, /) -> list[str]:
        return self.texts.get(key, [])


def exists(form: Form, pointer: str, rows: int) -> bool:
    if pointer == "":
        return True
    name, *cell = pointer.split("/")[1:]
    field: Field | None = form.by_name.get(name)
    if field is None or not cell:
        return field is not None
    number, column = cell
    return int(number) < rows and column in [c.name for c in field.columns]


@SHARED
@given(texts=POSTED)
def test_any_garbage_is_read(sample: Form, texts: dict[str, list[str]]) -> None:
    answers = sample.read(Raw(texts))
    parts = answers.typed["parts"]
    assert isinstance(parts, list)
    for pointer, problem in answers.problems.items():
        assert exists(sample, pointer, len(parts)), pointer
        assert problem.zh
        assert problem.en
    for lang in ("zh", "en"):
        sample.view(answers.typed, answers.problems, lang=lang)
        sample.describe(answers.values, lang)
        sample.filled(answers.values, lang=lang)
    sample.rearranged(Raw(texts))


@SHARED
@given(texts=POSTED)
def test_values_without_problems_are_read_back_the_same(
    sample: Form, texts: dict[str, list[str]]
) -> None:
    answers = sample.read(Raw(texts))
    wrong = {pointer.split("/")[1] for pointer in answers.problems if pointer}
    again = sample.read(Answered(answers.values))
    for name, value in answers.values.items():
        if name not in wrong:
            assert again.values.get(name) == value
            assert f"/{name}" not in again.problems
    assert (
        sample.checker.problems(
            {k: v for k, v in answers.values.items() if k not in wrong and v != []}
        )
        == {}
    )


SHOWABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@SHARED
@given(typed=st.dictionaries(st.sampled_from(NAMES), SHOWABLE), cell=SHOWABLE)
def test_the_page_shows_exactly_what_was_typed(
    sample: Form, typed: dict[str, str], cell: str
) -> None:
    posted = {**{name: [text] for name, text in typed.items()}, "parts.0.lot": [cell]}
    answers = sample.read(Raw(posted))
    view = sample.view(answers.typed, answers.problems, lang="zh")
    shown = {field.name: field for section in view.sections for field in section.fields}
    for name, text in typed.items():
        match sample.by_name[name].kind:
            case Kind.ROWS | Kind.ATTACHMENTS:
                continue
            case Kind.CHOICE | Kind.CHOICES:
                chosen = [choice.value for choice in shown[name].choices if choice.chosen]
                assert chosen == ([text] if text else [])
            case Kind.BOOLEAN:
                continue
            case _:
                assert shown[name].value == text
    if cell.strip():
        assert shown["parts"].rows[0].cells[0].value == cell


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@SHARED
@given(values=st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_values_of_another_version_still_show(sample: Form, values: dict[str, Any]) -> None:
    for lang in ("zh", "en"):
        sample.view(values, {}, lang=lang)
        sample.describe(values, lang)
        sample.filled(values, lang=lang)
    sample.compared(values, {})
    sample.compared({}, values)
