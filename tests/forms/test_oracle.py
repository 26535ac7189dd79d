"""The plain schema, judged by another library, agrees with the form that was read from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from forms import Answered

if TYPE_CHECKING:
    from forms import Form

SCHEMA = orjson.loads((Path(__file__).parent / "samples" / "complaint.json").read_bytes())
ORACLE = Draft202012Validator(SCHEMA, format_checker=FormatChecker(formats=["date", "date-time"]))

CONSTS = st.sampled_from(
    ["xinjiang", "china", "overseas", "phone", "visit", "quality", "other", "moon"]
)
REMEDIES = st.sampled_from(["return", "exchange", "discount", "compensation", "apology", "gold"])
WORDS = st.text(st.sampled_from("一二三 abc"), max_size=14).map(str.strip)
LOTS = st.fixed_dictionaries(
    {"lot": WORDS}, optional={"qty": st.integers(-1, 3), "made_on": st.dates().map(str)}
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "customer": WORDS,
        "phone": st.one_of(WORDS, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)),
        "zone": CONSTS,
        "accepted_on": st.dates().map(str),
        "visited_at": st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}+08:00"),
        "complaint_class": CONSTS,
        "channel": CONSTS,
        "qty_delivered": st.integers(-2, 9),
        "qty_defective": st.integers(-2, 9),
        "urgent": st.booleans(),
        "remedies": st.lists(REMEDIES, max_size=5),
        "reason": WORDS,
        "parts": st.lists(LOTS, max_size=5),
        "samples_sealed": st.booleans(),
    },
)


def complaints(values: dict[str, Any]) -> set[str]:
    """Give the fields (or cells) that the oracle complains about, by pointer."""
    found = set()
    for error in ORACLE.iter_errors(values):
        path = [str(part) for part in error.absolute_path]
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            found |= {"/" + "/".join([*path, name]) for name in missing}
        elif error.validator == "anyOf":
            found.add("/phone")
        else:
            found.add("/" + "/".join(path if path[0] == "parts" else path[:1]))
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=VALUES)
def test_the_oracle_agrees(sample: Form, values: dict[str, Any]) -> None:
    values = {name: value for name, value in values.items() if value not in ("", [])}
    values["parts"] = [
        {k: v for k, v in row.items() if v != ""}
        for row in values.get("parts", [])
        if any(row.values())
    ]
    answers = sample.read(Answered(values))
    years = {p for p, problem in answers.problems.items() if "年份" in problem.zh}
    ruled = (
        {"/qty_defective"}
        if "不得大于交货数量" in str(answers.problems.get("/qty_defective"))
        else set()
    )
    doubled = (
        {"/remedies"}
        if len(set(values.get("remedies", []))) < len(values.get("remedies", []))
        else set()
    )
    aside = years | ruled | doubled
    assert complaints(values) - aside == answers.problems.keys() - aside
