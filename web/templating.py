"""Jinja with less work for each thing that a page says; what it says is the same.

A page calls some two hundred functions and macros and writes twice as many values. Upstream asks of
each whether it wants the context, whether it is a whole markup object, and copies all globals for
each imported template.
"""

from __future__ import annotations

from html import escape as escape_text
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from flask.templating import Environment
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from flask.sansio.app import App
    from jinja2 import nodes
    from jinja2.compiler import Frame

_PLAIN = (FunctionType, MethodType)


def written(value: object) -> str:
    """Return a value as it stands in a page: escaped, unless it is markup."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]
    return escape_text(value) if kind is str else escape(value)  # type: ignore[arg-type]


class _Context(Context):
    @override
    def call(
        self,
        called: Callable[..., Any],
        /,
        *args: Any,
        _loop_vars: dict[str, Any] | None = None,
        _block_vars: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call macros and functions that want no context at once; the others as upstream does."""
        kind = type(called)
        if kind is Macro:
            return called(self.eval_ctx, *args, **kwargs)
        if kind in _PLAIN and not hasattr(called, "jinja_pass_arg"):
            return called(*args, **kwargs)
        scopes = {"_loop_vars": _loop_vars, "_block_vars": _block_vars}
        return super().call(called, *args, **scopes, **kwargs)


class _Generator(CodeGenerator):
    @override
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        """Write values by ``written``, where upstream makes a markup object of each."""
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.written({finalize.src or ''}")


class Templates(Environment):
    """The templates of the app; none has globals of its own."""

    context_class = _Context
    code_generator_class = _Generator
    written = staticmethod(written)

    def __init__(self, app: App, **options: Any) -> None:  # noqa: ANN401 - Jinja's, all of them
        """Give the templates ``icon(name)``."""
        super().__init__(app, trim_blocks=True, lstrip_blocks=True, **options)
        self._icons: dict[str, str] = {}
        self.globals["icon"] = self.icon

    def icon(self, name: str) -> str:
        """Return an icon of ``_icons.html``, drawn once."""
        if name not in self._icons:
            self._icons[name] = self.get_template("_icons.html").module.icon(name)  # type: ignore[attr-defined]
        return self._icons[name]

    @override
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give every template the same dictionary, not a view of it that is slow to look into."""
        return super().make_globals(d) if d else self.globals
