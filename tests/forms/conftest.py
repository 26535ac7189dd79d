from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from engine.spiff.language.expressions import compile_expression
from forms import Form, load_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms import Expression

SAMPLES = Path(__file__).parent / "samples"


class Judge:
    """The real expression language, as the engine hands it to the forms."""

    def compile(self, text: str) -> Expression:
        return compile_expression(text)


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="session")
def load(judge: Judge) -> Callable[..., Form]:
    """Load a form out of plain values: `load({"age": {"type": "integer"}}, required=["age"])`."""

    def load(
        properties: dict[str, Any], *, ui: dict[str, Any] | None = None, **more: object
    ) -> Form:
        titled = {name: {**_TITLE, **schema} for name, schema in properties.items()}
        schema = {"type": "object", **_TITLE, "properties": titled, **more}
        return load_form("test/form", orjson.dumps(schema), orjson.dumps(ui or {}), judge=judge)

    return load


_TITLE = {"title": "标题", "x-i18n": {"en": {"title": "Title"}}}


@pytest.fixture(scope="session")
def sample(judge: Judge) -> Form:
    """One form with a field of every kind."""
    schema, ui = SAMPLES / "complaint.json", SAMPLES / "complaint.ui.json"
    return load_form("sample/complaint", schema.read_bytes(), ui.read_bytes(), judge=judge)
