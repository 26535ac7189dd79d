"""However a definition is maimed, it is read or refused: nothing else happens."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms import Answered, BrokenFormError, load_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms import Form, Judge

SAMPLES = Path(__file__).parent / "samples"
SCHEMA = orjson.loads((SAMPLES / "complaint.json").read_bytes())
LOOK = orjson.loads((SAMPLES / "complaint.ui.json").read_bytes())

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "string", "object", "array", "money", "zone", "amount", "(a+)+", "__class__"]
    ),
    st.text(max_size=4),
)
JUNK = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(
        st.sampled_from(["type", "const", "title", "required", "x"]), SCALARS, max_size=3
    ),
)


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def maimed(whole: dict[str, Any], path: tuple[Any, ...], junk: object) -> dict[str, Any]:
    whole = copy.deepcopy(whole)
    inner: Any = whole
    for key in path[:-1]:
        inner = inner[key]
    if junk == "":
        del inner[path[-1]]
    else:
        inner[path[-1]] = junk
    return whole


def outcome(schema: object, look: object, judge: Judge) -> Form | BrokenFormError:
    try:
        return load_form("a/b", orjson.dumps(schema), orjson.dumps(look), judge=judge)
    except BrokenFormError as error:
        return error


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(sorted(places(SCHEMA), key=str)), junk=JUNK)
def test_a_maimed_schema_is_read_or_refused(
    judge: Judge, path: tuple[Any, ...], junk: object
) -> None:
    found = outcome(maimed(SCHEMA, path, junk), LOOK, judge)
    if isinstance(found, BrokenFormError):
        assert found.file in ("forms/a/b.json", "forms/a/b.ui.json")
        assert found.zh
        assert found.en
    else:
        answers = found.read(Answered({"customer": "x", "amount": "1"}))
        assert found.view(answers.typed, answers.problems, lang="zh").sections


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(sorted(places(LOOK), key=str)), junk=JUNK)
def test_a_maimed_ui_schema_is_read_or_refused(
    judge: Judge, path: tuple[Any, ...], junk: object
) -> None:
    found = outcome(SCHEMA, maimed(LOOK, path, junk), judge)
    if isinstance(found, BrokenFormError):
        assert found.file == "forms/a/b.ui.json"
    else:
        assert found.view({}, {}, lang="en").sections
