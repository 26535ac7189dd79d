"""What the app's own Jinja leaves out is nothing that a page says."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, nodes, pass_context
from jinja2.meta import find_undeclared_variables
from markupsafe import Markup, escape

from web.templating import written

if TYPE_CHECKING:
    from flask import Flask
    from jinja2.runtime import Context

_TALKING = """
{%- macro loud(text, mark="!") %}<b>{{ text }}{{ mark }}</b>{% endmacro -%}
{%- macro around() %}[{{ caller() }}]{% endmacro -%}
{%- for one in all %}
{{ loud(one) }}{{ loud(text=one, mark=loop.index) }}{{ seen("one") }}
{% endfor -%}
{% call around() %}{{ shout(last) }}{% endcall %}{{ None }}{{ nobody }}{{ all[0].upper() }}
"""


@given(st.text() | st.integers() | st.text().map(Markup) | st.none())
def test_a_value_is_written_as_markupsafe_would(value: object) -> None:
    assert html.unescape(written(value)) == html.unescape(escape(value))
    if not isinstance(value, Markup):
        assert not set(written(value)) & set("<>'\"")


def test_macros_callers_and_functions_with_context_do_what_they_do_in_jinja(app: Flask) -> None:
    @pass_context
    def seen(context: Context, name: str) -> str:
        return f"{name in context}{context.get('last')}"

    said = {"all": ["<a>", Markup("<i>")], "last": "&", "seen": seen, "shout": str.upper}
    plain = Environment(autoescape=True).from_string(_TALKING).render(said)
    assert app.jinja_env.from_string(_TALKING).render(said).split() == plain.split()
    assert "<b>&lt;a&gt;!</b>" in plain


def test_what_is_imported_without_the_context_of_a_page_needs_none(app: Flask) -> None:
    env = app.jinja_env
    assert env.loader is not None
    alone = set()
    for name in env.list_templates(extensions=["html"]):
        tree = env.parse(env.loader.get_source(env, name)[0])
        imports = tree.find_all(nodes.FromImport)
        alone |= {one.template.as_const() for one in imports if not one.with_context}
    assert "_parts.html" in alone
    for name in alone:
        tree = env.parse(env.loader.get_source(env, name)[0])
        own = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "store"}
        assert find_undeclared_variables(tree) - own <= set(env.globals), name
