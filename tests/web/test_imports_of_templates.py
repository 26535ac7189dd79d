"""Templates that others import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

if TYPE_CHECKING:
    from flask import Flask


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
