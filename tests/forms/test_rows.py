"""Rows can be added and taken away by plain buttons; nothing typed is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

if TYPE_CHECKING:
    from forms import Form


def lots(form: Form, **posted: str) -> list[object]:
    typed = form.rearranged(MultiDict({name.replace("__", "."): v for name, v in posted.items()}))
    assert typed is not None
    parts = typed["parts"]
    assert isinstance(parts, list)
    return [row.get("lot", "") if isinstance(row, dict) else row for row in parts]


def test_without_a_button_nothing_is_rearranged(sample: Form) -> None:
    assert sample.rearranged(MultiDict({"parts.0.lot": "B1"})) is None
    assert sample.rearranged(MultiDict({"_add": ""})) is None


def test_a_row_is_added_at_the_end(sample: Form) -> None:
    assert lots(sample, parts__0__lot="B1", _add="parts") == ["B1", ""]


def test_the_row_that_the_page_shows_anyway_counts(sample: Form) -> None:
    assert lots(sample, parts__0__lot="", _add="parts") == ["", ""]
    assert lots(sample, _add="parts") == ["", ""]


def test_no_more_rows_than_allowed(sample: Form) -> None:
    four = {f"parts__{i}__lot": f"B{i}" for i in range(4)}
    assert lots(sample, **four, _add="parts") == ["B0", "B1", "B2", "B3"]


def test_a_row_is_taken_away_by_its_own_number(sample: Form) -> None:
    assert lots(sample, parts__2__lot="B2", parts__7__lot="B7", _del="parts.2") == ["B7"]


def test_the_rest_of_the_form_stays_as_typed(sample: Form) -> None:
    typed = sample.rearranged(
        MultiDict(
            [
                ("customer", " 天山 "),
                ("remedies", "return"),
                ("qty_delivered", "abc"),
                ("_add", "parts"),
            ]
        )
    )
    assert typed is not None
    assert typed["customer"] == " 天山 "
    assert typed["remedies"] == ["return"]
    assert typed["qty_delivered"] == "abc"


def test_buttons_with_nonsense_change_nothing(sample: Form) -> None:
    for nonsense in (
        "parts.x",
        "parts.99",
        "parts",
        "nope.0",
        "parts.²",
        "parts." + "9" * 5000,
        ".",
    ):
        assert lots(sample, parts__0__lot="B0", _del=nonsense) == ["B0"]
    assert lots(sample, parts__0__lot="B0", _add="customer") == ["B0"]
    assert lots(sample, parts__0__lot="B0", _show="zone") == ["B0"]


def test_empty_rows_go_and_the_others_close_up(sample: Form) -> None:
    posted = MultiDict(
        {
            "parts.0.lot": " ",
            "parts.3.lot": "B3",
            "parts.3.qty": "x",
            "parts.9.lot": "B9",
            "parts.9.qty": "1",
        }
    )
    answers = sample.read(posted)
    assert answers.typed["parts"] == [{"lot": "B3", "qty": "x"}, {"lot": "B9", "qty": "1"}]
    assert "/parts/0/qty" in answers.problems
    assert "/parts/1/qty" not in answers.problems
    # The page that shows the draft again must count the rows as the problems do.
    assert sample.typed(posted)["parts"] == answers.typed["parts"]


def test_columns_that_do_not_exist_make_no_rows(sample: Form) -> None:
    posted = MultiDict({"parts.0.evil": "x", "parts.1.__class__": "x", "customer.0.lot": "x"})
    assert sample.read(posted).typed["parts"] == []


def test_cells_are_read_like_fields(sample: Form) -> None:
    cells = {
        "lot": "B1",
        "qty": "１２０",
        "made_on": "2026年10月6日",
        "price": "1,000",
        "sealed": "true",
    }
    posted = MultiDict({f"parts.0.{name}": cell for name, cell in cells.items()})
    assert sample.read(posted).values["parts"] == [
        {"lot": "B1", "qty": 120, "made_on": "2026-10-06", "price": "1000.00", "sealed": True}
    ]
