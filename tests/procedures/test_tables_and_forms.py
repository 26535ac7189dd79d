"""The shipped tables answer for every choice, and the forms say one thing by one name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from engine.procedures.bundles import PRINTS, prepare, read_folder
from forms.layout import load_layout

if TYPE_CHECKING:
    from engine.procedures.bundles import Bundle
    from forms import Form


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return prepare(read_folder(), "manufacturer-complaint")


def choices(form: Form, name: str) -> list[str]:
    return [choice.const for choice in form.by_name[name].choices]


def decide(bundle: Bundle, table: str, **data: object) -> dict[str, object]:
    """Ask a table; a second fitting row raises AmbiguousError."""
    row, _, outputs = bundle.compiled.plan.deciders[table].decide({"variant": "CM", **data})
    assert row is not None
    return outputs


def test_every_kind_of_cause_has_its_class(bundle: Bundle) -> None:
    causes = choices(bundle.forms["investigate/trace_cause"], "cause_code")
    found = {
        cause: decide(bundle, "complaint-class", cause_code=cause)["complaint_class"]
        for cause in causes
    }
    assert found["process"] == "quality"
    assert found["customer_use"] == "non_quality"
    assert set(found.values()) == {"quality", "non_quality"}


@pytest.mark.parametrize(
    ("zone", "limit"), [("in_xinjiang", "P5D"), ("china", "P7D"), ("overseas", "P7D")]
)
def test_the_zone_gives_the_closing_limit(bundle: Bundle, zone: str, limit: str) -> None:
    assert decide(bundle, "close-deadline", zone=zone) == {"close_limit": limit}


@pytest.mark.parametrize(
    "form", ["manufacturer-complaint/complaint_received", "register/register_case"]
)
def test_every_zone_has_stage_limits_of_which_the_regulation_gives_two(
    bundle: Bundle, form: str
) -> None:
    for zone in choices(bundle.forms[form], "zone"):
        limits = decide(bundle, "stage-deadline", zone=zone)
        assert limits["report_limit"] == "P3D"
        assert limits["opinion_limit"] == "P1D"
        assert all(limits.values())


@pytest.mark.parametrize(
    ("amount", "approver"),
    [
        (None, "sales-manager"),
        ("0.00", "sales-supervisor"),
        ("1000.00", "sales-supervisor"),
        ("1000.01", "sales-manager"),
        ("10000.00", "sales-manager"),
        ("10000.01", "deputy-gm"),
        ("50000.00", "deputy-gm"),
        ("50000.01", "gm"),
        ("99999999999999.99", "gm"),
    ],
)
def test_the_amount_gives_the_approver(bundle: Bundle, amount: str | None, approver: str) -> None:
    for rounds in (0, 2):
        found = decide(bundle, "approval-authority", amount_proposed=amount, rounds=rounds)
        assert found["approver"] == approver


@pytest.mark.parametrize("amount", [None, "500.00", "60000.00"])
def test_after_three_returns_the_general_manager_decides(
    bundle: Bundle, amount: str | None
) -> None:
    for rounds in (3, 7):
        found = decide(bundle, "approval-authority", amount_proposed=amount, rounds=rounds)
        assert found == {"approver": "gm", "authority_rank": 4}


def test_figures_that_no_regulation_gives_are_marked_as_ours(bundle: Bundle) -> None:
    ours = {name for name, table in bundle.compiled.tables.items() if table.our_default}
    assert ours == {"approval-authority", "stage-deadline"}
    steps = bundle.compiled.diagrams["approve-by-authority"].steps
    assert set(steps["decide"].default_tables) == {"approval-authority", "stage-deadline"}


def test_one_field_name_means_one_thing_in_all_forms(bundle: Bundle) -> None:
    meanings = defaultdict(set)
    for form in bundle.forms.values():
        for field in form.fields:
            constants = tuple(choice.const for choice in field.choices)
            meanings[field.name].add((field.kind, constants, field.personal, field.fact))
    assert {name for name, found in meanings.items() if len(found) > 1} == set()


def test_what_is_filled_in_beforehand_was_asked_in_a_field_of_the_same_kind(bundle: Bundle) -> None:
    kinds = {f.name: (f.kind, f.choices) for form in bundle.forms.values() for f in form.fields}
    said_by_the_call = {"late_stage", "owner_role"}
    taken = [f for form in bundle.forms.values() for f in form.fields if f.source]
    taken = [f for f in taken if f.source not in said_by_the_call]
    assert len(taken) > 10
    for field in taken:
        assert kinds[field.source or ""] == (field.kind, field.choices)


def test_the_two_sides_of_a_parallel_investigation_write_different_fields(bundle: Bundle) -> None:
    quality = set(bundle.forms["investigate/trace_cause"].by_name)
    production = set(bundle.forms["investigate/analyse_production"].by_name)
    assert quality & production == set()


def test_a_case_knows_its_customer_product_amount_and_zone(bundle: Bundle) -> None:
    facts = {f.fact for form in bundle.forms.values() for f in form.fields if f.fact}
    assert facts == {"customer", "product", "amount", "approved", "zone"}


def test_names_of_people_are_marked_as_personal(bundle: Bundle) -> None:
    personal = {f.name for form in bundle.forms.values() for f in form.fields if f.personal}
    assert personal >= {"contact_name", "contact_phone", "production_staff", "liable_persons"}


def test_the_five_part_form_shows_what_the_steps_ask(bundle: Bundle) -> None:
    source = bundle.files[f"{PRINTS}complaint-handling-form.json"]
    layout = load_layout("complaint-handling-form", source, forms=bundle.forms)
    assert [copy.to.zh for copy in layout.copies] == [
        "品管部",
        "制造部门",
        "销售部",
        "财务部",
        "总经办",
    ]
    boxes = [
        (cell.field, cell.call) for part in layout.sections for row in part.rows for cell in row
    ]
    assert len(boxes) == len(set(boxes))
    shown = {field for field, _ in boxes}
    assert {"accepted_at", "customer_code", "order_no", "cause_analysis", "decision_text"} <= set(
        shown
    )
