"""The forms and papers that we ship are whole, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms import Answered, Form, Judge, Names, layout_of, load_form, load_layout

FOLDER = Path(__file__).parents[2] / "forms"
KEYS = sorted(
    f"{path.parent.name}/{path.stem}"
    for path in FOLDER.glob("*/*.json")
    if not path.name.endswith(".ui.json") and path.parent.name != "print"
)
PAPERS = sorted(path.stem for path in (FOLDER / "print").glob("*.json"))


def shipped(key: str, judge: Judge) -> Form:
    ui = FOLDER / f"{key}.ui.json"
    schema = (FOLDER / f"{key}.json").read_bytes()
    return load_form(key, schema, ui.read_bytes() if ui.exists() else None, judge=judge)


def test_there_are_forms_to_check() -> None:
    assert len(KEYS) >= 30
    assert [
        path
        for path in FOLDER.glob("*/*.ui.json")
        if f"{path.parent.name}/{path.name[:-8]}" not in KEYS
    ] == []


@pytest.mark.parametrize("key", KEYS)
def test_a_shipped_form_speaks_both_languages(key: str, judge: Judge) -> None:
    form = shipped(key, judge)
    for names in _texts(form):
        assert any("\u4e00" <= char <= "\u9fff" for char in names.zh) or names.zh.isascii(), names
        assert not any("\u4e00" <= char <= "\u9fff" for char in names.en), names
    answers = form.read(Answered({}))
    for lang in ("zh", "en"):
        view = form.view(answers.typed, answers.problems, lang=lang)
        shown = [field.name for section in view.sections for field in section.fields]
        assert sorted(shown) == sorted(form.names)
        assert len(view.problems) == len(answers.problems)


def test_one_name_means_one_thing_across_the_procedure(judge: Judge) -> None:
    kinds: dict[str, dict[object, str]] = {}
    for key in KEYS:
        for field in shipped(key, judge).fields:
            consts = tuple(sorted(choice.const for choice in field.choices))
            kinds.setdefault(field.name, {}).setdefault((field.kind, consts), key)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_every_prefill_comes_from_a_field(judge: Judge) -> None:
    forms = [shipped(key, judge) for key in KEYS]
    said_by_the_call = {"late_stage", "owner_role"}
    known = {name for form in forms for name in form.names} | said_by_the_call
    assert {f.source for form in forms for f in form.fields if f.source} <= known


@pytest.mark.parametrize("name", PAPERS)
def test_a_shipped_paper_shows_fields_that_exist(name: str, judge: Judge) -> None:
    forms = {key: shipped(key, judge) for key in KEYS}
    layout = load_layout(name, (FOLDER / "print" / f"{name}.json").read_bytes(), forms=forms)
    assert layout.sections
    assert [copy.number for copy in layout.copies] == list(range(1, len(layout.copies) + 1))


@pytest.mark.parametrize("key", KEYS)
def test_a_form_without_a_paper_prints_all_its_fields(key: str, judge: Judge) -> None:
    form = shipped(key, judge)
    cells = [cell.field for part in layout_of(form).sections for row in part.rows for cell in row]
    assert cells == list(form.names)


def _texts(form: Form) -> list[Names]:
    found = [form.title, form.description, *(rule.problem for rule in form.rules)]
    columns = [column for field in form.fields for column in field.columns]
    for field in [*form.fields, *columns]:
        found += [field.title, field.description, field.look.help, field.look.section, field.unit]
        found += [choice.title for choice in field.choices]
    return [names for names in found if names]
